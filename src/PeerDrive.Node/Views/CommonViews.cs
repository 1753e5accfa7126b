using PeerDrive.Client.Contracts;
using PeerDrive.FileSystem.Common;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Revisions;

namespace PeerDrive.Node.Views;

/// <summary>Common trees as the API shows them: without their owners.</summary>
internal static class CommonViews
{
    /// <summary>Folders inside each other.</summary>
    private const int MaxDepth = 10_000;

    private const string FolderMode = "0555", ReadOnlyMode = "0444";

    public static EntryStatus Of(CommonEntry entry, string path)
    {
        if (entry.Folder is { } folder) return new EntryStatus("", "", path, entry.Name.ToString(), EntryViews.KindText(DocumentKind.Folder), 0, FolderMode, EntryViews.Time(folder.Mtime), "", 1, true, null);
        var copy = entry.Copies[0];
        var revision = copy.Revision;
        var target = revision.Kind == DocumentKind.SymbolicLink ? copy.Source.Volume.Reader.ShownState(copy.Entry).Target.ToString() : null;
        return new EntryStatus(
            copy.Entry.Id.ToHex(), copy.Entry.Document.ToHex(), path, entry.Name.ToString(), EntryViews.KindText(revision.Kind), (long)revision.Content.Size, ReadOnlyMode,
            EntryViews.Time(revision.Mtime), revision.Id.ToHex(), copy.Entry.Heads, entry.Copies.Any(each => each.IsHere), target);
    }

    /// <summary>The entries of a folder, with those of folders below if asked.</summary>
    /// <param name="path">The folder's, without a slash at its end.</param>
    public static IEnumerable<EntryStatus> Below(CommonFolder top, string path, bool recursive)
    {
        var open = new Stack<(IEnumerator<CommonEntry> Entries, string Path)>();
        open.Push((top.List().GetEnumerator(), path));
        while (open.TryPeek(out var at))
        {
            if (!at.Entries.MoveNext())
            {
                open.Pop().Entries.Dispose();
                continue;
            }
            var entry = at.Entries.Current;
            var name = $"{at.Path}/{entry.Name}";
            yield return Of(entry, name);
            if (recursive && entry.Folder is { } folder && open.Count < MaxDepth) open.Push((folder.List().GetEnumerator(), name));
        }
    }
}
