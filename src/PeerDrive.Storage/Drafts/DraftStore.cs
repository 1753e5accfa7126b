using PeerDrive.Model.Errors;
using PeerDrive.Model.Revisions;
using PeerDrive.Storage.Contents;
using PeerDrive.Storage.Databases;
using PeerDrive.Storage.Disks;
using PeerDrive.Storage.Packs;

namespace PeerDrive.Storage.Drafts;

/// <summary>
/// The files of one volume that are being written. What was saved is there after a crash; everything else of a draft ends with the process.
/// Thread-safe.
/// </summary>
public sealed class DraftStore : IDisposable
{
    private readonly IDisk disk;
    private readonly PackPaths paths;
    private readonly DraftTable table;
    private readonly Lock gate = new();
    private readonly Dictionary<ulong, RecoveredDraft> recovered = [];
    private readonly HashSet<Draft> drafts = [];
    private ulong nextNumber = 1;
    private long memoryBytes;

    private DraftStore(IDisk disk, PackPaths paths, Database state, ContentStore contents)
    {
        this.disk = disk;
        this.paths = paths;
        table = new DraftTable(state);
        Contents = contents;
    }

    internal ContentStore Contents { get; }

    /// <summary>Reads the rows, and removes files that no row names.</summary>
    internal static DraftStore Open(IDisk disk, string volumeFolder, Database state, ContentStore contents)
    {
        var store = new DraftStore(disk, new PackPaths(volumeFolder), state, contents);
        store.table.Create();
        store.Load();
        return store;
    }

    /// <summary>A new draft over a content, of which nothing is read until it is asked for; <see cref="Content.Empty"/>: a new file.</summary>
    /// <exception cref="PeerDriveException">LimitExceeded: the content is longer than a file can be.</exception>
    public Draft Begin(Content basis)
    {
        if (basis.Size > StorageLimits.FileBytes)
            throw new PeerDriveException(ErrorKind.LimitExceeded, $"A file has at most {StorageLimits.FileBytes >> 40} TiB; this one is said to have {basis.Size} bytes.");
        var draft = new Draft(this, TakeNumber(), Over(basis), hasRow: false);
        lock (gate) drafts.Add(draft);
        return draft;
    }

    /// <summary>Hands the raw file that is just a content to its owner, for the kernel to read.</summary>
    /// <param name="pack">From <see cref="ContentStore.RawFileOf(Content)"/>.</param>
    /// <returns>Null: somebody else has it, the file has more than the content or is gone.</returns>
    public HandedFile? TryHand(PackId pack, Content content) =>
        content.Size <= StorageLimits.FileBytes ? Contents.Chunks.Handed.TryHand(pack, (long)content.Size, TakeNumber()) : null;

    /// <summary>
    /// A new draft that has the bytes of a handed file in that very file, so that the kernel writes to what it reads: whole, and written to from outside
    /// (<see cref="Draft.IsExternal"/>). Before, a copy takes the raw file's place, and is durable. The handing goes on until it is disposed.
    /// </summary>
    /// <exception cref="PeerDriveException">NoSpace, Io: there is no draft, and the file is as it was.</exception>
    public Draft BeginOn(HandedFile file)
    {
        Contents.Chunks.Handed.Preserve(file);
        var staged = new StagingFile(disk, file.Aside, file.Number) { IsNamed = true };
        try
        {
            var length = staged.File.Length;
            var all = new ExtentSet();
            all.Add(0, length);
            var draft = new Draft(this, TakeNumber(), new DraftBytes(this, Content.Empty, length, all, new ExtentSet(), staged, length), hasRow: false);
            draft.OpenExternally();
            Contents.Chunks.Handed.Give(file);
            lock (gate) drafts.Add(draft);
            return draft;
        }
        catch
        {
            staged.Return();
            throw;
        }
    }

    /// <summary>
    /// Makes what was written durable, and the draft one of those that <see cref="Recover"/> gives, also after the next opening. Saves of several threads
    /// at once share one sync of the state database.
    /// </summary>
    /// <param name="claim">What its owner wants to know of it then; replaces the last one.</param>
    /// <exception cref="PeerDriveException">NoSpace, Io: what was saved last still counts. LimitExceeded: the claim is too long.</exception>
    public void Save(Draft draft, ReadOnlyMemory<byte> claim)
    {
        if (claim.Length > StorageLimits.DraftClaimBytes)
            throw new PeerDriveException(ErrorKind.LimitExceeded, $"At most {StorageLimits.DraftClaimBytes} bytes can be kept with a draft.");
        var row = draft.Capture() with { Claim = claim.ToArray() };
        table.Put(draft, row);
        lock (gate)
        {
            if (drafts.Contains(draft)) recovered[draft.Id] = new RecoveredDraft(draft, row.Claim, IsDamaged: false);
        }
        AfterSave(draft, row.Version);
    }

