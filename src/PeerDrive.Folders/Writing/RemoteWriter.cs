using Microsoft.Win32.SafeHandles;
using PeerDrive.Folders.Rows;
using PeerDrive.Folders.Watching;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Revisions;
using PeerDrive.Native;
using PeerDrive.Native.Files;
using PeerDrive.Storage.Volumes;

namespace PeerDrive.Folders.Writing;

/// <summary>
/// Makes the directory equal to the volume for the entries that changed. What a file's row does not know of is never
/// overwritten: such a path is handed to the scanner, and tried again afterwards. Used by the link's loop only.
/// </summary>
internal sealed class RemoteWriter : IDisposable
{
    private const int GroupFiles = 4000;
    private const long GroupBytes = 64L << 20;

    /// <summary>Files that are synced one by one: syncing the file system would wait for all that other programs wrote to it.</summary>
    private const int SyncedAlone = 8;

    private readonly LinkScope scope;
    private readonly FolderWatches watches;
    private readonly AttributeWriter attributes;
    private readonly TemporaryFiles temporaries;
    private readonly StartedFiles started;
    private readonly Dictionary<ChunkId, HashSet<EntryId>> waiting = [];
    private readonly List<FileRow> emptied = [];
    private readonly Dictionary<long, (FileRow Folder, long Mtime)> dated = [];
    private Queue<EntryId> queue = [];
    private HashSet<EntryId> queued = [];
    private List<FileWrite> group = [];
    private readonly HashSet<DocumentId> groupDocuments = [];
    private readonly List<EntryId> linkedLater = [];
    private long groupBytes;
    private bool hasUnsyncedNames;

    public RemoteWriter(LinkScope scope, FolderWatches watches)
    {
        this.scope = scope;
        this.watches = watches;
        attributes = new AttributeWriter(scope);
        temporaries = new TemporaryFiles(scope, attributes);
        started = new StartedFiles(scope, temporaries);
    }

    /// <summary>Entries to be looked at.</summary>
    public HashSet<EntryId> Pending { get; } = [];

    /// <summary>Everything is to be compared.</summary>
    public bool IsAllPending { get; set; }

    /// <summary>Paths that are not as their rows say: to be scanned before <see cref="Pending"/> is tried again.</summary>
    public List<(long Folder, EntryName Name)> LocallyChanged { get; } = [];

    /// <summary>What could not be written; null when nothing.</summary>
    public string? Problem { get; private set; }

    /// <summary>Entries that the last round could not write, and no event will tell when they can be.</summary>
    public HashSet<EntryId> Failures { get; } = [];

    public int PendingCount => Pending.Count + queue.Count + group.Count;

    private VolumeReader Reader => scope.Volume.Reader;

    /// <summary>Takes note of changes in the volume.</summary>
    public void Touch(VolumeChange change)
    {
        if (change.IsOverflow)
        {
            IsAllPending = true;
            return;
        }
        started.Note(change.Growing);
        Pending.UnionWith(change.Entries);
        foreach (var content in change.Contents)
        {
            if (waiting.Remove(content, out var entries)) Pending.UnionWith(entries);
        }
    }

    /// <summary>Writes on what is still being fetched, as far as it is here.</summary>
    public ValueTask AdvanceAsync(CancellationToken cancellation) => started.AdvanceAsync(cancellation);

    /// <summary>Removes what was begun of contents that are still being fetched.</summary>
    public void Dispose() => started.Dispose();

    /// <summary>Lets the volume's version take the place of a draft.</summary>
    public void Revert(byte[] path)
    {
        var slash = path.AsSpan().LastIndexOf((byte)'/');
        var name = EntryName.Create(path.AsSpan(slash + 1));
        var folderPath = slash < 0 ? [] : path[..slash];
        using var folder = scope.Directory.TryOpenFolder(folderPath, pathOnly: true);
        if (folder is null) return;
        var stat = Libc.StatAt(folder, name.Bytes);
        var row = scope.Rows.AtPath(path);
        if (row is null)
        {
            if (stat is not { } found || (!scope.Drafts.Has(path, found) && found.Kind != FileKind.Folder)) return;
            try
            {
                Libc.Unlink(folder, name.Bytes, found.Kind == FileKind.Folder);
            }
            catch (ErrnoException e) when (e.Errno is ErrnoException.NotEmpty or ErrnoException.NotFound)
            {
            }
            return;
        }
        Pending.Add(row.Entry);
        if (stat is not { } there)
        {
            scope.Rows.DeferRemoval(row.Id);
            return;
        }
        if (!scope.Drafts.Has(path, there)) return;
        row.Seen = FileSeen.Of(there, row.Seen.Xattrs);
        row.Revision = null;
        scope.Rows.Defer(row);
    }

