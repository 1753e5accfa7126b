using System.Collections.Immutable;
using System.Text;
using PeerDrive.FileSystem.Trees;
using PeerDrive.Model;
using PeerDrive.Model.Annotations;
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
        // Further names of a document first: one that has lost its only name may be taken up by a new file of that name.
        foreach (var step in names.Where(step => step.Name.Entry is null && step.Wanted is not null && step.Document is not null)) Put(step);
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
        if (step.Wanted is not { } place)
        {
            Delete(step);
        }
        else if (!TryPlace(step, place))
        {
            // Its turn comes when its folder is made.
            step.IsBegun = false;
            return;
        }
        step.IsDone = true;
    }

    private void Delete(NameStep step)
    {
        if (step.Name.Entry is not { } entry || Reader.Get(entry) is not { IsLive: true } view) return;
        if (view.IsFolder)
        {
            foreach (var child in Reader.List(entry))
            {
                if (!byEntry.TryGetValue(child.Id, out var moved)) continue;
                Put(moved);
                // It waits for this folder's name, or for one that does.
                if (!moved.IsDone && Reader.Get(child.Id) is { IsLive: true, Parent: var parent } && parent == entry) edit.Move(child.Id, EntryId.Root, TemporaryName(EntryId.Root));
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

    /// <returns>False: it goes into a new folder that is about to be made, and waits for what is in the way of it.</returns>
    private bool TryPlace(NameStep step, Place place)
    {
        PutAbove(step);
        last = step;
        if (folderNames.TryGetValue(place.Folder, out var above) && above is { IsDone: false, Made: null, Name.Entry: null }) return false;
        var (folder, name) = (FolderOf(step, place), place.Name);
        if (Reader.Find(folder, name) is { } other && folder == EntryId.Root && place.Folder != tree.Root && other.Id != step.Name.Entry) name = FreeName(folder, name);
        var there = Reader.Find(folder, name);
        if (there is not null && there.Id != step.Name.Entry && byEntry.TryGetValue(there.Id, out var occupant) && !occupant.IsDone)
        {
            if (!occupant.IsBegun) Put(occupant);
            last = step;
            there = Reader.Find(folder, name);
            if (there is not null && !occupant.IsDone && there.Id == occupant.Name.Entry)
            {
                edit.Move(there.Id, folder, TemporaryName(folder));
                there = Reader.Find(folder, name);
            }
        }
        if (step.Name.Entry is { } entry)
        {
            Move(step, entry, folder, there is null || there.Id == entry ? name : FreeName(folder, name));
            return true;
        }
        if (EntryOf(step) is { } existing)
        {
            var linked = edit.Link(folder, there is null ? name : FreeName(folder, name), existing);
            step.IsRefused = there is not null;
            step.Made = linked.Id;
            return true;
        }
        Create(step, folder, name, there);
        return true;
    }

    /// <summary>First the folders that it goes into, from the top: on the way from one tree to the other no folder may come to lie in itself.</summary>
    private void PutAbove(NameStep step)
    {
        var above = new Stack<NameStep>();
        var seen = new HashSet<NameStep>();
        // As the mount was when the commit began: it may have changed since.
        var (node, entry) = ((TreeNode?)step.Wanted!.Value.Folder, step.Folder);
        while (true)
        {
            var moved = node is not null && folderNames.TryGetValue(node, out var own) ? own : entry is { } id && byEntry.TryGetValue(id, out var other) && other.Wanted is not null ? other : null;
            if (moved is not null)
            {
                if (!seen.Add(moved)) break;
                above.Push(moved);
                (node, entry) = (moved.Wanted!.Value.Folder, moved.Folder);
            }
            else
            {
                if (entry is not { } at || at == EntryId.Root || Reader.Get(at) is not { } view) break;
                (node, entry) = (null, view.Parent);
            }
        }
        while (above.TryPop(out var next)) Put(next);
    }

    private void Move(NameStep step, EntryId entry, EntryId folder, EntryName name)
    {
        for (var at = folder; at != EntryId.Root && IsInside(folder, entry); at = Reader.Require(at).Parent)
        {
            // It goes into a folder that lies in it and is waiting to leave.
            if (byEntry.TryGetValue(at, out var leaving) && leaving is { IsDone: false, Wanted: not null } && at != entry)
            {
                edit.Move(at, EntryId.Root, TemporaryName(EntryId.Root));
                break;
            }
        }
        if (IsInside(folder, entry))
        {
            // Somebody else has moved the one into the other meanwhile.
            step.IsRefused = step.IsUnmoved = true;
            return;
        }
        if (Reader.Get(entry) is not { IsLive: true }) edit.Undelete(entry);
        edit.Move(entry, folder, name);
        step.IsRefused = name != step.Wanted!.Value.Name;
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
            step.Made = there.Id;
            return;
        }
        if (there is not null) step.IsRefused = true;
        var view = edit.Create(folder, there is null ? name : FreeName(folder, name), state, node.Comment);
        node.Made = view.Document;
        node.Revision = view.Shown!.Value.Id;
        node.Entry = view.Id;
        step.Made = view.Id;
    }

    /// <summary>Where a name goes. A folder that was deleted elsewhere, in which something was made here, comes back; where there is none it is the root.</summary>
    private EntryId FolderOf(NameStep step, Place place)
    {
        var known = folderNames.TryGetValue(place.Folder, out var above) ? above.Made ?? above.Name.Entry : step.Folder;
        if (known is not { } folder || folder == EntryId.Root) return EntryId.Root;
        if (Reader.Get(folder) is not { } view) return EntryId.Root;
        if (!view.IsLive) edit.Undelete(folder);
        return folder;
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

    /// <summary>An entry through which the document that a name is for can be linked; it may have been deleted. Null: there is no document yet.</summary>
    private EntryId? EntryOf(NameStep step)
    {
        if ((nodes.TryGetValue(step.Node, out var node) ? node.Document ?? node.Made : step.Document) is not { } document) return null;
        if (Reader.EntriesOf(document) is [var live, ..]) return live.Id;
        return step.Via is { } via && Reader.Get(via) is { } view && view.Document == document ? via : null;
    }

    private static RevisionState StateOf(NodeStep step, RevisionState? basis)
    {
        var state = basis ?? new RevisionState { Kind = step.Node.Kind };
        state = state with
        {
            Kind = step.Node.Kind,
            Content = step.Node.Kind == DocumentKind.File ? step.Content : default,
            Mode = step.Permissions,
            Owner = step.Owner,
            Group = step.Group,
            Mtime = step.Mtime,
            Target = step.Target.IsEmpty && basis is not null ? basis.Target : step.Target,
            DeviceNumber = step.Node.DeviceNumber,
        };
        // What nobody changed stays as it is, also where an earlier version kept it otherwise.
        return step.Xattrs is not { } shown || (basis is not null && shown.SequenceEqual(DesktopAttributes.Shown(basis))) ? state : DesktopAttributes.WithShown(state, shown, basis);
    }

    private bool IsInside(EntryId folder, EntryId entry)
    {
        for (var at = folder; at != EntryId.Root && at != EntryId.LostAndFound; at = Reader.Require(at).Parent)
        {
            if (at == entry) return true;
        }
        return false;
    }

    private EntryName TemporaryName(EntryId folder) => FreeName(folder, EntryName.Create(Encoding.ASCII.GetBytes($".pd~{++lastTemporary:x}")));

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
