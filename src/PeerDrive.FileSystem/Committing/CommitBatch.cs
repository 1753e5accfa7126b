using PeerDrive.FileSystem.Trees;
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
        var makers = names.Where(step => step.Made is not null).ToDictionary(step => step.Made!.Value);
        foreach (var step in nodes)
        {
            // Another node may have taken the document over since, or the name under which it was made.
            var owner = step.Document is { } document ? step.Node.Document == document ? step.Node : tree.FindDocument(document)
                : step.Entry is { } made && makers.TryGetValue(made, out var maker) ? maker.Name.Node
                : step.Node;
            if (owner == step.Node && step.Node.Document == step.Document) Finish(tree, step);
            else if (owner is not null) HandOn(tree, step, owner);
        }
        foreach (var step in names) Finish(tree, step);
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

    /// <summary>The node that stands for the document now goes on from what was committed of it.</summary>
    private static void HandOn(VolumeTree tree, NodeStep step, TreeNode owner)
    {
        if (step.Made is not { } document || step.Revision is not { } revision) return;
        if (owner.Document is null) (owner.Document, owner.Via) = (document, step.Entry);
        else if (owner.Document != document || owner.Basis != step.Basis) return;
        owner.Basis = revision;
        owner.CommittedLinks = null;
        tree.Keep(owner);
    }

    private static void Finish(VolumeTree tree, NodeStep step)
    {
        var node = step.Node;
        if (step.Made is { } document)
        {
            node.Document = document;
            node.Basis = step.Revision;
            node.Via = step.Entry ?? node.Via;
        }
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
        name.Entry ??= step.Made;
        VolumeTree.NoteCommitted(name, name.Entry is null ? null : step.Wanted);
        if (step.IsRefused)
        {
            if (step.Wanted is { } wanted) refused.Add(wanted);
            if (name.Current == step.Wanted) tree.Settle(name);
            return;
        }
        if (name.Current is null && name.Node is { Names: 0, Document: not null }) tree.Disown(name.Node);
        tree.Recheck(name);
    }
}