    public async Task WriteAsync(CancellationToken cancellation)
    {
        Problem = null;
        Failures.Clear();
        queue = new Queue<EntryId>();
        queued = [];
        emptied.Clear();
        if (IsAllPending) CompareAll();
        IsAllPending = false;
        foreach (var entry in Pending) Enqueue(entry);
        Pending.Clear();
        while (queue.Count > 0 || group.Count > 0)
        {
            cancellation.ThrowIfCancellationRequested();
            if (queue.TryDequeue(out var entry))
            {
                queued.Remove(entry);
                Plan(entry);
            }
            if (group.Count >= GroupFiles || groupBytes >= GroupBytes || queue.Count == 0) await FlushAsync(cancellation);
        }
        RemoveEmptied();
        scope.Rows.SaveDeferred();
        started.Keep(waiting.ContainsKey, IsWaitedFor);
        if (waiting.Count == 0 && Pending.Count == 0) DateFolders();
    }

    /// <summary>Gives folders the time of their revision again, once all that was to be written in them is there.</summary>
    private void DateFolders()
    {
        foreach (var (row, mtime) in dated.Values)
        {
            if (scope.Rows.Folder(row.Parent) is not { } parent) continue;
            using var home = scope.TryOpen(parent);
            try
            {
                if (home is not null && Libc.StatAt(home, row.Name.Bytes) is { } now && row.Seen.IsSameFile(now)) Libc.SetMtime(home, row.Name.Bytes, mtime);
            }
            catch (ErrnoException)
            {
                // Somebody else's folder: it keeps the time that it has.
            }
        }
        dated.Clear();
    }

    /// <summary>Before something is written in a folder: its time comes back afterwards if it is its revision's now.</summary>
    private void KeepDate(FileRow folder)
    {
        if (folder.Id == scope.Rows.Root.Id || dated.ContainsKey(folder.Id) || folder.Revision is not { } revision) return;
        using var handle = scope.TryOpen(folder);
        if (handle is not null && Reader.Revision(revision)?.State.Mtime is { } mtime && Libc.Stat(handle).Mtime == mtime) dated[folder.Id] = (folder, mtime);
    }

    private bool IsWaitedFor(ChunkId content) =>
        waiting.TryGetValue(content, out var entries) && entries.Any(entry => Reader.Get(entry) is { IsLive: true, Shown: { } shown } && shown.Content.Root == content);

    private void Enqueue(EntryId entry)
    {
        if (queued.Add(entry)) queue.Enqueue(entry);
    }

    /// <summary>Finds the differences between the volume's folder and the rows, folder by folder.</summary>
    private void CompareAll()
    {
        waiting.Clear();
        var folders = new Stack<FileRow>([scope.Rows.Root]);
        while (folders.TryPop(out var folder))
        {
            var rows = scope.Rows.Children(folder).ToDictionary(row => row.Entry);
            foreach (var view in Reader.List(folder.Entry))
            {
                if (!rows.Remove(view.Id, out var row) || row.Name != view.ShownName || row.Revision != view.Shown?.Id) Enqueue(view.Id);
                if (row is { IsFolder: true }) folders.Push(row);
            }
            foreach (var gone in rows.Values) Enqueue(gone.Entry);
        }
    }

    private void Plan(EntryId entry)
    {
        if (entry == scope.Rows.Root.Entry || Reader.Get(entry) is not { } view) return;
        var row = scope.Rows.ByEntry(entry);
        var folder = view.IsLive ? FolderOf(view) : null;
        if (folder is null)
        {
            if (row is not null) PlanRemoval(row);
            return;
        }
        if (view.Shown is not { } shown || scope.Rows.PathOf(folder) is not { } path) return;
        if (scope.Rules.Of(folder).IsIgnored(RowTable.Join(path, view.ShownName), view.IsFolder) || DirectoryNames.IsOwn(view.ShownName.Bytes)) return;
        if (row?.Revision != shown.Id || row.Parent != folder.Id || row.Name != view.ShownName) KeepDate(folder);
        if (row is not null && (row.Parent != folder.Id || row.Name != view.ShownName) && !TryMove(row, folder, view)) return;
        if (row?.Revision == shown.Id) return;
        if (view.IsFolder) WriteFolder(view, row, folder);
        else PlanFile(view, row, folder);
    }

