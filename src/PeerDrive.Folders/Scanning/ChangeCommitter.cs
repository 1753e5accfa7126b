using System.Collections.Concurrent;
using PeerDrive.Folders.Rows;
using PeerDrive.Model.Annotations;
using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Revisions;
using PeerDrive.Storage.Volumes;

namespace PeerDrive.Folders.Scanning;

/// <summary>Puts prepared changes into the volume, then their rows into the replica's state. Used by the link's loop only.</summary>
internal sealed class ChangeCommitter(LinkScope scope)
{
    private readonly List<Result> results = [];
    private readonly HashSet<EntryId> unequal = [];
    private readonly ConcurrentDictionary<EntryId, bool> made = [];

    /// <summary>Entries whose place or state in the volume is not what the directory has: to be written out.</summary>
    public HashSet<EntryId> Unequal { get; } = [];

    /// <summary>What the last commits could not take in; null when nothing.</summary>
    public string? Problem { get; set; }

    private VolumeReader Reader => scope.Volume.Reader;

    /// <summary>Whether this scan made a folder in the volume, so that nothing can be in it. Thread-safe.</summary>
    public bool IsMade(EntryId folder) => made.ContainsKey(folder);

    /// <summary>Begins a scan: what the volume's folders hold is not known.</summary>
    public void Begin()
    {
        made.Clear();
        if (Reader.List(scope.Rows.Root.Entry).Count == 0) made[scope.Rows.Root.Entry] = true;
    }

    /// <summary>Commits changes as one step. The rows follow in <see cref="EndAsync"/>.</summary>
    /// <returns>Why the volume refused.</returns>
    public async Task<PeerDriveException?> BeginAsync(IReadOnlyList<LocalChange> changes)
    {
        try
        {
            await scope.Volume.CommitAsync(edit =>
            {
                results.Clear();
                unequal.Clear();
                foreach (var change in changes) Apply(edit, change);
            });
            return null;
        }
        catch (PeerDriveException e)
        {
            results.Clear();
            return e;
        }
    }

    /// <summary>Saves the rows of changes that were committed; of refused ones each is tried alone, so that none holds another up.</summary>
    public async Task EndAsync(IReadOnlyList<LocalChange> changes, PeerDriveException? refusal)
    {
        if (refusal is null)
        {
            Finish();
            return;
        }
        if (refusal.Kind is ErrorKind.Io or ErrorKind.NoSpace or ErrorKind.ReadOnly or ErrorKind.Cancelled or ErrorKind.Forbidden) throw refusal;
        made.Clear();
        foreach (var change in changes) await CommitOneAsync(change);
    }

    private async Task CommitOneAsync(LocalChange change)
    {
        // What is in a folder that was refused waits with it.
        if (change.Kind != LocalChangeKind.Delete && change.Folder.Id != scope.Rows.Root.Id && change.Folder.Entry == default) return;
        var refusal = await BeginAsync([change]);
        if (refusal is null) Finish();
        else if (IsOfOneFile(refusal)) Refuse(change, refusal);
        else throw refusal;
    }

    private static bool IsOfOneFile(PeerDriveException e) =>
        e.Kind is ErrorKind.Invalid or ErrorKind.LimitExceeded or ErrorKind.AlreadyExists or ErrorKind.NotFound or ErrorKind.NotAFolder or ErrorKind.NameTooLong or ErrorKind.Internal;

    private void Refuse(LocalChange change, PeerDriveException e)
    {
        if (change.Kind == LocalChangeKind.Create) change.Row.Entry = default;
        Problem = $"'{EntryName.Display(change.Path)}' cannot be taken in: {e.Message}";
    }

    private void Finish()
    {
        var saved = new Dictionary<long, FileRow>();
        var removed = new List<long>();
        foreach (var result in results)
        {
            var row = result.Row;
            if (result.IsRemoved)
            {
                removed.Add(row.Id);
                saved.Remove(row.Id);
                continue;
            }
            if (result.Place is { } place)
            {
                row.Parent = place.Folder.Id;
                row.Name = place.Name;
            }
            row.Entry = result.Entry;
            row.Document = result.Document;
            row.Revision = result.Revision;
            if (result.Seen is { } seen) row.Seen = seen;
            saved[row.Id] = row;
        }
        results.Clear();
        Unequal.UnionWith(unequal);
        unequal.Clear();
        if (saved.Count + removed.Count > 0) scope.Rows.Save(saved.Values, removed);
    }

