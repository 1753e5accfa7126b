using Microsoft.Win32.SafeHandles;
using PeerDrive.Folders.Rows;
using PeerDrive.Folders.Watching;
using PeerDrive.Folders.Writing;
using PeerDrive.Model.Errors;
using PeerDrive.Model.Revisions;
using PeerDrive.Native.Files;

namespace PeerDrive.Folders.Scanning;

/// <summary>
/// Compares the directory with its rows and commits what differs. Files are compared by their status only; what is new or
/// changed is stored by several threads and committed in batches, so that an interrupted scan goes on where it was.
/// Used by the link's loop only.
/// </summary>
internal sealed class LocalScanner(LinkScope scope, FolderWatches watches, ChangeCommitter committer, Action<long, long> onSeen)
{
    private const int BatchChanges = 500;
    private const long BatchBytes = 64L << 20;

    /// <summary>Files that took each other's names in one circle; longer ones count as changed files.</summary>
    private const int MaxRotation = 16;

    private readonly ChangePreparer preparer = new(scope, committer.IsMade, bytes => onSeen(0, bytes));
    private readonly Leftovers leftovers = new(scope);
    private readonly Dictionary<ulong, FileRow> linked = [];
    private readonly HashSet<long> fresh = [];
    private readonly HashSet<long> moved = [];
    private readonly List<FileRow> vanished = [];
    private readonly List<Taken> taken = [];
    private readonly HashSet<string> confirmed = [];
    private List<LocalChange> batch = [];
    private long batchBytes;
    private List<LocalChange> committing = [];
    private Task<PeerDriveException?> refusal = Task.FromResult<PeerDriveException?>(null);
    private bool isEvent;

    /// <summary>Paths that changed while they were read, with the folder's row.</summary>
    public HashSet<(long Folder, EntryName Name)> Torn { get; } = [];

    /// <summary>Names in folders that were not at their own paths: to be looked at once the folders are found.</summary>
    public List<(FileRow Folder, DirtyFolder Names)> Displaced { get; } = [];

    /// <summary>Asked before a known file is looked at in an event; true puts it off.</summary>
    public Func<FileRow, EntryName, FileRow?, bool> IsPutOff { get; init; } = (_, _, _) => false;

    /// <summary>Full scans clear up what a crash left.</summary>
    public bool RemovesLeftovers { get; init; }

    /// <summary>Told every file that was committed.</summary>
    public Action<LocalChange> OnCommitted { get; init; } = _ => { };

    /// <summary>Compares everything.</summary>
    public async Task ScanAllAsync(CancellationToken cancellation)
    {
        Begin(isEvent: false);
        await WalkAsync(new Stack<Met>([new Met(scope.Rows.Root, Libc.Stat(scope.Directory.Top))]), cancellation);
        await EndAsync(cancellation);
        DropOldDrafts();
    }

    /// <summary>Compares single names, and what is below those that are new.</summary>
    public async Task ScanNamesAsync(IReadOnlyDictionary<long, DirtyFolder> dirty, CancellationToken cancellation)
    {
        Begin(isEvent: true);
        var folders = dirty.Select(pair => (Row: scope.Rows.Folder(pair.Key), pair.Value)).Where(pair => pair.Row is not null)
            .Select(pair => (Row: pair.Row!, pair.Value, Path: scope.Rows.PathOf(pair.Row!))).Where(folder => folder.Path is not null)
            .OrderBy(folder => folder.Path!.Length).ToList();
        foreach (var (row, names, _) in folders) await CompareNamesAsync(row, names, cancellation);
        await EndAsync(cancellation);
    }

    private void Begin(bool isEvent)
    {
        this.isEvent = isEvent;
        committer.Begin();
        committing = [];
        batch = [];
        batchBytes = 0;
        Torn.Clear();
        Displaced.Clear();
        linked.Clear();
        fresh.Clear();
        confirmed.Clear();
        moved.Clear();
        vanished.Clear();
        taken.Clear();
    }

