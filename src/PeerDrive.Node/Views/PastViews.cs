using System.Globalization;
using PeerDrive.Client.Contracts;
using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Revisions;
using PeerDrive.Storage.History;
using PeerDrive.Storage.Volumes;

namespace PeerDrive.Node.Views;

/// <summary>Old states of a volume's tree, as people name them and as the API shows them.</summary>
internal static class PastViews
{
    private const int MinDigits = 8;

    /// <summary>A tree at a time in ISO 8601, or as the maker of a changeset or revision saw it, by the beginning of its id.</summary>
    /// <exception cref="PeerDriveException">Invalid, NotFound; Conflict: several begin so.</exception>
    public static PastTree Tree(Volume volume, string at)
    {
        if (at.Length is >= MinDigits and <= 64 && at.All(char.IsAsciiHexDigit))
        {
            var text = at.ToLowerInvariant();
            var changesets = volume.Reader.ChangesetsStarting(text);
            var revisions = volume.Reader.RevisionsStarting(text);
            if (changesets.Count + revisions.Count > 1) throw new PeerDriveException(ErrorKind.Conflict, $"Several ids begin with '{at}'; write more of it.");
            if (changesets is [var changeset]) return volume.History.TreeAsOf(changeset);
            if (revisions is [var revision]) return volume.History.TreeAsOf(revision.Id);
            throw new PeerDriveException(ErrorKind.NotFound, $"There is no changeset or revision '{at}' here; 'peerdrive log' shows those that there are.");
        }
        if (!TryTime(at, out var time)) throw new PeerDriveException(ErrorKind.Invalid, $"'{at}' is no time in ISO 8601 and no id of at least {MinDigits} digits.");
        return volume.History.TreeAt(time);
    }

    public static bool TryTime(string text, out DateTimeOffset time) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeLocal, out time) && time >= DateTimeOffset.UnixEpoch && time.Year < 2200;

    /// <summary>The entry that was at a path; null for the top folder.</summary>
    /// <exception cref="PeerDriveException">NotFound.</exception>
    public static PastEntry? Resolve(Volume volume, PastTree tree, string path)
    {
        var entry = tree.Resolve(EntryName.FromDisplay(VolumePaths.PlainPath(volume, tree, path)), out var found);
        return found ? entry : throw new PeerDriveException(ErrorKind.NotFound, $"There was no '{path}' then.");
    }

    public static EntryStatus Of(Volume volume, PastEntry entry, string path, PresentContents present)
    {
        var shown = entry.Shown;
        var target = shown is { Kind: DocumentKind.SymbolicLink or DocumentKind.Link } link && volume.Reader.Revision(link.Id) is { } revision ? EntryViews.TargetOf(volume, link.Kind, revision.State.Target) : null;
        return new EntryStatus(
            entry.Id.ToHex(), entry.Document.ToHex(), path, entry.ShownName.ToString(), EntryViews.KindText(shown?.Kind ?? (entry.IsFolder ? DocumentKind.Folder : DocumentKind.File)),
            (long)(shown?.Content.Size ?? 0), EntryViews.ModeText(shown?.Mode ?? 0), EntryViews.Time(shown?.Mtime ?? 0), shown?.Id.ToHex() ?? "", shown is null ? 0 : 1,
            shown is not null && present.IsHere(shown.Value.Content), target);
    }

    /// <summary>All that was below a folder, each folder before what was in it; read as it is taken.</summary>
    public static IEnumerable<(PastEntry Entry, string Path)> Below(PastTree tree, EntryId folder, string path, bool recursive)
    {
        var open = new Stack<(IEnumerator<PastEntry> Entries, string Path)>();
        open.Push((tree.Children(folder).GetEnumerator(), path.TrimEnd('/')));
        while (open.TryPeek(out var at))
        {
            if (!at.Entries.MoveNext())
            {
                open.Pop().Entries.Dispose();
                continue;
            }
            var entry = at.Entries.Current;
            var name = $"{at.Path}/{entry.ShownName}";
            yield return (entry, name);
            if (recursive && entry.IsFolder) open.Push((tree.Children(entry.Id).GetEnumerator(), name));
        }
    }
}
