using System.Collections.Immutable;
using PeerDrive.Model;
using PeerDrive.Model.Changesets;
using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Members;
using PeerDrive.Model.Merging;
using PeerDrive.Model.Revisions;
using PeerDrive.Model.Tree;
using PeerDrive.Storage.Catalog;

namespace PeerDrive.Storage.Volumes;

/// <summary>
/// Local changes being made: each is applied to the catalog at once, so that later ones build on it, and all go into one
/// changeset, or several when one would be too large. Used inside <see cref="Volume.CommitAsync"/> only; what it throws takes
/// all of the edit back.
/// </summary>
public sealed class VolumeEdit
{
    private readonly Volume volume;
    private readonly VolumeCatalog catalog;
    private readonly ChangesetWriter writer;
    private readonly HashSet<EntryId> folders = [EntryId.Root];

    internal VolumeEdit(Volume volume, VolumeCatalog catalog, ChangesetWriter writer)
    {
        this.volume = volume;
        this.catalog = catalog;
        this.writer = writer;
    }

    /// <summary>Number of changes so far.</summary>
    public int Count => writer.Count;

    /// <summary>Makes a new document under a new name.</summary>
    /// <exception cref="PeerDriveException">AlreadyExists, NotFound or NotAFolder.</exception>
    public EntryView Create(EntryId parent, EntryName name, RevisionState state, string comment = "")
    {
        RequireFree(parent, name);
        var isFolder = state.Kind == DocumentKind.Folder;
        var (entry, document) = ChooseIds(parent, name, isFolder);
        ImmutableArray<RevisionId> heads = catalog.Revisions.FindRow(document) is { } row ? [.. catalog.Revisions.Heads(row).Select(head => head.Id)] : [];
        Add(new Operation.Put(entry, parent, name, document, isFolder));
        var revision = AddRevision(document, entry, state, comment, heads);
        var shown = new RevisionView(
            revision.Id, state.Kind, state.Mode, state.Mtime, revision.Fields.Time, IsHead: true, IsMerge: false, state.Content,
            state.Owner, state.Group, state.Target.Span.Length, state.DeviceNumber, !state.Xattrs.IsEmpty || !state.Annotations.IsEmpty || state.MediaType.Length > 0);
        return new EntryView(entry, parent, name, name, document, isFolder, IsLive: true, 1, shown);
    }

    /// <summary>Gives a document a new state.</summary>
    /// <param name="parents">The revisions it is made from; default: the shown head. Naming all heads resolves a conflict.</param>
    public RevisionId Revise(EntryId entry, RevisionState state, ImmutableArray<RevisionId> parents = default, string comment = "")
    {
        var view = volume.Reader.Require(entry);
        if (view.IsFolder != (state.Kind == DocumentKind.Folder))
            throw new PeerDriveException(ErrorKind.Invalid, $"'{view.ShownName}' cannot turn from a folder into something else or back; delete it and make a new one.");
        if (parents.IsDefault) parents = view.Shown is { } shown ? [shown.Id] : [];
        return AddRevision(view.Document, entry, state, comment, parents).Id;
    }

    /// <summary>Adds a merge, which has no author.</summary>
    public void Merge(Revision merge, EntryId? through)
    {
        if (!merge.IsMerge) throw new PeerDriveException(ErrorKind.Internal, "Only a merge has no author.");
        Add(new Operation.Revise(merge, through));
    }

    /// <summary>Adds a revision that was made in another volume as it is: the document is the same one, and so is its history.</summary>
    /// <param name="through">The entry that it belongs to here.</param>
    /// <exception cref="PeerDriveException">Conflict: a parent of it is not here, so its place in history would be lost.</exception>
    public void Carry(Revision revision, EntryId through)
    {
        if (volume.Reader.FindRevision(revision.Id) is not null) return;
        if (revision.Parents.Any(parent => volume.Reader.FindRevision(parent) is null)) throw new PeerDriveException(ErrorKind.Conflict, "A version cannot come without those that it was made from.");
        Add(new Operation.Revise(revision, revision.IsMerge ? null : through));
        volume.NoteIfAbsent(revision.State.Content, revision.Id);
    }

    /// <summary>Files a document under a further name (a hard link).</summary>
    public EntryView Link(EntryId parent, EntryName name, EntryId existing)
    {
        RequireFree(parent, name);
        var view = volume.Reader.Require(existing);
        if (view.IsFolder) throw new PeerDriveException(ErrorKind.IsAFolder, $"'{view.ShownName}' is a folder, and a folder has one place only.");
        var entry = RandomEntry();
        Add(new Operation.Put(entry, parent, name, view.Document, false));
        return volume.Reader.Require(entry);
    }

    /// <summary>Renames or moves an entry.</summary>
    public void Move(EntryId entry, EntryId parent, EntryName name)
    {
        var view = volume.Reader.Require(entry);
        if (view.Parent == parent && view.Name == name) return;
        var there = volume.Reader.Find(parent, name);
        if (there is not null && there.Id != entry) throw new PeerDriveException(ErrorKind.AlreadyExists, $"There is already a '{name}'.");
        RequireFolder(parent);
        for (var above = parent; above != EntryId.Root && above != EntryId.LostAndFound; above = volume.Reader.Require(above).Parent)
        {
            if (above == entry) throw new PeerDriveException(ErrorKind.Invalid, $"'{view.ShownName}' cannot be moved into itself.");
        }
        Add(new Operation.Put(entry, parent, name, view.Document, view.IsFolder));
    }