    private async Task EndAsync(CancellationToken cancellation)
    {
        await CompareTakenAsync(cancellation);
        await FlushAsync(cancellation);
        await SettleAsync();
        if (vanished.Count == 0 || !scope.Directory.IsThere()) return;
        foreach (var row in vanished)
        {
            foreach (var gone in Subtree(row))
            {
                // Whatever was concluded: what is at its path is not gone.
                if (scope.IsInPlace(gone)) continue;
                if (gone.IsFolder) watches.Remove(gone);
                await EmitAsync(new LocalChange(LocalChangeKind.Delete, gone, scope.Rows.Root, gone.Name, scope.PathOf(gone), default), cancellation);
            }
        }
        await FlushAsync(cancellation);
        await SettleAsync();
    }

    /// <summary>A row and all below it, a folder after what is in it.</summary>
    private IEnumerable<FileRow> Subtree(FileRow top)
    {
        var stack = new Stack<(FileRow Row, bool Inside)>();
        stack.Push((top, false));
        while (stack.TryPop(out var next))
        {
            // What was moved out is elsewhere with all that is in it.
            if (moved.Contains(next.Row.Id)) continue;
            if (!next.Row.IsFolder || next.Inside)
            {
                yield return next.Row;
                continue;
            }
            stack.Push((next.Row, true));
            foreach (var child in scope.Rows.Children(next.Row)) stack.Push((child, false));
        }
    }

    private async Task WalkAsync(Stack<Met> folders, CancellationToken cancellation)
    {
        while (folders.TryPop(out var met))
        {
            cancellation.ThrowIfCancellationRequested();
            var folder = met.Folder;
            if (scope.Rows.PathOf(folder) is not { } path) continue;
            using var handle = scope.Directory.TryOpenFolder(path);
            // Another one by now: the folder above was watched before, and tells it.
            if (handle is null || Libc.Stat(handle).Inode != met.Stat.Inode) continue;
            // Watched first, so that nothing falls between the listing and the watch.
            watches.Add(folder, handle);
            var lines = Libc.ReadFolder(handle);
            if (RemovesLeftovers) SettleLeftovers(folder, handle, lines);
            var known = fresh.Contains(folder.Id) || scope.Rows.IsEmpty ? [] : ByName(scope.Rows.Children(folder));
            var place = new Place(folder, path, handle, known, folders);
            foreach (var line in lines)
            {
                if (DirectoryNames.IsOwn(line.Name) || line.Kind == FileKind.Socket) continue;
                await CompareAsync(place, EntryName.Create(line.Name), cancellation);
            }
            NoteVanished(place);
        }
    }

    /// <summary>
    /// Rows by their names. Of two of one name, which older versions left, the one whose file is there has it; the other is forgotten, and
    /// its entry is written again.
    /// </summary>
    private Dictionary<EntryName, FileRow> ByName(IEnumerable<FileRow> rows)
    {
        var named = new Dictionary<EntryName, FileRow>();
        foreach (var row in rows)
        {
            if (named.TryAdd(row.Name, row)) continue;
            var gone = row;
            if (scope.IsInPlace(row)) (gone, named[row.Name]) = (named[row.Name], row);
            scope.Rows.Save([], [.. Subtree(gone).Select(below => below.Id)]);
            committer.Unequal.Add(gone.Entry);
        }
        return named;
    }

    /// <summary>Before names are compared: which row a file belongs to that was moved aside decides what became of others.</summary>
    private void SettleLeftovers(FileRow folder, SafeFileHandle handle, List<FolderEntry> lines)
    {
        foreach (var line in lines.Where(line => DirectoryNames.IsOwn(line.Name)))
        {
            if (leftovers.Settle(folder, handle, line.Name) is not { } found) continue;
            moved.Add(found.Id);
            committer.Unequal.Add(found.Entry);
        }
    }

