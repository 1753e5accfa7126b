using PeerDrive.Model.Errors;

namespace PeerDrive.FileSystem.Trees;

/// <summary>Drafts from before a crash, about which somebody has to decide. Whoever writes to such a file has decided to keep it.</summary>
internal sealed class HeldDrafts(VolumeTree tree)
{
    public IReadOnlyList<HeldDraft> All
    {
        get
        {
            lock (tree.Gate)
                return [.. Nodes().Select(found => new HeldDraft(found.Path, found.Node.Draft?.Length ?? 0, found.Node.Mtime)).OrderBy(draft => draft.Path, StringComparer.Ordinal)];
        }
    }

    /// <summary>Commits them.</summary>
    /// <param name="path">Null: all.</param>
    /// <returns>How many.</returns>
    public async Task<int> KeepAsync(string? path)
    {
        int kept;
        lock (tree.Gate)
        {
            var nodes = Nodes().Where(found => IsAt(found.Path, path)).ToList();
            kept = nodes.Count;
            foreach (var (node, _) in nodes) node.IsHeld = false;
        }
        if (kept > 0 && await tree.SyncNamesAsync().ConfigureAwait(false) is { } failure)
            throw new PeerDriveException(failure, tree.Problem ?? "The drafts could not be committed now; they are tried again.");
        return kept;
    }

    /// <summary>Gives them up: the files are again as the volume has them.</summary>
    /// <param name="path">Null: all.</param>
    /// <returns>How many.</returns>
    public async Task<int> RevertAsync(string? path)
    {
        var notices = new List<(ulong Folder, byte[] Name, ulong Node)>();
        lock (tree.Gate)
        {
            foreach (var (node, _) in Nodes().Where(found => IsAt(found.Path, path)).ToList())
            {
                if (tree.PlaceOf(node) is not { } place) continue;
                notices.Add((place.Folder.Id, place.Name.Bytes.ToArray(), node.Id));
                Revert(node, place);
            }
        }
        if (tree.Context.Notices is not { } kernel) return notices.Count;
        foreach (var (folder, name, node) in notices)
        {
            if (node != 0) await kernel.NodeChanged(node).ConfigureAwait(false);
            if (folder != 0) await kernel.NameChanged(folder, name).ConfigureAwait(false);
        }
        return notices.Count;
    }

    private void Revert(TreeNode node, Place place)
    {
        node.IsHeld = node.IsContentChanged = node.IsSaved = false;
        node.CommittedVersion = node.Version;
        tree.Files.DropDraft(node);
        if (node.Document is null)
        {
            tree.Put(tree.Find(place.Folder, place.Name)!, null);
            tree.Settle(node);
            return;
        }
        // The volume's state is taken when it is next looked at.
        node.Basis = null;
        tree.Settle(node);
        tree.Find(place.Folder, place.Name);
    }

    private IEnumerable<(TreeNode Node, string Path)> Nodes() =>
        tree.Due.Nodes.Where(node => node.IsHeld).Select(node => (node, tree.PlaceOf(node))).Where(found => found.Item2 is not null).Select(found => (found.node, PathOf(found.Item2!.Value)));

    private string PathOf(Place place)
    {
        var names = new Stack<string>();
        names.Push(place.Name.ToString());
        for (var folder = place.Folder; folder != tree.Root; folder = folder.Parent ?? tree.Root)
        {
            if (folder is { OwnName: null, Entry: { } entry }) return $"{tree.Reader.PathOf(entry)}/{string.Join('/', names)}";
            names.Push(folder.OwnName?.Current?.Name.ToString() ?? "?");
        }
        return "/" + string.Join('/', names);
    }

    private static bool IsAt(string path, string? wanted)
    {
        var folder = wanted?.TrimEnd('/');
        return string.IsNullOrEmpty(folder) || path == folder || path.StartsWith(folder + "/", StringComparison.Ordinal);
    }
}
