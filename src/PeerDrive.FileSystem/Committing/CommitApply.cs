using System.Collections.Immutable;
using System.Text;
using PeerDrive.FileSystem.Trees;
using PeerDrive.Model;
using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Revisions;
using PeerDrive.Storage.Volumes;

namespace PeerDrive.FileSystem.Committing;

/// <summary>
/// Makes the volume's tree what the mount's is, for the names and nodes of one commit. Runs in the volume's writer. What others did
/// meanwhile stays: where both used a name, files become two heads of one document, and anything else gets a name beside.
/// </summary>
internal sealed class CommitApply
{
    private readonly VolumeTree tree;
    private readonly VolumeEdit edit;
    private readonly IReadOnlyList<NameStep> names;
    private readonly Dictionary<TreeNode, NodeStep> nodes;
    private readonly Dictionary<EntryId, NameStep> byEntry = [];
    private readonly Dictionary<TreeNode, NameStep> folderNames = [];
    private ulong lastTemporary;
    private object? last;

    public CommitApply(VolumeTree tree, VolumeEdit edit, IReadOnlyList<NameStep> names, IReadOnlyList<NodeStep> nodes)
    {
        this.tree = tree;
        this.edit = edit;
        this.names = names;
        this.nodes = nodes.ToDictionary(step => step.Node);
        foreach (var step in names)
        {
            if (step.Name.Entry is { } entry) byEntry[entry] = step;
            if (step.Node.IsFolder && step.Wanted is not null) folderNames[step.Node] = step;
        }
    }

    private VolumeReader Reader => tree.Reader;

    public void Run()
    {
        foreach (var step in names) Put(step);
        foreach (var step in nodes.Values)
        {
            if (step.Revision is not null) continue;
            last = step;
            Revise(step);
        }
    }

    /// <summary>What was being done when it failed is left out of the next commits. Under the tree's lock.</summary>
    public void SetAsideLast(PeerDriveException e, TimeProvider time)
    {
        if (last is NameStep { Name: var name }) name.SetAside = SetAside.After(name.SetAside, e, time);
        else if (last is NodeStep { Node: var node }) node.SetAside = SetAside.After(node.SetAside, e, time);
    }

    private void Put(NameStep step)
    {
        if (step.IsBegun) return;
        step.IsBegun = true;
        last = step;
        if (step.Wanted is { } place) Place(step, place);
        else Delete(step);
        step.IsDone = true;
    }

    private void Delete(NameStep step)
    {
        if (step.Name.Entry is not { } entry || Reader.Get(entry) is not { IsLive: true } view) return;
        if (view.IsFolder)
        {
            foreach (var child in Reader.List(entry))
            {
                if (byEntry.TryGetValue(child.Id, out var moved)) Put(moved);
            }
            // What came from elsewhere since keeps the folder.
            if (Reader.List(entry).Count > 0)
            {
                step.IsRefused = true;
                return;
            }
        }
        edit.Delete(entry);
    }

    private void Place(NameStep step, Place place)
    {
        if (folderNames.TryGetValue(place.Folder, out var above)) Put(above);
        last = step;
        if (place.Folder.Entry is not { } folder || (folder != EntryId.Root && Reader.Get(folder) is not { IsLive: true }))
        {
            folder = Revive(place.Folder);
        }
        var name = place.Name;
        var there = Reader.Find(folder, name);
        if (there is not null && there.Id != step.Name.Entry && byEntry.TryGetValue(there.Id, out var occupant) && !occupant.IsDone)
        {
            if (occupant.IsBegun) edit.Move(there.Id, folder, FreeName(folder, EntryName.Create($".pd~{++lastTemporary:x}")));
            else Put(occupant);
            last = step;
            there = Reader.Find(folder, name);
        }
        if (step.Name.Entry is { } entry)
        {
            Move(step, entry, folder, there is null || there.Id == entry ? name : FreeName(folder, name));
            return;
        }
        if (DocumentOf(step.Node) is { } existing && EntryOf(existing, step.Node.Via) is { } other)
        {
            var linked = edit.Link(folder, there is null ? name : FreeName(folder, name), other);
            step.IsRefused = there is not null;
            Made(step, linked.Id);
            return;
        }
        Create(step, folder, name, there);
    }

    private void Move(NameStep step, EntryId entry, EntryId folder, EntryName name)
    {
        if (IsInside(folder, entry))
        {
            // Meanwhile the other one was moved into this one: that stays.
            step.IsRefused = true;
            return;
        }
        if (Reader.Get(entry) is not { IsLive: true }) edit.Undelete(entry);
        edit.Move(entry, folder, name);
        step.IsRefused = name != step.Wanted!.Value.Name;
    }