    private async Task CompareNamesAsync(FileRow folder, DirtyFolder dirty, CancellationToken cancellation)
    {
        if (scope.Rows.PathOf(folder) is not { } path) return;
        var inside = new Stack<Met>();
        using (var handle = scope.TryOpen(folder, pathOnly: false))
        {
            if (handle is null)
            {
                if (scope.IsTaken(folder)) Displaced.Add((folder, dirty));
                return;
            }
            if (dirty.IsAll)
            {
                inside.Push(new Met(folder, Libc.Stat(handle)));
            }
            else
            {
                var known = dirty.Names.Count > 16
                    ? ByName(scope.Rows.Children(folder).Where(row => dirty.Names.Contains(row.Name)))
                    : dirty.Names.Select(name => scope.Rows.Child(folder, name)).OfType<FileRow>().ToDictionary(row => row.Name);
                var place = new Place(folder, path, handle, known, inside);
                foreach (var name in dirty.Names)
                {
                    if (DirectoryNames.IsOwn(name.Bytes)) continue;
                    await CompareAsync(place, name, cancellation, dirty.Grown.Contains(name));
                }
                NoteVanished(place);
            }
        }
        await WalkAsync(inside, cancellation);
    }

    /// <summary>
    /// Paths at which another known file is by now. If the file that was there has been found elsewhere, it was a chain of
    /// renames, whose last one is undone first; if not, it was replaced, and the path keeps its entry.
    /// </summary>
    private async Task CompareTakenAsync(CancellationToken cancellation)
    {
        while (taken.Count > 0)
        {
            var at = Math.Max(0, taken.FindIndex(path => moved.Contains(path.Row.Id)));
            var next = taken[at];
            taken.RemoveAt(at);
            if (scope.Rows.PathOf(next.Folder) is not { } path) continue;
            using var handle = scope.TryOpen(next.Folder, pathOnly: false);
            if (handle is null) continue;
            var place = new Place(next.Folder, path, handle, new() { [next.Name] = next.Row }, new Stack<Met>());
            await CompareAsync(place, next.Name, cancellation, next.MayGrow, isLast: true);
            NoteVanished(place);
            await WalkAsync(place.Inside, cancellation);
        }
    }

    /// <summary>Whether a file is a known one that is no longer at its own path.</summary>
    private bool IsFromElsewhere(FileStat stat, FileRow here) => scope.Rows.ByInode(stat.Inode).Any(other =>
        other.Id != here.Id && other.Seen.IsSameFile(stat) && !scope.IsInPlace(other));

    private void NoteVanished(Place place)
    {
        foreach (var row in place.Known.Values)
        {
            if (moved.Contains(row.Id) || DirectoryNames.IsOwn(row.Name.Bytes) || scope.Rules.Of(place.Folder).IsIgnored(RowTable.Join(place.Path, row.Name), row.IsFolder)) continue;
            vanished.Add(row);
        }
    }