    /// <summary>Deletes an entry; of a folder, each entry in it by name, so that what this device never saw stays.</summary>
    public void Delete(EntryId entry)
    {
        var stack = new Stack<(EntryView Entry, bool Inside)>();
        stack.Push((volume.Reader.Require(entry), false));
        while (stack.TryPop(out var next))
        {
            if (!next.Inside && next.Entry.IsFolder)
            {
                stack.Push((next.Entry, true));
                foreach (var child in volume.Reader.List(next.Entry.Id)) stack.Push((child, false));
                continue;
            }
            Add(new Operation.Delete(next.Entry.Id, next.Entry.Parent));
        }
    }

    /// <summary>Puts an entry somewhere whatever is there: the tree rules settle what collides.</summary>
    internal void Place(EntryId entry, EntryId parent, EntryName name, DocumentId document, bool isFolder) =>
        Add(new Operation.Put(entry, parent, name, document, isFolder));

    /// <summary>Deletes one entry and nothing in it.</summary>
    internal void DeleteOnly(EntryView entry) => Add(new Operation.Delete(entry.Id, entry.Parent));

    /// <summary>Puts a deleted entry back where it was, with its folders; its history goes on.</summary>
    public void Undelete(EntryId entry)
    {
        var view = volume.Reader.Get(entry) ?? throw new PeerDriveException(ErrorKind.NotFound, "There is no such entry.");
        if (view.IsLive) return;
        if (view.Parent != EntryId.Root && volume.Reader.Get(view.Parent) is { IsLive: false }) Undelete(view.Parent);
        var name = view.Name;
        for (var n = 2; volume.Reader.Find(view.Parent, name) is not null; n++)
            name = EntryName.Create([.. view.Name.Bytes, .. System.Text.Encoding.UTF8.GetBytes($" (restored {n})")]);
        Add(new Operation.Put(view.Id, view.Parent, name, view.Document, view.IsFolder));
    }

    /// <summary>Changes members, devices, settings or features.</summary>
    public void Administer(Operation operation) => Add(operation);

    /// <summary>Removes a person: what the person's devices made so far counts, whatever else comes from them is void.</summary>
    /// <exception cref="PeerDriveException">NotFound: no member. Conflict: the last owner.</exception>
    public void RemoveMember(PersonId person)
    {
        var member = volume.Members.All.FirstOrDefault(known => known.Person == person) ?? throw new PeerDriveException(ErrorKind.NotFound, "This person is no member of the volume.");
        if (!volume.Members.All.Any(other => other.Person != person && other.Role == Role.Owner))
            throw new PeerDriveException(ErrorKind.Conflict, $"{member.Certificate.Name} is the only owner, and a volume needs one. Make somebody else an owner first.");
        var counted = member.Devices.SelectMany(device => catalog.Chains.Of(device.Device)).Where(chain => chain.Sequence > 0).Select(chain => chain.Tip);
        Add(new Operation.RemoveMember(person, [.. counted]));
    }

    private Revision AddRevision(DocumentId document, EntryId through, RevisionState state, string comment, ImmutableArray<RevisionId> parents)
    {
        var revision = Revision.Create(new RevisionFields(
            document, [.. parents.Distinct().Order().Take(ModelLimits.Parents)], state, volume.Device, volume.NowNanoseconds, volume.PersonName, comment));
        Add(new Operation.Revise(revision, through));
        volume.NoteIfAbsent(state.Content, revision.Id);
        return revision;
    }

    private void Add(Operation operation) => writer.Add(operation);

    private void RequireFree(EntryId parent, EntryName name)
    {
        RequireFolder(parent);
        if (volume.Reader.Has(parent, name)) throw new PeerDriveException(ErrorKind.AlreadyExists, $"There is already a '{name}'.");
    }

    private void RequireFolder(EntryId parent)
    {
        // What is a folder stays one for ever.
        if (folders.Contains(parent)) return;
        var folder = volume.Reader.Require(parent);
        if (!folder.IsFolder) throw new PeerDriveException(ErrorKind.NotAFolder, $"'{folder.ShownName}' is not a folder.");
        folders.Add(parent);
    }

    /// <summary>Derived ids when nobody uses them, or when their only entry is deleted, whose history then continues; else random ones.</summary>
    private (EntryId Entry, DocumentId Document) ChooseIds(EntryId parent, EntryName name, bool isFolder)
    {
        var derived = DerivedIds.Of(volume.Id, parent, name, isFolder);
        var documentRow = catalog.Revisions.FindRow(derived.Document);
        if (documentRow is null && catalog.Tree.FindRow(derived.Entry) is null) return derived;
        var known = volume.Reader.Get(derived.Entry);
        if (known is { IsLive: false } && known.Document == derived.Document && catalog.Tree.EntriesOf(documentRow!.Value).Count == 1) return derived;
        return (RandomEntry(), new DocumentId(volume.RandomBits()));
    }

    private EntryId RandomEntry() => new(volume.RandomBits());
}