    private bool IsInside(EntryId folder, EntryId ancestor)
    {
        for (var at = folder; at != EntryId.Root; at = Reader.Get(at)?.Parent ?? EntryId.Root)
        {
            if (at == ancestor) return true;
        }
        return false;
    }

    private void Create(NameStep step, EntryId folder, EntryName name, EntryView? there)
    {
        var node = nodes[step.Node];
        var state = StateOf(node, null);
        if (there is { Shown: { } shown } && shown.Kind == state.Kind && (state.Kind == DocumentKind.Folder || state.Kind == DocumentKind.File))
        {
            // Neither was made from the other: both are heads.
            node.Revision = there.IsFolder ? shown.Id : edit.Revise(there.Id, state, [], node.Comment);
            node.Made = there.Document;
            node.Entry = there.Id;
            Made(step, there.Id);
            return;
        }
        if (there is not null) step.IsRefused = true;
        var view = edit.Create(folder, there is null ? name : FreeName(folder, name), state, node.Comment);
        node.Made = view.Document;
        node.Revision = view.Shown!.Value.Id;
        node.Entry = view.Id;
        Made(step, view.Id);
    }

    private void Made(NameStep step, EntryId entry)
    {
        step.Made = entry;
        lock (tree.Gate)
        {
            if (step.Node.IsFolder) step.Node.Entry = entry;
            tree.Cover(entry, step.Name);
        }
    }

    /// <summary>A folder that was deleted elsewhere, in which something was made here.</summary>
    private EntryId Revive(TreeNode folder)
    {
        if (folder.Entry is { } entry && Reader.Get(entry) is not null)
        {
            edit.Undelete(entry);
            return entry;
        }
        return EntryId.Root;
    }

    private void Revise(NodeStep step)
    {
        if (step.Document is not { } document) return;
        var entry = step.Node.Via is { } via && Reader.Get(via) is { IsLive: true } view && view.Document == document
            ? view
            : Reader.EntriesOf(document) is [var first, ..] ? first : null;
        if (entry is null && step.Draft is not null && step.Node.Via is { } deleted && Reader.Get(deleted)?.Document == document)
        {
            // Deleted elsewhere meanwhile: an edit brings it back.
            edit.Undelete(deleted);
            entry = Reader.Get(deleted);
        }
        // Nothing to revise where nobody can see it.
        if (entry is null) return;
        step.Entry = entry.Id;
        step.Made = document;
        var basis = step.Basis is { } known ? Reader.Revision(known)?.State : null;
        var state = StateOf(step, basis);
        if (basis is not null && basis.SameAs(state) && step.Comment.Length == 0)
        {
            step.Revision = step.Basis;
            return;
        }
        if (entry.Shown is { } shown && shown.Id != step.Basis && step.Comment.Length == 0 && Reader.Revision(shown.Id)?.State.SameAs(state) == true)
        {
            // A draft from before a crash that was committed then already, or somebody made the same.
            step.Revision = shown.Id;
            return;
        }
        step.Revision = edit.Revise(entry.Id, state, step.Basis is { } parent ? [parent] : [], step.Comment);
    }

    private DocumentId? DocumentOf(TreeNode node) => nodes.TryGetValue(node, out var step) ? step.Document ?? step.Made : node.Document;

    /// <summary>An entry of a document, if there is any a live one.</summary>
    private EntryId? EntryOf(DocumentId document, EntryId? known) =>
        Reader.EntriesOf(document) is [var live, ..] ? live.Id : known is { } entry && Reader.Get(entry)?.Document == document ? entry : null;

    private static RevisionState StateOf(NodeStep step, RevisionState? basis)
    {
        var state = basis ?? new RevisionState { Kind = step.Node.Kind };
        return state with
        {
            Kind = step.Node.Kind,
            Content = step.Node.Kind == DocumentKind.File ? step.Content : default,
            Mode = step.Permissions,
            Owner = step.Owner,
            Group = step.Group,
            Mtime = step.Mtime,
            Xattrs = step.Xattrs ?? basis?.Xattrs ?? ImmutableSortedDictionary<ByteString, ByteString>.Empty,
            Target = step.Target.IsEmpty && basis is not null ? basis.Target : step.Target,
            DeviceNumber = step.Node.DeviceNumber,
        };
    }

    /// <summary>A name that no entry of the folder has, near to the wanted one.</summary>
    private EntryName FreeName(EntryId folder, EntryName name)
    {
        for (var n = 1; ; n++)
        {
            if (n == 1 && Reader.Find(folder, name) is null) return name;
            var suffix = Encoding.ASCII.GetBytes(n == 1 ? " (local)" : $" (local {n})");
            var candidate = EntryName.Create([.. name.Bytes[..Math.Min(name.Bytes.Length, ModelLimits.NameBytes - suffix.Length)], .. suffix]);
            if (Reader.Find(folder, candidate) is null) return candidate;
        }
    }
}