    /// <summary>Runs in the volume's writer; what it finds out is put into rows after the commit.</summary>
    private void Apply(VolumeEdit edit, LocalChange change)
    {
        switch (change.Kind)
        {
            case LocalChangeKind.Create:
                Create(edit, change);
                break;
            case LocalChangeKind.Revise:
                Revise(edit, change);
                break;
            case LocalChangeKind.Move:
                Move(edit, change.Row, change.Folder, change.Name);
                break;
            case LocalChangeKind.Rotate:
                Rotate(edit, change);
                break;
            case LocalChangeKind.Link:
                Link(edit, change);
                break;
            case LocalChangeKind.Delete:
                Delete(edit, change.Row);
                break;
        }
    }

    private void Create(VolumeEdit edit, LocalChange change)
    {
        var state = change.State!;
        var parent = change.Folder.Entry;
        var name = change.Name;
        var there = IsMade(parent) ? null : Reader.Find(parent, name);
        if (there is not null)
        {
            if (scope.Rows.ByEntry(there.Id) is null && (there.Shown?.Kind ?? state.Kind) == state.Kind && there.IsFolder == (state.Kind == DocumentKind.Folder))
            {
                Adopt(edit, change, there, state);
                return;
            }
            name = FreeName(parent, name);
        }
        var view = edit.Create(parent, name, state);
        if (name != change.Name) unequal.Add(view.Id);
        if (view.IsFolder) made[view.Id] = true;
        Done(change.Row, (change.Folder, change.Name), view.Id, view.Document, view.Shown!.Value.Id, change.Seen);
    }

    /// <summary>The volume has an entry where the directory has a file: both are one from now on.</summary>
    private void Adopt(VolumeEdit edit, LocalChange change, EntryView there, RevisionState state)
    {
        RevisionId? revision;
        if (there.Shown is not { } shown)
        {
            revision = edit.Revise(there.Id, state, []);
        }
        else if (HasSameContent(Reader.ShownState(there), state))
        {
            revision = shown.Id;
            if (!HasSameAttributes(Reader.ShownState(there), state))
            {
                // The bytes are equal; the volume's attributes are written to the file.
                revision = null;
                unequal.Add(there.Id);
            }
        }
        else
        {
            // Neither was made from the other: both are heads.
            revision = edit.Revise(there.Id, state, []);
        }
        unequal.Add(there.Id);
        Done(change.Row, (change.Folder, change.Name), there.Id, there.Document, revision, change.Seen);
    }

    private void Revise(VolumeEdit edit, LocalChange change)
    {
        var row = change.Row;
        var state = change.State!;
        var origin = row.Revision is { } known ? Reader.Revision(known)?.State : null;
        var revision = row.Revision;
        if (origin is null || !Same(origin, state))
        {
            var view = Reader.Require(row.Entry);
            if (!view.IsLive) edit.Undelete(row.Entry);
            var shown = view.Shown;
            revision = shown is { } head && head.Id != row.Revision && Same(Reader.ShownState(view), state)
                ? head.Id
                : edit.Revise(row.Entry, state, row.Revision is { } parent ? [parent] : []);
            if (shown is { } other && other.Id != row.Revision || !view.IsLive) unequal.Add(row.Entry);
        }
        Done(row, null, row.Entry, row.Document, revision, change.Seen);
    }

    private void Move(VolumeEdit edit, FileRow row, FileRow folder, EntryName name)
    {
        if (!Reader.Require(row.Entry).IsLive) edit.Undelete(row.Entry);
        var free = Reader.Find(folder.Entry, name) is { } there && there.Id != row.Entry ? FreeName(folder.Entry, name) : name;
        edit.Move(row.Entry, folder.Entry, free);
        if (free != name) unequal.Add(row.Entry);
        Done(row, (folder, name), row.Entry, row.Document, row.Revision, null);
    }

