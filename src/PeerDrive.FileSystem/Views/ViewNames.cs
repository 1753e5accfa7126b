using System.Globalization;
using System.Text;
using PeerDrive.Model;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Revisions;
using PeerDrive.Storage.Volumes;

namespace PeerDrive.FileSystem.Views;

/// <summary>Names of revisions, of deleted entries and of those in conflict.</summary>
internal sealed class ViewNames(Volume volume, MomentNames times)
{
    private const int DeviceLetters = 24, ExtensionLetters = 16, MinIdDigits = 8;

    /// <summary>Whether a text may be the beginning of an id of some bytes.</summary>
    public static bool IsIdPrefix(string text, int size) => text.Length >= MinIdDigits && text.Length <= size * 2 && text.All(char.IsAsciiHexDigit);

    /// <summary>A revision by its number in the order of arrival, its time and its device: <c>0003 2026-11-21_10-42-07 laptop</c>.</summary>
    public EntryName OfRevision(int number, RevisionView revision)
    {
        var device = volume.Reader.MakerOf(revision.Id) is { } maker ? Label(volume.Members.DeviceName(maker)) : "merge";
        return EntryName.Create(string.Create(CultureInfo.InvariantCulture, $"{number:0000} {times.Short(revision.Time)} {device}"));
    }

    /// <summary>The number that such a name begins with, or that stands alone; null: none.</summary>
    public static int? NumberOf(EntryName name)
    {
        var text = name.ToString();
        var end = text.IndexOf(' ', StringComparison.Ordinal);
        return int.TryParse(end < 0 ? text : text[..end], NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0 ? number : null;
    }

    /// <summary>A deleted entry by where it was, when it was deleted, and the beginning of its id: <c>docs%2Fletter (deleted 2026-11-21_10-42-07 1a2b3c4d).txt</c>.</summary>
    /// <param name="withPath">The folders that it was in too.</param>
    public EntryName OfDeleted(EntryView entry, bool withPath)
    {
        var when = volume.Reader.DeleteTime(entry.Id) is { } time ? times.Short(time) + " " : "";
        return Compose(withPath ? PathText(entry.Id) : Escape(entry.Name.ToString()), $" (deleted {when}{Prefix(entry.Id)})", entry.IsFolder);
    }

    /// <summary>Deleted entries that may have such a name, compared with it by the caller.</summary>
    public IEnumerable<EntryView> DeletedNamed(EntryName name)
    {
        var text = name.ToString();
        var end = text.LastIndexOf(')');
        if (end < MinIdDigits || !IsIdPrefix(text[(end - MinIdDigits)..end], EntryId.Size)) return [];
        return volume.Reader.EntriesStarting(text[(end - MinIdDigits)..end]).Where(entry => entry is { IsLive: false, Shown: not null });
    }

    /// <summary>An entry by its path: <c>docs%2Fletter.txt</c>; what is too long is cut at the front, and has the beginning of its id.</summary>
    public EntryName OfPath(EntryView entry)
    {
        var path = PathText(entry.Id);
        return Encoding.UTF8.GetByteCount(path) <= ModelLimits.NameBytes && EntryName.IsValid(Encoding.UTF8.GetBytes(path))
            ? EntryName.Create(path)
            : Compose(path, $" ({Prefix(entry.Id)})", entry.IsFolder);
    }

    private string PathText(EntryId entry) => Escape(volume.Reader.PathOf(entry).TrimStart('/'));

    private static string Escape(string path) => path.Replace("%", "%25", StringComparison.Ordinal).Replace("/", "%2F", StringComparison.Ordinal);

    private static string Prefix(EntryId entry) => entry.ToHex()[..MinIdDigits];

    private static EntryName Compose(string stem, string suffix, bool isFolder)
    {
        var dot = isFolder ? -1 : stem.LastIndexOf('.');
        var extension = dot > 0 && stem.Length - dot is > 1 and <= ExtensionLetters ? stem[dot..] : "";
        stem = stem[..^extension.Length];
        var room = ModelLimits.NameBytes - Encoding.UTF8.GetByteCount(suffix + extension);
        if (Encoding.UTF8.GetByteCount(stem) > room)
        {
            const string mark = "…";
            var runes = stem.EnumerateRunes().ToArray();
            var from = runes.Length;
            for (var bytes = Encoding.UTF8.GetByteCount(mark); from > 0 && bytes + runes[from - 1].Utf8SequenceLength <= room; from--) bytes += runes[from - 1].Utf8SequenceLength;
            stem = mark + string.Concat(runes[from..].Select(rune => rune.ToString()));
        }
        return EntryName.Create(stem + suffix + extension);
    }

    private static string Label(string device)
    {
        var letters = device.Trim().EnumerateRunes().Take(DeviceLetters).Select(rune => Rune.IsControl(rune) || rune.Value is '/' or '\\' ? "_" : rune.ToString());
        return string.Concat(letters) is { Length: > 0 } label ? label : "another device";
    }
}