    /// <summary>The row of the folder that an entry belongs to, made when it is missing; null when it is not in this link.</summary>
    private FileRow? FolderOf(EntryView view)
    {
        var missing = new Stack<EntryView>();
        for (var at = view; ;)
        {
            if (scope.Rows.Folder(at.Parent) is { } folder)
            {
                while (missing.TryPop(out var next))
                {
                    Plan(next.Id);
                    if (scope.Rows.Folder(next.Id) is not { } planned) return null;
                    folder = planned;
                }
                return folder;
            }
            if (at.Parent == EntryId.Root || missing.Count > 4096 || Reader.Get(at.Parent) is not { } above) return null;
            missing.Push(above);
            at = above;
        }
    }

    private void WriteFolder(EntryView view, FileRow? row, FileRow folder)
    {
        var state = Reader.ShownState(view);
        using var home = scope.TryOpen(folder);
        if (home is null)
        {
            Disturbed(folder, view);
            return;
        }
        try
        {
            var isNew = row is null;
            var formerly = row?.Revision is { } before ? Reader.Revision(before)?.State.Mtime : null;
            if (isNew)
            {
                if (!TryMake(home, folder, view)) return;
            }
            using var opened = Libc.OpenBeneath(home, view.ShownName.Bytes, OpenFlags.ReadOnly | OpenFlags.Folder);
            if (row is not null && Libc.Stat(opened) is var now && (!row.Seen.IsSameFile(now) || row.Seen.Mode != now.Mode))
            {
                Disturbed(folder, view);
                return;
            }
            var xattrs = attributes.Apply(opened, home, view.ShownName.Bytes, state);
            var seen = FileSeen.Of(Libc.Stat(opened), xattrs);
            row ??= scope.Rows.New(folder, view.ShownName, seen);
            row.Entry = view.Id;
            row.Document = view.Document;
            row.Revision = view.Shown!.Value.Id;
            row.Seen = seen;
            scope.Rows.Defer(row);
            if (isNew || state.Mtime != formerly) dated[row.Id] = (row, state.Mtime);
            if (!isNew) return;
            watches.Add(row, opened);
            foreach (var child in Reader.List(view.Id)) Enqueue(child.Id);
        }
        catch (ErrnoException e)
        {
            Failed(folder, view, e);
        }
    }

    private bool TryMake(SafeFileHandle home, FileRow folder, EntryView view)
    {
        try
        {
            hasUnsyncedNames = true;
            Libc.MakeFolder(home, view.ShownName.Bytes, 0x1C0);
            return true;
        }
        catch (ErrnoException e) when (e.Errno == ErrnoException.Exists)
        {
            if (scope.Rows.Child(folder, view.ShownName) is { } occupant && TryMoveAside(occupant, folder)) Enqueue(view.Id);
            else Disturbed(folder, view);
            return false;
        }
    }

    private void PlanFile(EntryView view, FileRow? row, FileRow folder)
    {
        var shown = view.Shown!.Value;
        if (!IsWritable(shown.Kind)) return;
        if (shown.Kind == DocumentKind.File && !shown.Content.IsEmpty && scope.Volume.Contents.Missing(shown.Content, 1).Count > 0)
        {
            if (!waiting.TryGetValue(shown.Content.Root, out var entries)) waiting[shown.Content.Root] = entries = [];
            entries.Add(view.Id);
            started.Expect(shown.Content, folder);
            return;
        }
        if (row is { Revision: { } old } && shown.Kind == DocumentKind.File && Reader.Revision(old)?.State is { Kind: DocumentKind.File } state
            && state.Content.Root == shown.Content.Root && state.Content.Size == shown.Content.Size)
        {
            WriteAttributes(view, row, folder);
            return;
        }
        var other = scope.Rows.ByDocument(view.Document).Find(other => other.Id != row?.Id && other.Revision == shown.Id && other.Seen.Kind == FileKind.Regular);
        if (shown.Kind == DocumentKind.File && other is null && !groupDocuments.Add(view.Document))
        {
            // A further name of a file in this group: it links to the first when that is in its place.
            linkedLater.Add(view.Id);
            return;
        }
        group.Add(new FileWrite(view, row, folder) { LinkTo = other, Started = other is null ? started.Take(shown.Content, folder) : null });
        groupBytes += (long)shown.Content.Size;
    }

