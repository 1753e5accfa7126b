using PeerDrive.FileSystem.Trees;
using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
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
                if (step.Folder is null && !folders.Contains(place.Folder))
                {
                    // It waits with the folder.
                    step.IsPutOff = true;
                    step.Name.SetAside ??= place.Folder.OwnName?.SetAside ?? place.Folder.SetAside;
                }
                step.IsPutOff |= step.Document is null && !made.Contains(step.Node);
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
                step.End();
                if (!step.Name.IsChanged)
                {
                    tree.Settle(step.Name);
                    continue;
                }
                tree.Due.PutBack(step);
            }
        }
    }

    /// <summary>The volume took nothing. Under the tree's lock.</summary>
    public void TakeBack(VolumeTree tree)
    {
        foreach (var step in names)
        {
            step.End();
            if (step.Name.IsChanged) tree.Due.PutBack(step);
            else tree.Settle(step.Name);
        }
        foreach (var step in nodes) tree.Due.PutBack(step);
    }

    /// <summary>The volume has it: what did not change again meanwhile is clean. Under the tree's lock.</summary>
    public void Finish(VolumeTree tree)
    {
        tree.Own.Note(
            names.Select(step => step.Made ?? step.Name.Entry).Concat(nodes.Select(step => step.Entry)).OfType<EntryId>(),
            nodes.Select(step => step.Made ?? step.Document).Concat(names.Select(step => step.Document)).OfType<DocumentId>());
        // All of the names before anything looks at a count: the volume has all of the commit already.
        foreach (var step in names)
        {
            if (step.Made is { } entry)
            {
                step.Name.Entry = entry;
                tree.Cover(entry, step.Name);
                if (step.Node is { IsFolder: true, IsRemoved: false }) (step.Node.Entry, step.Node.CommittedSubfolders) = (entry, null);
            }
            VolumeTree.NoteCommitted(step.Name, step.Name.Entry is null ? null : step.IsUnmoved ? step.Left : step.Wanted);
            step.End();
        }
        foreach (var step in nodes) Finish(tree, step);
        // What changed again meanwhile first: it keeps the nodes that it needs.
        foreach (var step in names.OrderBy(step => !step.Name.IsChanged))
        {
            Finish(tree, step);
            // It may have been kept for what left it only.
            if (step.Left is { } left) tree.Release(left.Folder);
            if (step.Wanted is { } wanted) tree.Release(wanted.Folder);
        }
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
                if (!tree.Volume.Drafts.Rebase(step.Draft!, step.Content, step.Stamp))
                {
                    lock (tree.Gate) node.Stored = step.Stamp;
                    continue;
                }
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

    private void Finish(VolumeTree tree, NodeStep step)
    {
        var (node, line) = (step.Node, step.Line);
        node.LastCommit = tree.Context.Time.GetTimestamp();
        // Not in the volume, whyever: what was written is not given up for that.
        if (step.Made is null && (node.Document is null || step.Draft is not null)) return;
        node.SetAside = null;
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
        if (node.Comment == step.Comment) node.Comment = "";
        if (step.Draft is { } draft && draft == node.Draft)
        {
            if (node is { IsChanged: false, Writers: 0, External: 0 } && draft.Stamp() == step.Stamp) node.IsContentChanged = false;
            else rebased.Add(step);
        }
        if (!node.IsChanged) tree.Files.DropCleanDraft(node);
        tree.Keep(node);
        tree.Due.Reconsider(node);
        tree.TakeStale(node);
    }

    private void Finish(VolumeTree tree, NameStep step)
    {
        var name = step.Name;
        name.SetAside = null;
        if (step.IsRefused)
        {
            if (step.Left is { } left) refused.Add(left);
            if (step.Wanted is { } wanted) refused.Add(wanted);
            if (name.Current == step.Wanted && step.IsUnmoved) tree.Put(name, step.Left);
            else if (name.Current == step.Wanted) tree.Settle(name);
            else tree.Recheck(name);
            if (name.Node is { IsFolder: true, OwnName: null } && name.Entry is { } shown && tree.Reader.Get(shown) is { IsLive: true } view && tree.FolderOf(view.Parent) is { } parent)
                name.Node.Parent = parent;
            return;
        }
        if (name is { Entry: { } entry, Current: { } current } && current == step.Wanted) tree.Own.Note(entry, current);
        if (name.Current is null && name.Node is { Names: 0, Document: not null }) tree.Disown(name.Node);
        tree.Recheck(name);
    }
}
