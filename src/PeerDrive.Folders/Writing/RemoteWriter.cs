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
    private readonly WriteRound round;
    private readonly AttributeWriter attributes;
    private readonly TemporaryFiles temporaries;
    private readonly StartedFiles started;
    private readonly FolderDates dates;
    private readonly EntryMover mover;
    private readonly EntryRemover remover;
    private readonly FilePlacer placer;
    private readonly Dictionary<ChunkId, HashSet<EntryId>> waiting = [];
    private List<FileWrite> group = [];
    private readonly HashSet<DocumentId> groupDocuments = [];
    private readonly List<EntryId> linkedLater = [];
    private long groupBytes;

    public RemoteWriter(LinkScope scope, FolderWatches watches)
    {
        this.scope = scope;
        this.watches = watches;
        attributes = new AttributeWriter(scope);
        temporaries = new TemporaryFiles(scope, attributes);
        started = new StartedFiles(scope, temporaries);
        round = new WriteRound(scope);
        dates = new FolderDates(scope);
        mover = new EntryMover(scope, round, temporaries);
        remover = new EntryRemover(scope, round, temporaries, watches, dates);
        placer = new FilePlacer(scope, round, mover);
    }

    /// <inheritdoc cref="WriteRound.Pending"/>
    public HashSet<EntryId> Pending => round.Pending;

    /// <summary>Everything is to be compared.</summary>
    public bool IsAllPending { get; set; }

    /// <inheritdoc cref="WriteRound.LocallyChanged"/>
    public List<(long Folder, EntryName Name)> LocallyChanged => round.LocallyChanged;

    /// <inheritdoc cref="WriteRound.Problem"/>
    public string? Problem => round.Problem;

    /// <inheritdoc cref="WriteRound.Failures"/>
    public HashSet<EntryId> Failures => round.Failures;

    public int PendingCount => Pending.Count + round.QueueCount + group.Count;

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
        round.Begin();
        if (IsAllPending) CompareAll();
        IsAllPending = false;
        foreach (var entry in Pending) round.Enqueue(entry);
        Pending.Clear();
        try
        {
            while (round.QueueCount > 0 || group.Count > 0)
            {
                cancellation.ThrowIfCancellationRequested();
                if (round.TryDequeue(out var entry)) Plan(entry);
                if (group.Count >= GroupFiles || groupBytes >= GroupBytes || round.QueueCount == 0) await FlushAsync(cancellation);
            }
            remover.RemoveEmptied();
        }
        finally
        {
            // A round that breaks off has moved files all the same.
            scope.Rows.SaveDeferred();
        }
        started.Keep(waiting.ContainsKey, IsWaitedFor);
        if (waiting.Count == 0 && Pending.Count == 0) dates.Apply();
    }

    private bool IsWaitedFor(ChunkId content) =>
        waiting.TryGetValue(content, out var entries) && entries.Any(entry => Reader.Get(entry) is { IsLive: true, Shown: { } shown } && shown.Content.Root == content);

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
                if (!rows.Remove(view.Id, out var row) || row.Name != view.ShownName || row.Revision != view.Shown?.Id) round.Enqueue(view.Id);
                if (row is { IsFolder: true }) folders.Push(row);
            }
            foreach (var gone in rows.Values) round.Enqueue(gone.Entry);
        }
    }

    private void Plan(EntryId entry)
    {
        if (entry == scope.Rows.Root.Entry || Reader.Get(entry) is not { } view) return;
        var row = scope.Rows.ByEntry(entry);
        var folder = view.IsLive ? FolderOf(view) : null;
        if (folder is null)
        {
            if (row is not null) remover.Remove(row);
            return;
        }
        if (view.Shown is not { } shown || scope.Rows.PathOf(folder) is not { } path) return;
        if (scope.Rules.Of(folder).IsIgnored(RowTable.Join(path, view.ShownName), view.IsFolder) || DirectoryNames.IsOwn(view.ShownName.Bytes)) return;
        if (row?.Revision != shown.Id || row.Parent != folder.Id || row.Name != view.ShownName) dates.Keep(folder);
        if (row is not null && (row.Parent != folder.Id || row.Name != view.ShownName) && !mover.TryMove(row, folder, view)) return;
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
            round.Disturbed(folder, view);
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
                round.Disturbed(folder, view);
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
            if (isNew || state.Mtime != formerly) dates.Set(row, state.Mtime);
            if (!isNew) return;
            watches.Add(row, opened);
            foreach (var child in Reader.List(view.Id)) round.Enqueue(child.Id);
        }
        catch (ErrnoException e)
        {
            round.Failed(folder, view, e);
        }
    }

    private bool TryMake(SafeFileHandle home, FileRow folder, EntryView view)
    {
        if (!mover.TryClear(folder, view, null)) return false;
        try
        {
            round.HasUnsyncedNames = true;
            Libc.MakeFolder(home, view.ShownName.Bytes, 0x1C0);
            return true;
        }
        catch (ErrnoException e) when (e.Errno == ErrnoException.Exists)
        {
            round.Disturbed(folder, view);
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
            WriteAttributes(view, row, folder, state.Mtime);
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
    /// <param name="formerly">The time that it was given.</param>
    private void WriteAttributes(EntryView view, FileRow row, FileRow folder, long formerly)
    {
        using var home = scope.TryOpen(folder);
        if (home is null || Libc.StatAt(home, view.ShownName.Bytes) is not { } before || !scope.IsAsSeen(row, before))
        {
            round.Disturbed(folder, view);
            return;
        }
        try
        {
            using var file = Libc.OpenBeneath(home, view.ShownName.Bytes, OpenFlags.ReadOnly | OpenFlags.NonBlocking);
            if (!row.Seen.HasSameBytes(Libc.Stat(file)))
            {
                round.Disturbed(folder, view);
                return;
            }
            var state = Reader.ShownState(view);
            var xattrs = attributes.Apply(file, home, view.ShownName.Bytes, state);
            var isTimed = state.Mtime != formerly;
            if (isTimed) Libc.SetMtime(file, state.Mtime);
            row.Seen = row.Seen.AfterAttributes(Libc.Stat(file), xattrs, isTimed);
            if (row.Seen.IsUnsure) round.Disturbed(folder, row.Name);
            row.Revision = view.Shown!.Value.Id;
            scope.Rows.Defer(row);
            NoteLinks(row);
            scope.Lender?.TakeWritten([row], scope.Rows, CancellationToken.None);
        }
        catch (ErrnoException e)
        {
            round.Failed(folder, view, e);
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
        // What is put where another file was would else, after a crash, look like a change of that file.
        scope.Rows.SaveDeferred();
        var rows = new List<FileRow>();
        foreach (var write in writes)
        {
            if (placer.Place(write) is { } row) rows.Add(row);
        }
        if (!isEachSynced || !TrySyncFolders(writes))
        {
            Libc.SyncFileSystem(scope.Directory.Top);
            round.HasUnsyncedNames = false;
        }
        scope.Rows.Save(rows, []);
        foreach (var row in rows) NoteLinks(row);
        scope.Lender?.TakeWritten(rows, scope.Rows, cancellation);
        foreach (var entry in linkedLater) round.Enqueue(entry);
        linkedLater.Clear();
    }

    /// <summary>Makes durable that files are in their places.</summary>
    /// <returns>False: names elsewhere changed too, or a folder may not be read.</returns>
    private bool TrySyncFolders(List<FileWrite> writes)
    {
        if (round.HasUnsyncedNames) return false;
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

}