    private async ValueTask CompareAsync(Place place, EntryName name, CancellationToken cancellation, bool mayGrow = false, bool isLast = false)
    {
        var path = RowTable.Join(place.Path, name);
        if (Libc.StatAt(place.Handle, name.Bytes) is not { } stat)
        {
            if (scope.Drafts.IsActive && !place.Known.ContainsKey(name)) scope.Drafts.Remove(path);
            return;
        }
        place.Known.Remove(name, out var row);
        if (row is not null && moved.Contains(row.Id)) row = null;
        if (!IsKept(stat) || scope.Rules.Of(place.Folder).IsIgnored(path, stat.Kind == FileKind.Folder)) return;
        onSeen(1, 0);
        if (row is not null && row.Seen.Kind != stat.Kind)
        {
            foreach (var gone in Subtree(row))
            {
                if (gone.IsFolder) watches.Remove(gone);
                await EmitAsync(new LocalChange(LocalChangeKind.Delete, gone, scope.Rows.Root, name, path, default), cancellation);
            }
            // A file that was moved out of a folder that was replaced is looked for by its inode: its row has to be there still.
            await FlushAsync(cancellation);
            await SettleAsync();
            row = null;
        }
        if (row is null)
        {
            if (isEvent && !mayGrow && stat is { Kind: FileKind.Regular, Links: 1 } && IsPutOff(place.Folder, name, null)) return;
            row = await NewAsync(place, name, path, stat, mayGrow, cancellation);
            if (row.IsFolder) place.Inside.Push(new Met(row, stat));
            return;
        }
        if (!row.Seen.IsSameFile(stat) && await RotatedAsync(place, name, path, row, stat, cancellation) is { } rotated) row = rotated;
        if (!isLast && !scope.Drafts.IsActive && !row.Seen.IsSameFile(stat) && IsFromElsewhere(stat, row))
        {
            taken.Add(new Taken(place.Folder, name, row, mayGrow));
            return;
        }
        if (!row.Seen.IsSameFile(stat) && !row.IsFolder && scope.Rows.ByDocument(row.Document).Count > 1)
        {
            // One of several names of a file got a file of its own.
            await EmitAsync(new LocalChange(LocalChangeKind.Delete, row, scope.Rows.Root, name, path, default), cancellation);
            await NewAsync(place, name, path, stat, mayGrow, cancellation);
            return;
        }
        await ChangedAsync(place, name, path, row, stat, mayGrow, cancellation);
        if (row.IsFolder && (!isEvent || !watches.Has(row))) place.Inside.Push(new Met(row, stat));
    }

    private bool IsKept(in FileStat stat) => stat.Device == scope.Directory.Device && stat.Kind switch
    {
        FileKind.Regular or FileKind.Folder or FileKind.SymbolicLink or FileKind.Fifo => true,
        FileKind.CharacterDevice or FileKind.BlockDevice => Libc.EffectiveUser() == 0,
        _ => false,
    };

    private async ValueTask ChangedAsync(Place place, EntryName name, byte[] path, FileRow row, FileStat stat, bool mayGrow, CancellationToken cancellation)
    {
        if (row.Seen.Matches(stat)) return;
        // To the watcher a time that we set looks like a program that writes.
        if (isEvent && !mayGrow && !row.Seen.IsUnsure && stat.Kind == FileKind.Regular && IsPutOff(place.Folder, name, row)) return;
        var seen = row.Seen;
        var isExplained = seen.Mode != stat.Mode || seen.Uid != stat.Uid || seen.Gid != stat.Gid || seen.Links != stat.Links || moved.Contains(row.Id);
        await EmitAsync(new LocalChange(LocalChangeKind.Revise, row, place.Folder, name, path, stat)
        {
            NeedsBytes = stat.Kind == FileKind.Regular && (seen.IsUnsure || !seen.HasSameBytes(stat)),
            NeedsReason = stat.Kind == FileKind.Regular && !isExplained,
            MayGrow = mayGrow,
        }, cancellation);
    }

