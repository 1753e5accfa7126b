using PeerDrive.Client.Contracts;
using PeerDrive.Model.Checkpoints;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Revisions;
using PeerDrive.Storage.Volumes;

namespace PeerDrive.Node.Views;

/// <summary>Entries as the API shows them.</summary>
internal static class EntryViews
{
    /// <summary>Folders inside each other; a path longer than this is of no use to anybody.</summary>
    private const int MaxDepth = 10_000;

    private const int PageEntries = 1_000;

    /// <param name="path">The entry's path for people.</param>
    public static EntryStatus Of(Volume volume, EntryView entry, string path, PresentContents present)
    {
        var shown = entry.Shown;
        return new EntryStatus(
            entry.Id.ToHex(), entry.Document.ToHex(), path, entry.ShownName.ToString(), KindText(shown?.Kind ?? (entry.IsFolder ? DocumentKind.Folder : DocumentKind.File)),
            (long)(shown?.Content.Size ?? 0), ModeText(shown?.Mode ?? 0), Time(shown?.Mtime ?? 0), shown?.Id.ToHex() ?? "", entry.Heads,
            shown is not null && present.IsHere(shown.Value.Content), TargetOf(volume, entry));
    }

    /// <summary>All entries below a folder, each folder before what is in it; read as they are taken.</summary>
    public static IEnumerable<EntryStatus> Below(Volume volume, EntryId folder, string path, bool recursive, PresentContents present)
    {
        var open = new Stack<(IEnumerator<EntryView> Entries, string Path)>();
        open.Push((InPages(volume, folder).GetEnumerator(), path.TrimEnd('/')));
        while (open.TryPeek(out var at))
        {
            if (!at.Entries.MoveNext())
            {
                open.Pop().Entries.Dispose();
                continue;
            }
            var entry = at.Entries.Current;
            var name = $"{at.Path}/{entry.ShownName}";
            yield return Of(volume, entry, name, present);
            if (recursive && entry.IsFolder && open.Count < MaxDepth) open.Push((InPages(volume, entry.Id).GetEnumerator(), name));
        }
    }

    /// <summary>The entries of a folder, of which few are in memory at a time.</summary>
    private static IEnumerable<EntryView> InPages(Volume volume, EntryId folder)
    {
        IReadOnlyList<EntryView> page;
        EntryName? after = null;
        do
        {
            page = volume.Reader.List(folder, after, PageEntries);
            foreach (var entry in page) yield return entry;
            after = page.Count > 0 ? page[^1].ShownName : null;
        }
        while (page.Count >= PageEntries);
    }

    /// <summary>An entry of a checkpoint.</summary>
    public static EntryStatus Of(Volume volume, CheckpointEntry entry, string path, PresentContents present)
    {
        var shown = entry.Shown;
        return new EntryStatus(
            entry.Id.ToHex(), entry.Document.ToHex(), path, entry.Name.ToString(), KindText(shown?.Kind ?? (entry.IsFolder ? DocumentKind.Folder : DocumentKind.File)),
            (long)(shown?.Content.Size ?? 0), ModeText(shown?.Mode ?? 0), Time(shown?.Mtime ?? 0), shown?.Id.ToHex() ?? "", entry.Heads,
            shown is not null && present.IsHereUnknown(shown.Content), shown is null ? null : TargetOf(volume, shown.Kind, shown.Target));
    }

    /// <summary>All entries of a checkpoint below a folder, each folder before what is in it.</summary>
    public static IEnumerable<EntryStatus> Below(Volume volume, CheckpointTree tree, EntryId folder, string path, bool recursive, PresentContents present)
    {
        var open = new Stack<(IEnumerator<CheckpointEntry> Entries, string Path)>();
        open.Push((tree.Children(folder).GetEnumerator(), path.TrimEnd('/')));
        while (open.TryPeek(out var at))
        {
            if (!at.Entries.MoveNext())
            {
                open.Pop().Entries.Dispose();
                continue;
            }
            var entry = at.Entries.Current;
            var name = $"{at.Path}/{entry.Name}";
            yield return Of(volume, entry, name, present);
            if (recursive && entry.IsFolder) open.Push((tree.Children(entry.Id).GetEnumerator(), name));
        }
    }

    public static string KindText(DocumentKind kind) => kind switch
    {
        DocumentKind.File => "file",
        DocumentKind.Folder => "folder",
        DocumentKind.SymbolicLink => "symlink",
        DocumentKind.Link => "link",
        DocumentKind.Fifo => "fifo",
        DocumentKind.Socket => "socket",
        _ => "device",
    };

    /// <summary>Permission bits in octal, four digits.</summary>
    public static string ModeText(uint mode) => Convert.ToString(mode & 0xFFF, 8).PadLeft(4, '0');

    /// <param name="nanoseconds">Since 1970.</param>
    public static long Nanoseconds(DateTimeOffset time) => (time - DateTimeOffset.UnixEpoch).Ticks * 100;

    public static DateTimeOffset Time(long nanoseconds) => DateTimeOffset.UnixEpoch.AddTicks(nanoseconds / 100);

    private static string? TargetOf(Volume volume, EntryView entry)
    {
        if (entry.Shown is not { Kind: DocumentKind.SymbolicLink or DocumentKind.Link } shown || volume.Reader.Revision(shown.Id) is not { } revision) return null;
        return TargetOf(volume, shown.Kind, revision.State.Target);
    }

    /// <summary>Of a symbolic link its text, of a link an address; null: it is neither.</summary>
    public static string? TargetOf(Volume volume, DocumentKind kind, ByteString target) => kind switch
    {
        DocumentKind.Link => LinkedDocument.AddressOf(volume, target)?.ToString() ?? "(unknown)",
        DocumentKind.SymbolicLink => target.ToString(),
        _ => null,
    };
}