    private void Rotate(VolumeEdit edit, LocalChange change)
    {
        foreach (var (row, folder, _) in change.Places)
            edit.Move(row.Entry, folder.Entry, FreeName(folder.Entry, EntryName.Create(DirectoryNames.Temporary((ulong)row.Id))));
        foreach (var (row, folder, name) in change.Places) Move(edit, row, folder, name);
    }

    private void Link(VolumeEdit edit, LocalChange change)
    {
        var existing = change.Existing!;
        var entry = EntryOf(existing);
        if (!Reader.Require(entry).IsLive) edit.Undelete(entry);
        var there = Reader.Find(change.Folder.Entry, change.Name);
        if (there is not null && there.Document == Reader.Require(entry).Document && scope.Rows.ByEntry(there.Id) is null)
        {
            Done(change.Row, (change.Folder, change.Name), there.Id, there.Document, there.Shown?.Id, FileSeen.Of(change.Stat, existing.Seen.Xattrs));
            return;
        }
        var name = there is null ? change.Name : FreeName(change.Folder.Entry, change.Name);
        var view = edit.Link(change.Folder.Entry, name, entry);
        if (name != change.Name) unequal.Add(view.Id);
        Done(change.Row, (change.Folder, change.Name), view.Id, view.Document, RevisionOf(existing), FileSeen.Of(change.Stat, existing.Seen.Xattrs));
    }

    /// <summary>Deletes what the directory no longer has, unless the volume has changed it since: then it comes back.</summary>
    private void Delete(VolumeEdit edit, FileRow row)
    {
        results.Add(new Result(row, IsRemoved: true));
        if (Reader.Get(row.Entry) is not { IsLive: true } view) return;
        var isUnseen = row.IsFolder
            ? Reader.List(row.Entry).Count > 0
            : view.Shown?.Id != row.Revision && row.Revision is not null;
        var folder = scope.Rows.Folder(row.Parent);
        if (isUnseen || (folder is not null && view.Parent != folder.Entry)) unequal.Add(row.Entry);
        else edit.Delete(row.Entry);
    }

    /// <summary>A name that no entry of the folder has, near to the wanted one.</summary>
    private EntryName FreeName(EntryId folder, EntryName name)
    {
        for (var n = 1; ; n++)
        {
            var candidate = DirectoryNames.Local(name, n);
            if (Reader.Find(folder, candidate) is null) return candidate;
        }
    }

    private EntryId EntryOf(FileRow row) => row.Entry != default ? row.Entry : results.First(result => result.Row == row).Entry;

    private RevisionId? RevisionOf(FileRow row) => row.Revision ?? results.FirstOrDefault(result => result.Row == row)?.Revision;

    private void Done(FileRow row, (FileRow Folder, EntryName Name)? place, EntryId entry, DocumentId document, RevisionId? revision, FileSeen? seen)
    {
        // What lies in a new folder is placed by the same step.
        if (row.IsFolder) row.Entry = entry;
        results.Add(new Result(row, false, place, entry, document, revision, seen));
    }

    private static bool HasSameContent(RevisionState a, RevisionState b) =>
        a.Kind == b.Kind && a.Content.Size == b.Content.Size && a.Content.Root == b.Content.Root && a.Target == b.Target && a.DeviceNumber == b.DeviceNumber;

    private static bool HasSameAttributes(RevisionState a, RevisionState b) =>
        a.Mode == b.Mode && (a.Mtime == b.Mtime || a.Kind == DocumentKind.Folder) && DesktopAttributes.Shown(a).SequenceEqual(DesktopAttributes.Shown(b));

    private static bool Same(RevisionState a, RevisionState b) =>
        HasSameContent(a, b) && HasSameAttributes(a, b) && a.Mtime == b.Mtime && a.Owner == b.Owner && a.Group == b.Group;

    private sealed record Result(
        FileRow Row, bool IsRemoved, (FileRow Folder, EntryName Name)? Place = null, EntryId Entry = default, DocumentId Document = default,
        RevisionId? Revision = null, FileSeen? Seen = null);
}