    /// <summary>A path without a row: a file that was somewhere else, a further name of one, or a new one.</summary>
    private async ValueTask<FileRow> NewAsync(Place place, EntryName name, byte[] path, FileStat stat, bool mayGrow, CancellationToken cancellation)
    {
        if (!scope.Drafts.IsActive && stat.Kind != FileKind.Folder && stat.Links > 1 && linked.TryGetValue(stat.Inode, out var first))
        {
            return await LinkAsync(place, name, path, stat, first, cancellation);
        }
        foreach (var candidate in scope.Drafts.IsActive ? [] : scope.Rows.ByInode(stat.Inode))
        {
            if (moved.Contains(candidate.Id) || !candidate.Seen.IsSameFile(stat) || (stat.Btime == 0 && !candidate.Seen.HasSameBytes(stat))) continue;
            var there = scope.StatOf(candidate);
            var isThere = there is { } same && candidate.Seen.IsSameFile(same);
            // A file whose name another one has by now was kept aside while it was saved: the name keeps the entry.
            if (there is { } other && !isThere && !candidate.IsFolder && !IsFromElsewhere(other, candidate)) continue;
            if (isThere && (stat.Kind == FileKind.Folder || stat.Links < 2)) continue;
            if (isThere) return await LinkAsync(place, name, path, stat, candidate, cancellation);
            if (DirectoryNames.IsOwn(candidate.Name.Bytes))
            {
                // The directory lost that it was moved aside: nobody wants it here but us.
                scope.Rows.SaveMoved(candidate, place.Folder, name);
                committer.Unequal.Add(candidate.Entry);
            }
            else
            {
                await EmitAsync(new LocalChange(LocalChangeKind.Move, candidate, place.Folder, name, path, stat), cancellation);
            }
            moved.Add(candidate.Id);
            if (candidate.IsFolder)
            {
                // Paths below are right at once; the row is saved with the commit.
                candidate.Parent = place.Folder.Id;
                candidate.Name = name;
                scope.Rules.Forget();
            }
            await ChangedAsync(place, name, path, candidate, stat, mayGrow, cancellation);
            return candidate;
        }
        var row = scope.Rows.New(place.Folder, name, FileSeen.Of(stat, 0));
        if (row.IsFolder)
        {
            scope.Rows.Remember(row);
            fresh.Add(row.Id);
        }
        else if (stat.Links > 1)
        {
            linked[stat.Inode] = row;
        }
        await EmitAsync(new LocalChange(LocalChangeKind.Create, row, place.Folder, name, path, stat)
        {
            NeedsBytes = stat.Kind == FileKind.Regular,
            MayGrow = mayGrow,
        }, cancellation);
        return row;
    }

    private async ValueTask<FileRow> LinkAsync(Place place, EntryName name, byte[] path, FileStat stat, FileRow existing, CancellationToken cancellation)
    {
        var row = scope.Rows.New(place.Folder, name, FileSeen.Of(stat, existing.Seen.Xattrs));
        await EmitAsync(new LocalChange(LocalChangeKind.Link, row, place.Folder, name, path, stat) { Existing = existing }, cancellation);
        return row;
    }

    /// <summary>Follows files that took each other's names; when the circle closes, each takes its entry along.</summary>
    /// <returns>The row whose file is at this path now; null when it is simply another file.</returns>
    private async ValueTask<FileRow?> RotatedAsync(Place place, EntryName name, byte[] path, FileRow row, FileStat stat, CancellationToken cancellation)
    {
        if (scope.Drafts.IsActive) return null;
        var circle = new List<(FileRow Row, FileRow Folder, EntryName Name)>();
        var (folder, at, there) = (place.Folder, name, stat);
        while (circle.Count < MaxRotation)
        {
            var owner = scope.Rows.ByInode(there.Inode).Find(candidate => candidate.Seen.IsSameFile(there) && !moved.Contains(candidate.Id));
            if (owner is null || scope.Rows.Folder(owner.Parent) is not { } home) return null;
            circle.Add((owner, folder, at));
            if (owner.Id == row.Id) break;
            (folder, at) = (home, owner.Name);
            if (scope.StatOf(owner) is not { } next) return null;
            there = next;
        }
        if (circle.Count < 2 || circle[^1].Row.Id != row.Id) return null;
        await EmitAsync(new LocalChange(LocalChangeKind.Rotate, row, place.Folder, name, path, stat) { Places = circle }, cancellation);
        foreach (var (one, newFolder, newName) in circle)
        {
            if (one.IsFolder)
            {
                one.Parent = newFolder.Id;
                one.Name = newName;
            }
        }
        // The rows have to be right before the other places are reached.
        await FlushAsync(cancellation);
        await SettleAsync();
        foreach (var (one, newFolder, newName) in circle)
        {
            if (newFolder.Id == place.Folder.Id && place.Known.ContainsKey(newName)) place.Known[newName] = one;
            if (scope.Directory.Stat(scope.Rows.PathOf(newFolder) ?? [], newName) is not { } now || !one.Seen.HasSameBytes(now)) continue;
            one.Seen = one.Seen.AfterRename(now) with { Links = now.Links };
            scope.Rows.Save([one], []);
        }
        return circle[0].Row;
    }