    private bool IsWritable(DocumentKind kind) => kind switch
    {
        DocumentKind.File or DocumentKind.SymbolicLink or DocumentKind.Fifo => true,
        DocumentKind.CharacterDevice or DocumentKind.BlockDevice => scope.Settings.ApplySpecial && Libc.EffectiveUser() == 0,
        _ => false,
    };

    /// <summary>Changes only what is not content, on the file as it is.</summary>
    private void WriteAttributes(EntryView view, FileRow row, FileRow folder)
    {
        using var home = scope.TryOpen(folder);
        if (home is null || Libc.StatAt(home, view.ShownName.Bytes) is not { } before || !IsAsSeen(row, before))
        {
            Disturbed(folder, view);
            return;
        }
        try
        {
            using var file = Libc.OpenBeneath(home, view.ShownName.Bytes, OpenFlags.ReadOnly | OpenFlags.NonBlocking);
            if (!row.Seen.HasSameBytes(Libc.Stat(file)))
            {
                Disturbed(folder, view);
                return;
            }
            var xattrs = attributes.Apply(file, home, view.ShownName.Bytes, Reader.ShownState(view));
            row.Seen = FileSeen.Of(Libc.Stat(file), xattrs);
            row.Revision = view.Shown!.Value.Id;
            scope.Rows.Defer(row);
            NoteLinks(row);
            scope.Lender?.TakeWritten([row], scope.Rows, CancellationToken.None);
        }
        catch (ErrnoException e)
        {
            Failed(folder, view, e);
        }
    }

    /// <summary>Other names of the same file have its new status too.</summary>
    private void NoteLinks(FileRow row)
    {
        if (row.Seen.Links < 2) return;
        foreach (var other in scope.Rows.ByDocument(row.Document).Where(other => other.Id != row.Id && other.Seen.Inode == row.Seen.Inode))
        {
            other.Seen = row.Seen;
            other.Revision = row.Revision;
            scope.Rows.Defer(other);
        }
    }

    private async Task FlushAsync(CancellationToken cancellation)
    {
        if (group.Count == 0) return;
        var writes = group;
        group = [];
        groupBytes = 0;
        groupDocuments.Clear();
        // In the order in which they were made: neighbours lie in one changeset, which is read once.
        writes.Sort((a, b) => a.View.Shown!.Value.Time.CompareTo(b.View.Shown!.Value.Time));
        foreach (var write in writes) write.State = Reader.ShownState(write.View);
        var isEachSynced = writes.Count <= SyncedAlone && writes.TrueForAll(write => write.State!.Kind == DocumentKind.File && write.LinkTo is null);
        foreach (var write in writes) write.IsSyncedAlone = isEachSynced;
        await Parallel.ForEachAsync(writes, scope.Parallel(cancellation), temporaries.WriteAsync);
        if (!isEachSynced) Libc.SyncFileSystem(scope.Directory.Top);
        var rows = new List<FileRow>();
        foreach (var write in writes)
        {
            if (Place(write) is { } row) rows.Add(row);
        }
        if (!isEachSynced || !TrySyncFolders(writes))
        {
            Libc.SyncFileSystem(scope.Directory.Top);
            hasUnsyncedNames = false;
        }
        scope.Rows.Save(rows, []);
        foreach (var row in rows) NoteLinks(row);
        scope.Lender?.TakeWritten(rows, scope.Rows, cancellation);
        foreach (var entry in linkedLater) Enqueue(entry);
        linkedLater.Clear();
    }

    /// <summary>Makes durable that files are in their places.</summary>
    /// <returns>False: names elsewhere changed too, or a folder may not be read.</returns>
    private bool TrySyncFolders(List<FileWrite> writes)
    {
        if (hasUnsyncedNames) return false;
        foreach (var row in writes.Select(write => write.Folder).DistinctBy(folder => folder.Id))
        {
            if (OpenForSync(row) is not { } folder) return false;
            using (folder) Libc.Fsync(folder);
        }
        return true;
    }