    /// <summary>Drafts that were saved and neither discarded nor rebased since, the oldest first: for who begins, when nobody else has any of them.</summary>
    public IReadOnlyList<RecoveredDraft> Recover()
    {
        lock (gate) return [.. recovered.Values.OrderBy(draft => draft.Draft.Id)];
    }

    /// <summary>Contents that drafts are over.</summary>
    internal IReadOnlyList<Content> Needed()
    {
        List<Draft> open;
        lock (gate) open = [.. drafts];
        return [.. open.Select(draft => draft.Basis).Where(content => !content.IsEmpty)];
    }

    /// <summary>Ends drafts whose bytes are stored, or not wanted; all their rows go at once, then their files. Those already discarded do not matter.</summary>
    public void Discard(params IReadOnlyCollection<Draft> ended)
    {
        var files = ended.SelectMany(draft => draft.Close()).ToList();
        List<Draft> saved = [.. ended.Where(draft => draft.HasRow)];
        if (saved.Count > 0) table.Remove(saved, long.MaxValue);
        lock (gate)
        {
            foreach (var draft in ended)
            {
                drafts.Remove(draft);
                recovered.Remove(draft.Id);
            }
        }
        foreach (var file in files) Remove(file);
    }

    /// <summary>
    /// Cuts, hashes and stores a draft's bytes; durable after the commit that names them, like any content. Costs by what was written, and by the length of
    /// the chunk lists. A large draft that is all in one file and does not compress becomes a raw file by renaming: it then goes on as a draft over the content.
    /// </summary>
    /// <param name="chunking">Parameters of the document's previous revision; 0: those of the content below, else chosen by size.</param>
    /// <param name="onProgress">Told the number of further bytes after each chunk, known ones as well.</param>
    /// <exception cref="PeerDriveException">Conflict: the draft was written to meanwhile; try again. NotHere: a chunk or list of the content below is missing.</exception>
    public Content Store(Draft draft, uint chunking, Action<long>? onProgress, CancellationToken cancellation)
    {
        var stamp = draft.Stamp();
        draft.RequireUnchanged(stamp);
        var basis = draft.Basis;
        var changes = draft.Changes();
        if (chunking == 0) chunking = basis.Chunking;
        Content content;
        if (changes is not null && chunking == basis.Chunking)
        {
            if (changes.Count == 0) return Checked(basis);
            using var unchanged = new UnchangedLeaves(Contents.Leaves(basis), (long)basis.Size, stamp.Length, changes);
            content = Contents.Store(new DraftSource(draft, stamp.Length), chunking, unchanged, null, onProgress, cancellation);
        }
        else
        {
            content = StoreWhole(draft, stamp, chunking, onProgress, cancellation, out var isGiven);
            if (isGiven) return content;
        }
        return Checked(content);

        Content Checked(Content stored)
        {
            draft.RequireUnchanged(stamp);
            return stored;
        }
    }

    /// <summary>
    /// After a commit: the draft goes on over the content that it was stored as, as if it had just begun; its row and file go. Nothing happens when it was
    /// written to since, or is written to from outside.
    /// </summary>
    /// <param name="stamp">Taken before the draft was stored.</param>
    /// <returns>Whether the draft is over <paramref name="content"/> now.</returns>
    public bool Rebase(Draft draft, Content content, DraftStamp stamp)
    {
        if (draft.TryBecome(content, stamp) is not { } version) return false;
        if (draft.HasRow) table.Remove([draft], version);
        lock (gate) recovered.Remove(draft.Id);
        foreach (var file in draft.ForgetRow(version)) Remove(file);
        return true;
    }

    /// <summary>Closes all files. Drafts that were saved are there when the volume is opened again.</summary>
    public void Dispose()
    {
        List<Draft> open;
        lock (gate)
        {
            open = [.. drafts];
            drafts.Clear();
        }
        foreach (var draft in open)
        {
            foreach (var file in draft.Close()) file.Return();
        }
    }

    /// <summary>Saves a draft that has a row; its claim stays.</summary>
    internal void SaveAgain(Draft draft)
    {
        var row = draft.Capture();
        table.Update(draft, row);
        AfterSave(draft, row.Version);
    }

    internal StagingFile NewFile()
    {
        var number = TakeNumber();
        return new StagingFile(disk, paths.Draft(number), number);
    }

    internal void Remove(StagingFile file)
    {
        if (disk.FileExists(file.Path)) disk.Delete(file.Path);
        file.Return();
    }