    private async ValueTask EmitAsync(LocalChange change, CancellationToken cancellation)
    {
        if (scope.Drafts.IsActive && change.Kind != LocalChangeKind.Delete)
        {
            confirmed.Add(Convert.ToHexString(change.Path));
            if (scope.Drafts.Has(change.Path, change.Stat)) return;
        }
        if (change.Kind is LocalChangeKind.Delete or LocalChangeKind.Revise) scope.Lender?.Note(change.Row.Seen.Inode);
        batch.Add(change);
        if (change.NeedsBytes) batchBytes += change.Stat.Size;
        if (batch.Count >= BatchChanges || batchBytes >= BatchBytes) await FlushAsync(cancellation);
    }

    /// <summary>Stores what the batch needs while the batch before is being committed.</summary>
    private async Task FlushAsync(CancellationToken cancellation)
    {
        if (batch.Count == 0) return;
        var current = batch;
        batch = [];
        batchBytes = 0;
        await Parallel.ForEachAsync(current, scope.Parallel(cancellation), (change, token) =>
        {
            preparer.Prepare(change, token);
            return ValueTask.CompletedTask;
        });
        await SettleAsync();
        foreach (var change in current)
        {
            if (change.IsTorn) Torn.Add((change.Folder.Id, change.Name));
            if (change.Problem is not null) committer.Problem = change.Problem;
        }
        current.RemoveAll(change => change.IsSkipped);
        if (current.Count == 0) return;
        if (scope.Drafts.IsActive)
        {
            RecordDrafts(current);
            return;
        }
        committing = current;
        refusal = committer.BeginAsync(current);
    }

    private void RecordDrafts(List<LocalChange> changes)
    {
        var edits = new List<LocalChange>();
        foreach (var change in changes)
        {
            if (change.Kind == LocalChangeKind.Revise && change.Row.Revision is { } revision && scope.Volume.Reader.Revision(revision)?.State is { } state && state.SameAs(change.State!))
            {
                change.Row.Seen = change.Seen;
                scope.Rows.Save([change.Row], []);
                scope.Drafts.Remove(change.Path);
            }
            else if (change.Kind == LocalChangeKind.Delete)
            {
                confirmed.Add(Convert.ToHexString(change.Path));
                if (!scope.Drafts.HasDeleted(change.Path)) edits.Add(change);
            }
            else
            {
                edits.Add(change);
            }
        }
        if (edits.Count > 0) scope.Drafts.Record(edits);
    }

    /// <summary>Forgets drafts of paths that are no longer different.</summary>
    private void DropOldDrafts()
    {
        foreach (var draft in scope.Drafts.All())
        {
            if (!scope.Drafts.IsActive || !confirmed.Contains(Convert.ToHexString(draft.Path))) scope.Drafts.Remove(draft.Path);
        }
    }

    /// <summary>Waits for the batch that is being committed.</summary>
    private async Task SettleAsync()
    {
        var ended = committing;
        if (ended.Count == 0) return;
        committing = [];
        await committer.EndAsync(ended, await refusal);
        foreach (var change in ended) OnCommitted(change);
    }

    /// <summary>A path at which another known file is than the one of its row.</summary>
    private sealed record Taken(FileRow Folder, EntryName Name, FileRow Row, bool MayGrow);

    /// <summary>A folder being compared.</summary>
    /// <param name="Known">Rows in it that were not met yet.</param>
    /// <param name="Inside">Folders to go into afterwards.</param>
    private sealed record Place(FileRow Folder, byte[] Path, SafeFileHandle Handle, Dictionary<EntryName, FileRow> Known, Stack<Met> Inside);

    /// <summary>A folder that was met in the one above.</summary>
    /// <param name="Stat">Its status then; its row may not have it yet.</param>
    private readonly record struct Met(FileRow Folder, FileStat Stat);
}