    private SafeFileHandle? OpenForSync(FileRow folder)
    {
        try
        {
            return scope.TryOpen(folder, pathOnly: false);
        }
        catch (ErrnoException)
        {
            return null;
        }
    }

    /// <summary>Renames a finished file into its place.</summary>
    /// <returns>Its row; null when the place was not as expected.</returns>
    private FileRow? Place(FileWrite write)
    {
        if (write.Failure is { } failure)
        {
            if (failure.Errno == ErrnoException.NoSpace) throw failure;
            Failed(write.Folder, write.View, failure);
            return null;
        }
        if (write.Problem is { } problem)
        {
            // The content may come anew before; then its event brings it.
            Failures.Add(write.View.Id);
            Problem = $"'{EntryName.Display(PathOf(write))}' could not be written: {problem}";
            return null;
        }
        using var folder = scope.TryOpen(write.Folder);
        if (folder is null || write.Temporary is not { } temporary)
        {
            Disturbed(write.Folder, write.View);
            return null;
        }
        try
        {
            if (!(write.Row is { } row ? TryReplace(folder, temporary, write, row) : TryPut(folder, temporary, write)))
            {
                TemporaryFiles.Remove(folder, temporary);
                return null;
            }
            if (Libc.StatAt(folder, write.Name.Bytes) is not { } stat) return null;
            var placed = write.Row ?? scope.Rows.New(write.Folder, write.Name, default);
            placed.Entry = write.View.Id;
            placed.Document = write.View.Document;
            placed.Revision = write.Revision;
            placed.Seen = FileSeen.Of(stat, write.LinkTo?.Seen.Xattrs ?? write.Xattrs);
            return placed;
        }
        catch (ErrnoException e)
        {
            TemporaryFiles.Remove(folder, temporary);
            Failed(write.Folder, write.View, e);
            return null;
        }
    }

    private bool TryPut(SafeFileHandle folder, byte[] temporary, FileWrite write)
    {
        try
        {
            Libc.Rename(folder, temporary, folder, write.Name.Bytes, RenameMode.NoReplace);
            return true;
        }
        catch (ErrnoException e) when (e.Errno == ErrnoException.Exists)
        {
            if (scope.Rows.Child(write.Folder, write.Name) is { } occupant && TryMoveAside(occupant, write.Folder)) Enqueue(write.View.Id);
            else if (scope.Drafts.IsActive && TryReplaceDraft(folder, temporary, write)) return true;
            else Disturbed(write.Folder, write.View);
            return false;
        }
    }

    /// <summary>A new file that this device may not commit stands in the way; its bytes are kept.</summary>
    private bool TryReplaceDraft(SafeFileHandle folder, byte[] temporary, FileWrite write)
    {
        var path = PathOf(write);
        Libc.Rename(folder, temporary, folder, write.Name.Bytes, RenameMode.Exchange);
        if (Libc.StatAt(folder, temporary) is { Kind: not FileKind.Folder } old && scope.Drafts.Has(path, old))
        {
            scope.Drafts.NoteReplaced(path);
            TemporaryFiles.Remove(folder, temporary);
            return true;
        }
        Libc.Rename(folder, temporary, folder, write.Name.Bytes, RenameMode.Exchange);
        return false;
    }

    /// <summary>Exchanges both files and looks at what came out, so that no write in between is lost.</summary>
    private bool TryReplace(SafeFileHandle folder, byte[] temporary, FileWrite write, FileRow row)
    {
        var found = Libc.StatAt(folder, write.Name.Bytes);
        if (found is null && scope.Drafts.IsActive && scope.Drafts.HasDeleted(PathOf(row)))
        {
            scope.Drafts.NoteReplaced(PathOf(row));
            return TryPut(folder, temporary, write);
        }
        if (found is not { } before || !IsAsSeen(row, before))
        {
            Disturbed(write.Folder, write.View);
            return false;
        }
        try
        {
            Libc.Rename(folder, temporary, folder, write.Name.Bytes, RenameMode.Exchange);
        }
        catch (ErrnoException e) when (e.Errno == ErrnoException.NotFound)
        {
            Disturbed(write.Folder, write.View);
            return false;
        }
        if (Libc.StatAt(folder, temporary) is { } old && (row.Seen.HasSameBytes(old) || IsDraft(row, old)))
        {
            if (scope.Drafts.IsActive) scope.Drafts.NoteReplaced(PathOf(row));
            scope.Lender?.Note(row.Seen.Inode);
            TemporaryFiles.Remove(folder, temporary);
            return true;
        }
        Libc.Rename(folder, temporary, folder, write.Name.Bytes, RenameMode.Exchange);
        Disturbed(write.Folder, write.View);
        return false;
    }

