using PeerDrive.FileSystem.Trees;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Revisions;

namespace PeerDrive.FileSystem.Committing;

/// <summary>What one commit brings into the volume.</summary>
internal sealed class CommitBatch(List<NameStep> names, List<NodeStep> nodes)
{
    private readonly List<Place> refused = [];

    public IReadOnlyList<NameStep> Names => names;

    public IReadOnlyList<NodeStep> Nodes => nodes;

    public bool IsEmpty => names.Count == 0 && nodes.Count == 0;

    /// <summary>Leaves out what has to wait, with the names of new files that wait.</summary>
    public void DropPutOff()
    {
        if (nodes.RemoveAll(step => step.IsPutOff) == 0) return;
        var left = nodes.Select(step => step.Node).ToHashSet();
        names.RemoveAll(step => step.Wanted is not null && step.Node is { Document: null, Kind: DocumentKind.File } && !left.Contains(step.Node));
    }

    /// <summary>The volume took nothing. Under the tree's lock.</summary>
    public void TakeBack(VolumeTree tree)
    {
        foreach (var step in names)
        {
            if (step.Made is { } entry)
            {
                tree.Uncover(entry, step.Name);
                if (step.Node.IsFolder && step.Name.Entry is null) step.Node.Entry = null;
            }
            step.IsBegun = step.IsDone = step.IsRefused = false;
            step.Made = null;
        }
        foreach (var step in names)
        {
            if (step.Name is { Entry: { } entry, IsChanged: true }) tree.Cover(entry, step.Name);
        }
    }

    /// <summary>The volume has it: what did not change again meanwhile is clean. Under the tree's lock.</summary>
    public void Finish(VolumeTree tree)
    {
        tree.NoteOwn(names.Select(step => step.Made ?? step.Name.Entry).Concat(nodes.Select(step => step.Entry)).OfType<EntryId>(), nodes.Select(step => step.Made ?? step.Document).Concat(names.Select(step => step.Document)).OfType<DocumentId>());
        // All of the names before anything looks at a count: the volume has all of the commit already.
        foreach (var step in names)
        {
            step.Name.Entry ??= step.Made;
            VolumeTree.NoteCommitted(step.Name, step.Name.Entry is null ? null : step.Wanted);
        }
        foreach (var step in nodes) Finish(tree, step);
        // What changed again meanwhile first: it keeps the nodes that it needs.
        foreach (var step in names.OrderBy(step => !step.Name.IsChanged)) Finish(tree, step);
        foreach (var step in nodes)
        {
            if (!step.Node.IsChanged) tree.Settle(step.Node);
        }
    }

    /// <summary>Where the volume has something else than the mount, the kernel asks again.</summary>
    public async Task TellAsync(VolumeTree tree)
    {
        if (tree.Context.Notices is not { } notices) return;
        foreach (var place in refused)
        {
            await notices.NodeChanged(place.Folder.Id).ConfigureAwait(false);
            await notices.NameChanged(place.Folder.Id, place.Name.Bytes.ToArray()).ConfigureAwait(false);
        }
    }

    private static void Finish(VolumeTree tree, NodeStep step)
    {
        var (node, line) = (step.Node, step.Line);
        if (step.Made is { } document && line.Basis == step.Basis)
        {
            (line.Document, line.Basis, line.Via) = (document, step.Revision, step.Entry ?? line.Via);
            if (line.Holder is { } holder)
            {
                holder.CommittedLinks = null;
                tree.Keep(holder);
            }
        }
        // Another document's history was taken over since.
        if (node.Line != line) return;
        node.Content = step.Content;
        node.CommittedVersion = step.Version;
        node.LastCommit = tree.Context.Time.GetTimestamp();
        if (node.Comment == step.Comment) node.Comment = "";
        if (step.Draft is { } draft && draft == node.Draft && tree.Volume.Drafts.Rebase(draft, step.Content, step.Stamp))
        {
            node.IsSaved = false;
            if (!node.IsChanged) node.IsContentChanged = false;
        }
        if (!node.IsChanged) tree.Files.DropCleanDraft(node);
        if (node.IsFolder && node.Entry is null) node.Entry = step.Entry;
        tree.Keep(node);
    }

    private void Finish(VolumeTree tree, NameStep step)
    {
        var name = step.Name;
        if (step.IsRefused)
        {
            if (step.Wanted is { } wanted) refused.Add(wanted);
            if (name.Current == step.Wanted) tree.Settle(name);
            if (name.Node is { IsFolder: true, OwnName: null } && name.Entry is { } entry && tree.Reader.Get(entry) is { IsLive: true } view && tree.FolderOf(view.Parent) is { } parent)
                name.Node.Parent = parent;
            return;
        }
        if (name.Current is null && name.Node is { Names: 0, Document: not null }) tree.Disown(name.Node);
        tree.Recheck(name);
    }
}
