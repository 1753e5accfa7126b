using PeerDrive.FileSystem.Trees;
using PeerDrive.Model.Errors;
using PeerDrive.Model.Revisions;

namespace PeerDrive.FileSystem.Committing;

/// <summary>What one commit brings into the volume.</summary>
internal sealed class CommitBatch(List<NameStep> names, List<NodeStep> nodes)
{
    private readonly List<Place> refused = [];
    private readonly List<NodeStep> rebased = [];

    public IReadOnlyList<NameStep> Names => names;

    public IReadOnlyList<NodeStep> Nodes => nodes;

    public bool IsEmpty => names.Count == 0 && nodes.Count == 0;

    /// <summary>Leaves out what has to wait, with all that needs it: new files without names, names of new files, names in new folders. Under the tree's lock.</summary>
    public void DropPutOff(VolumeTree tree)
    {
        while (true)
        {
            var made = nodes.Where(step => !step.IsPutOff).Select(step => step.Node).ToHashSet();
            var folders = names.Where(step => step is { IsPutOff: false, Wanted: not null, Node.IsFolder: true }).Select(step => step.Node).ToHashSet();
            var named = names.Where(step => step is { IsPutOff: false, Wanted: not null }).Select(step => step.Node).ToHashSet();
            foreach (var step in names)
            {
                if (step.Wanted is not { } place) continue;
                if (place.Folder.Entry is null && !folders.Contains(place.Folder))
                {
                    // It waits with the folder.
                    step.IsPutOff = true;
                    step.Name.SetAside ??= place.Folder.OwnName?.SetAside ?? place.Folder.SetAside;
                }
                step.IsPutOff |= step.Node.Document is null && !made.Contains(step.Node);
            }
            foreach (var step in nodes) step.IsPutOff |= step.Document is null && !named.Contains(step.Node);
            var left = nodes.Where(step => step.IsPutOff).ToList();
            var leftNames = names.Where(step => step.IsPutOff).ToList();
            if (left.Count == 0 && leftNames.Count == 0) return;
            nodes.RemoveAll(step => step.IsPutOff);
            names.RemoveAll(step => step.IsPutOff);
            foreach (var step in left) tree.Due.PutBack(step);
            foreach (var step in leftNames)
            {
                // With the node that it waits for it comes by itself.
                if (step.Name.SetAside is not null || step.Node.IsFolder) tree.Due.PutBack(step);
            }
        }
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
        }
        foreach (var step in names)
        {
            if (step.Name is { Entry: { } entry, IsChanged: true }) tree.Cover(entry, step.Name);
            tree.Due.PutBack(step);
        }
        foreach (var step in nodes) tree.Due.PutBack(step);
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
            if (step.Node.IsChanged) tree.Due.Reconsider(step.Node);
            else tree.Settle(step.Node);
        }
    }

    /// <summary>Drafts that go on do so over what they were stored as. Takes the tree's lock for moments only: rows are removed, and that is synced.</summary>
    public void Rebase(VolumeTree tree)
    {
        foreach (var step in rebased)
        {
            var node = step.Node;
            try
            {
                if (!tree.Volume.Drafts.Rebase(step.Draft!, step.Content, step.Stamp)) continue;
            }
            catch (PeerDriveException)
            {
                // Discarded meanwhile, or its row stays: then it is the same bytes that are offered again.
                continue;
            }
            lock (tree.Gate)
            {
                if (node.Draft != step.Draft || node.IsChanged) continue;
                node.IsContentChanged = false;
                tree.Files.DropCleanDraft(node);
                tree.Release(node);
            }
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

    private void Finish(VolumeTree tree, NodeStep step)
    {
        var node = step.Node;
        node.LastCommit = tree.Context.Time.GetTimestamp();
        // Not in the volume, whyever: what was written is not given up for that.
        if (step.Made is null && (node.Document is null || step.Draft is not null)) return;
        node.SetAside = null;
        if (step.Made is { } document)
        {
            node.Document = document;
            node.Basis = step.Revision;
            node.Via = step.Entry ?? node.Via;
        }
        node.Content = step.Content;
        node.CommittedVersion = step.Version;
        if (node.Comment == step.Comment) node.Comment = "";
        if (step.Draft is { } draft && draft == node.Draft)
        {
            if (node is { IsChanged: false, Writers: 0, External: 0 } && draft.Stamp() == step.Stamp) node.IsContentChanged = false;
            else rebased.Add(step);
        }
        if (!node.IsChanged) tree.Files.DropCleanDraft(node);
        if (node.IsFolder && node.Entry is null) node.Entry = step.Entry;
        tree.Keep(node);
        tree.Due.Reconsider(node);
        tree.TakeStale(node);
    }

    private void Finish(VolumeTree tree, NameStep step)
    {
        var name = step.Name;
        var before = name.Committed;
        name.SetAside = null;
        name.Entry ??= step.Made;
        VolumeTree.NoteCommitted(name, name.Entry is null ? null : step.Wanted);
        if (step.IsRefused)
        {
            if (before is { } left) refused.Add(left);
            if (step.Wanted is { } wanted) refused.Add(wanted);
            if (name.Current == step.Wanted) tree.Settle(name);
            else tree.Recheck(name);
            return;
        }
        if (name is { Entry: { } entry, Current: { } current } && current == step.Wanted) tree.NoteOwn(entry, current);
        if (name.Current is null && name.Node is { Names: 0, Document: not null }) tree.Disown(name.Node);
        tree.Recheck(name);
    }
}