    /// <returns>False: the disk would not; the file is to be removed later.</returns>
    internal bool TryRemove(StagingFile file)
    {
        try
        {
            Remove(file);
            return true;
        }
        catch (PeerDriveException)
        {
            // Nothing needs it and no row names it: at the next opening it goes in any case.
            return false;
        }
    }

    internal void SyncFolder() => disk.SyncFolder(paths.StagingFolder);

    internal bool TryTakeMemory(long bytes)
    {
        if (Interlocked.Add(ref memoryBytes, bytes) <= StorageLimits.DraftsMemoryBytes) return true;
        Interlocked.Add(ref memoryBytes, -bytes);
        return false;
    }

    internal void ReturnMemory(long bytes) => Interlocked.Add(ref memoryBytes, -bytes);

    private Content StoreWhole(Draft draft, DraftStamp stamp, uint chunking, Action<long>? onProgress, CancellationToken cancellation, out bool isGiven)
    {
        var given = false;
        var source = new DraftSource(draft, stamp.Length);
        var file = stamp.Length >= StorageLimits.RawBytes ? draft.TryComplete() : null;
        try
        {
            return Contents.Store(source, chunking, null, file is null ? null : () => Contents.Chunks.BeginRaw(file.File, file.Path, Give), onProgress, cancellation);
        }
        finally
        {
            file?.Return();
            isGiven = given;
        }

        void Give(RawWriter raw, Content content)
        {
            draft.GiveFile(
                stamp,
                content,
                () =>
                {
                    if (draft.HasRow) table.SetStored(draft, stamp.Version, content);
                    raw.Rename();
                },
                () =>
                {
                    raw.SyncName();
                    Contents.Chunks.AddRaw(raw.Chunks);
                });
            given = true;
        }
    }

    private void AfterSave(Draft draft, long version)
    {
        foreach (var file in draft.TakeFormer(version)) Remove(file);
        draft.Trim(version);
    }

    private DraftBytes Over(Content basis) => new(this, basis, (long)basis.Size, new ExtentSet(), new ExtentSet(), null, 0);

    private ulong TakeNumber()
    {
        lock (gate) return nextNumber++;
    }

    private void Load()
    {
        var files = new Dictionary<ulong, string>();
        foreach (var name in disk.ListFiles(paths.StagingFolder))
        {
            if (PackPaths.TryParseDraft(name, out var number)) files[number] = Path.Combine(paths.StagingFolder, name);
        }
        var rows = table.All();
        foreach (var number in rows.Select(row => row.Id).Concat(files.Keys)) nextNumber = Math.Max(nextNumber, number + 1);
        foreach (var row in rows)
        {
            var draft = Recover(row, files, out var isDamaged);
            drafts.Add(draft);
            recovered[row.Id] = new RecoveredDraft(draft, row.Claim, isDamaged);
        }
        foreach (var path in files.Values) disk.Delete(path);
    }

    /// <summary>A draft as its row and its file have it; the file is taken out of <paramref name="files"/>.</summary>
    private Draft Recover(DraftRow row, Dictionary<ulong, string> files, out bool isDamaged)
    {
        isDamaged = !row.IsSound;
        if (row.File is not { } number || !files.Remove(number, out var path))
        {
            // A file that is gone because it became a raw one is no loss.
            if (row is { File: not null, Stored: { } stored })
                return new Draft(this, row.Id, Over(stored), hasRow: true);
            isDamaged |= row.File is not null;
            var blanked = ExtentSet.TryDecode(row.Blanked) ?? new ExtentSet();
            return new Draft(this, row.Id, new DraftBytes(this, row.Basis, row.Length, new ExtentSet(), blanked, null, 0), hasRow: true);
        }
        var file = new StagingFile(disk, path, number) { IsNamed = true };
        var fileLength = file.File.Length;
        if (row.IsExternal)
        {
            var all = new ExtentSet();
            all.Add(0, fileLength);
            return new Draft(this, row.Id, new DraftBytes(this, Content.Empty, fileLength, all, new ExtentSet(), file, fileLength), hasRow: true);
        }
        var written = ExtentSet.TryDecode(row.Written) ?? new ExtentSet();
        written.Remove(row.Length, long.MaxValue);
        if (written.End > fileLength)
        {
            isDamaged = true;
            written.Remove(fileLength, long.MaxValue);
        }
        return new Draft(this, row.Id, new DraftBytes(this, row.Basis, row.Length, written, ExtentSet.TryDecode(row.Blanked) ?? new ExtentSet(), file, fileLength), hasRow: true);
    }
}