    /// <summary>Whether a file is an edit whose bytes are kept as a draft, so that it may be replaced.</summary>
    private bool IsDraft(FileRow row, in FileStat stat) => scope.Drafts.IsActive && scope.Drafts.Has(PathOf(row), stat);

    private byte[] PathOf(FileWrite write) => RowTable.Join(scope.Rows.PathOf(write.Folder) ?? [], write.Name);

    private byte[] PathOf(FileRow row) => RowTable.Join(scope.Rows.Folder(row.Parent) is { } folder ? scope.Rows.PathOf(folder) ?? [] : [], row.Name);

    private bool IsAsSeen(FileRow row, in FileStat stat) =>
        (row.Seen.HasSameBytes(stat) && row.Seen.Mode == stat.Mode && row.Seen.Uid == stat.Uid && row.Seen.Gid == stat.Gid) || IsDraft(row, stat);

    private bool TryMove(FileRow row, FileRow folder, EntryView view)
    {
        if (scope.Rows.Folder(row.Parent) is not { } home) return false;
        if (row.IsFolder && IsBelow(folder, row)) MoveOut(folder);
        using var from = scope.TryOpen(home);
        using var to = scope.TryOpen(folder);
        if (from is null || to is null || Libc.StatAt(from, row.Name.Bytes) is not { } before || !row.Seen.IsSameFile(before))
        {
            Disturbed(home, row.Name);
            Disturbed(folder, view);
            return false;
        }
        try
        {
            Libc.Rename(from, row.Name.Bytes, to, view.ShownName.Bytes, RenameMode.NoReplace);
        }
        catch (ErrnoException e) when (e.Errno == ErrnoException.Exists)
        {
            if (scope.Rows.Child(folder, view.ShownName) is { } occupant && TryMoveAside(occupant, folder)) Enqueue(view.Id);
            else Disturbed(folder, view);
            return false;
        }
        catch (ErrnoException e)
        {
            Failed(folder, view, e);
            return false;
        }
        Moved(row, folder, view.ShownName, to);
        return true;
    }

    private bool IsBelow(FileRow folder, FileRow top)
    {
        for (var at = folder; ; at = scope.Rows.Folder(at.Parent)!)
        {
            if (at.Id == top.Id) return true;
            if (scope.Rows.Folder(at.Parent) is null) return false;
        }
    }

    /// <summary>Moves a folder to the top, under a temporary name, out of the one that is to be moved into it; its own turn comes.</summary>
    private void MoveOut(FileRow folder)
    {
        if (scope.Rows.Folder(folder.Parent) is not { } home) return;
        using var from = scope.TryOpen(home);
        if (from is null || Libc.StatAt(from, folder.Name.Bytes) is not { } stat || !folder.Seen.IsSameFile(stat)) return;
        var name = temporaries.NewName();
        Libc.Rename(from, folder.Name.Bytes, scope.Directory.Top, name, RenameMode.NoReplace);
        Moved(folder, scope.Rows.Root, EntryName.Create(name), scope.Directory.Top);
        Enqueue(folder.Entry);
    }

    private void Moved(FileRow row, FileRow folder, EntryName name, SafeFileHandle handle)
    {
        hasUnsyncedNames = true;
        row.Parent = folder.Id;
        row.Name = name;
        if (row.IsFolder) scope.Rules.Forget();
        if (Libc.StatAt(handle, name.Bytes) is { } after && row.Seen.HasSameBytes(after)) row.Seen = row.Seen with { Ctime = after.Ctime };
        scope.Rows.Defer(row);
    }

    /// <summary>Gives a known file that stands in the way a temporary name; its own turn comes.</summary>
    private bool TryMoveAside(FileRow occupant, FileRow folder)
    {
        // An entry that belongs just there stays: both want one name only for a moment.
        if (Reader.Get(occupant.Entry) is { IsLive: true } view && view.ShownName == occupant.Name && scope.Rows.Folder(view.Parent)?.Id == folder.Id) return false;
        using var handle = scope.TryOpen(folder);
        if (handle is null || Libc.StatAt(handle, occupant.Name.Bytes) is not { } stat || !occupant.Seen.IsSameFile(stat)) return false;
        var name = temporaries.NewName();
        Libc.Rename(handle, occupant.Name.Bytes, handle, name, RenameMode.NoReplace);
        Moved(occupant, folder, EntryName.Create(name), handle);
        Enqueue(occupant.Entry);
        return true;
    }

    private void PlanRemoval(FileRow row)
    {
        if (scope.Rows.Folder(row.Parent) is not { } folder || scope.Rows.PathOf(folder) is not { } path) return;
        if (scope.Rules.Of(folder).IsIgnored(RowTable.Join(path, row.Name), row.IsFolder)) return;
        KeepDate(folder);
        if (row.IsFolder)
        {
            emptied.Add(row);
            foreach (var child in scope.Rows.Children(row)) Enqueue(child.Entry);
            return;
        }
        using var handle = scope.TryOpen(folder);
        if (handle is null && scope.IsTaken(folder))
        {
            Disturbed(folder, row.Name);
            Pending.Add(row.Entry);
            return;
        }
        if (handle is null || Libc.StatAt(handle, row.Name.Bytes) is not { } before)
        {
            scope.Rows.DeferRemoval(row.Id);
            return;
        }
        if (!IsAsSeen(row, before))
        {
            Disturbed(folder, row.Name);
            Pending.Add(row.Entry);
            return;
        }
        try
        {
            hasUnsyncedNames = true;
            var aside = temporaries.NewName();
            Libc.Rename(handle, row.Name.Bytes, handle, aside, RenameMode.NoReplace);
            if (Libc.StatAt(handle, aside) is { } after && (row.Seen.HasSameBytes(after) || IsDraft(row, after)))
            {
                TemporaryFiles.Remove(handle, aside);
                scope.Rows.DeferRemoval(row.Id);
                scope.Lender?.Note(row.Seen.Inode);
                return;
            }
            Libc.Rename(handle, aside, handle, row.Name.Bytes, RenameMode.NoReplace);
            Disturbed(folder, row.Name);
            Pending.Add(row.Entry);
        }
        catch (ErrnoException e)
        {
            Failures.Add(row.Entry);
            Problem = $"'{EntryName.Display(RowTable.Join(path, row.Name))}' could not be removed: {e.Message}.";
        }
    }

    /// <summary>Removes the folders that lost everything; one that holds what the volume does not know stays.</summary>
    private void RemoveEmptied()
    {
        hasUnsyncedNames |= emptied.Count > 0;
        foreach (var (row, path) in emptied.Select(row => (row, Path: scope.Rows.PathOf(row))).Where(pair => pair.Path is not null).OrderByDescending(pair => pair.Path!.Length))
        {
            if (scope.Rows.Folder(row.Parent) is not { } folder || scope.Rows.Children(row).Count > 0) continue;
            using var handle = scope.TryOpen(folder);
            try
            {
                if (handle is not null) Libc.Unlink(handle, row.Name.Bytes, isFolder: true);
            }
            catch (ErrnoException e) when (e.Errno == ErrnoException.NotEmpty)
            {
                continue;
            }
            catch (ErrnoException e) when (e.Errno is ErrnoException.NotFound or ErrnoException.NotADirectory)
            {
            }
            catch (ErrnoException e)
            {
                Failures.Add(row.Entry);
                Problem = $"'{EntryName.Display(path)}' could not be removed: {e.Message}.";
                continue;
            }
            watches.Remove(row);
            scope.Rows.DeferRemoval(row.Id);
        }
    }

    private void Disturbed(FileRow folder, EntryView view)
    {
        Disturbed(folder, view.ShownName);
        Pending.Add(view.Id);
    }

    private void Disturbed(FileRow folder, EntryName name)
    {
        LocallyChanged.Add((folder.Id, name));
        if (scope.IsTaken(folder)) LocallyChanged.Add((folder.Parent, folder.Name));
    }

    private void Failed(FileRow folder, EntryView view, ErrnoException e)
    {
        Failures.Add(view.Id);
        Problem = $"'{EntryName.Display(RowTable.Join(scope.Rows.PathOf(folder) ?? [], view.ShownName))}' could not be written: {e.Message}.";
    }
}
