using Microsoft.Win32.SafeHandles;
using PeerDrive.Model.Errors;
using PeerDrive.Model.Revisions;
using PeerDrive.Storage.Contents;
using PeerDrive.Storage.Packs;

namespace PeerDrive.Storage.Drafts;

/// <summary>
/// A file being written: bytes over a content of which nothing is copied. What was written lies in memory while it is little, then in a
/// sparse file in <c>staging/</c>. Thread-safe; a read beside a write sees each byte as before or after it. Lock order: this one's gate,
/// then those of <see cref="ChunkStore"/> and of the state database; none is held while the content below is read.
/// </summary>
public sealed class Draft
{
    private readonly DraftStore store;
    private readonly Lock gate = new();
    private readonly DraftBytes bytes;

    /// <summary>Files that a row may still refer to, each with the version from which on none does.</summary>
    private readonly List<(StagingFile File, long Since)> former = [];

    private long version;
    private long captured = -1;
    private bool isClosed;
    private PeerDriveException? failure;

    /// <param name="hasRow">It was saved before.</param>
    internal Draft(DraftStore store, ulong id, DraftBytes bytes, bool hasRow)
    {
        HasRow = hasRow;
        this.store = store;
        this.bytes = bytes;
        Id = id;
    }

    /// <summary>The content below: what was not written since is read from it.</summary>
    public Content Basis
    {
        get
        {
            lock (gate) return bytes.Basis;
        }
    }

    /// <summary>The staging file has all of the bytes, or would have: nothing is read from a content below.</summary>
    public bool IsWhole => Basis.IsEmpty;

    /// <summary>
    /// The staging file is written to from outside, by the kernel: length, times and bytes are those of the file, whatever came through the draft.
    /// </summary>
    public bool IsExternal { get; private set; }

    /// <summary>The file that is written to from outside; null while <see cref="IsExternal"/> is not set. It lives as long as the draft.</summary>
    public SafeFileHandle? WholeFile
    {
        get
        {
            lock (gate) return IsExternal ? bytes.File!.File.Handle : null;
        }
    }

    public long Length
    {
        get
        {
            lock (gate) return IsExternal ? bytes.File!.File.Length : bytes.Length;
        }
    }

    /// <summary>Of a file that is written to from outside, nanoseconds since 1970; null otherwise.</summary>
    public long? Mtime
    {
        get
        {
            lock (gate) return IsExternal ? bytes.File!.File.Status.Mtime : null;
        }
    }

    /// <summary>Room that the bytes take, those of the content below counted in full.</summary>
    public long AllocatedBytes
    {
        get
        {
            lock (gate) return bytes.AllocatedBytes;
        }
    }

    /// <summary>Bytes in memory or in the staging file that count.</summary>
    public long WrittenBytes
    {
        get
        {
            lock (gate) return IsExternal ? bytes.File!.File.Length : bytes.WrittenBytes;
        }
    }

    /// <summary>Number of its row; never used again while the volume is open.</summary>
    internal ulong Id { get; }

    /// <summary>A row tells of it, or is about to be written: what that row says must stay readable until the next one.</summary>
    internal bool HasRow { get; private set; }

    /// <summary>Version that the row has; guarded by the gate of the state database.</summary>
    internal long SavedVersion { get; set; } = -1;

    /// <summary>Up to it no row is wanted any more; guarded by the gate of the state database.</summary>
    internal long RemovedVersion { get; set; } = -1;

    /// <summary>What its bytes up to a version are stored as, once its file was given away; guarded by the gate of the state database.</summary>
    internal (long Version, Content Content)? Given { get; set; }

    /// <summary>For its owner, who must not save an older claim after a newer one: the first of all locks.</summary>
    public Lock Claiming { get; } = new();

    /// <summary>Changes with every change made through the draft, and with the file that is written to from outside.</summary>
    public DraftStamp Stamp()
    {
        lock (gate) return StampNow();
    }

    /// <returns>Bytes read: all that was asked for, or up to the draft's end.</returns>
    /// <exception cref="PeerDriveException">NotHere: a chunk of the content below is missing. Corrupt, Io.</exception>
    public int Read(long offset, Span<byte> destination)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        var total = 0;
        while (total < destination.Length)
        {
            var at = offset + total;
            var rest = destination[total..];
            StagingFile? staged = null;
            var isBelow = false;
            ContentReader below;
            bool isExternal;
            lock (gate)
            {
                RequireOpen();
                (isExternal, below) = (IsExternal, bytes.Below);
                if (isExternal)
                {
                    staged = bytes.File!.Rent();
                }
                else
                {
                    if (at >= bytes.Length) break;
                    var (kind, end) = bytes.RunAt(at);
                    rest = rest[..(int)Math.Min(rest.Length, end - at)];
                    if (kind == RunKind.Memory) bytes.ReadMemory(at, rest);
                    else if (kind == RunKind.Zeros) rest.Clear();
                    else if (kind == RunKind.Staged) staged = bytes.File!.Rent();
                    isBelow = kind == RunKind.Below;
                }
            }
            if (isBelow && below.Read(at, rest) < rest.Length) throw new PeerDriveException(ErrorKind.Corrupt, "A content is shorter than its size.");
            if (staged is not null)
            {
                var read = ReadStaged(staged, at, rest);
                if (isExternal) return total + read;
                // It was cut meanwhile.
                rest[read..].Clear();
            }
            total += rest.Length;
        }
        return total;
    }

    /// <exception cref="PeerDriveException">NoSpace, Io: the bytes are as before the call. LimitExceeded: the file would be too long.</exception>
    public void Write(long offset, ReadOnlySpan<byte> source)
    {
        RequireRange(offset, source.Length);
        if (source.IsEmpty) return;
        lock (gate)
        {
            RequireWritable();
            if (IsExternal) bytes.File!.File.Write(offset, source);
            else bytes.Write(offset, source);
            version++;
        }
    }

    /// <summary>Cuts, or extends by zeros.</summary>
    /// <inheritdoc cref="Write" path="/exception"/>
    public void Resize(long size)
    {
        RequireRange(size, 0);
        lock (gate)
        {
            RequireWritable();
            if (IsExternal) bytes.File!.File.Truncate(size);
            else if (size == 0) Restart();
            else bytes.Resize(size, HasRow);
            version++;
        }
    }

    /// <summary>Reserves room, so that writing there is not likely to find the disk full. What is read stays, but for the length.</summary>
    /// <param name="keepSize">The length stays, even when the range reaches beyond it.</param>
    /// <exception cref="PeerDriveException">NoSpace. Unsupported: the disk cannot reserve.</exception>
    public void Allocate(long offset, long size, bool keepSize)
    {
        RequireRange(offset, size);
        if (size == 0) return;
        lock (gate)
        {
            RequireWritable();
            Reserve(offset, size, keepSize);
        }
    }

    /// <summary>Makes a range zeros that take no room; the length stays.</summary>
    public void PunchHole(long offset, long size)
    {
        RequireRange(offset, size);
        if (size == 0) return;
        lock (gate)
        {
            RequireWritable();
            Blank(offset, size);
        }
    }

    /// <summary>Makes a range zeros for which room is reserved.</summary>
    /// <inheritdoc cref="Allocate"/>
    public void ZeroRange(long offset, long size, bool keepSize)
    {
        RequireRange(offset, size);
        if (size == 0) return;
        lock (gate)
        {
            RequireWritable();
            Blank(offset, size);
            Reserve(offset, size, keepSize);
        }
    }

    /// <summary>Where the next byte lies that is in no hole, at or after an offset; null when none does.</summary>
    public long? NextData(long offset)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        lock (gate)
        {
            RequireOpen();
            if (!IsExternal) return bytes.NextData(offset);
            var file = bytes.File!.File;
            return file.NextData(offset) is var next && next < file.Length ? next : null;
        }
    }

    /// <summary>Where the next hole begins, at or after an offset; the end counts as one. Null: the offset is not before the end.</summary>
    public long? NextHole(long offset)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        lock (gate)
        {
            RequireOpen();
            if (!IsExternal) return bytes.NextHole(offset);
            var file = bytes.File!.File;
            return offset < file.Length ? file.NextHole(offset) : null;
        }
    }

    /// <summary>Makes what was written durable; found after a crash only when <see cref="DraftStore.Save"/> did it.</summary>
    /// <exception cref="PeerDriveException">Io, NoSpace: what was written is lost in part, and the draft takes no more and cannot be stored.</exception>
    public void Sync()
    {
        StagingFile? synced;
        lock (gate)
        {
            RequireWritable();
            bytes.LeaveMemory();
            synced = bytes.File?.Rent();
        }
        if (synced is not null) Sync(synced);
    }

    /// <summary>Lets the kernel write to the staging file. Until <see cref="EndExternal"/> the file is the truth.</summary>
    /// <returns>The file, open for reading and writing; owned by the draft.</returns>
    /// <exception cref="PeerDriveException">Invalid: a content lies below (<see cref="Materialise"/>). Unsupported: the disk has no files of the operating system.</exception>
    public SafeFileHandle OpenExternally()
    {
        var isNew = false;
        // What is saved must not tell of bytes that completing the file takes away, and then that the file tells all by itself.
        if (!IsExternal && HasRow) store.SaveAgain(this);
        SafeFileHandle handle;
        lock (gate)
        {
            RequireWritable();
            if (!bytes.Basis.IsEmpty) throw new PeerDriveException(ErrorKind.Invalid, "A draft over a content is not all in one file; make it whole first.");
            if (!IsExternal)
            {
                bytes.RequireFile();
                bytes.Complete();
                if (bytes.File!.File.Handle is null) throw new PeerDriveException(ErrorKind.Unsupported, "This disk has no files that the kernel could write to.");
                isNew = IsExternal = true;
                version++;
            }
            handle = bytes.File!.File.Handle!;
        }
        if (isNew && HasRow) store.SaveAgain(this);
        return handle;
    }

    /// <summary>Nobody writes to the file from outside any more; nothing happens when nobody did.</summary>
    public void EndExternal()
    {
        lock (gate)
        {
            if (!IsExternal) return;
            bytes.TakeFromFile(bytes.File!.File.Length);
            IsExternal = false;
            version++;
        }
    }

    /// <summary>
    /// Copies the content below into the staging file, by reference where the file system can; nothing happens when the draft is whole.
    /// </summary>
    /// <exception cref="PeerDriveException">NotHere: a chunk is missing. NoSpace, Io: nothing has changed. Conflict: the draft was changed meanwhile.</exception>
    public void Materialise()
    {
        Content below;
        long begun;
        lock (gate)
        {
            RequireWritable();
            (below, begun) = (bytes.Basis, version);
        }
        if (below.IsEmpty) return;
        var whole = store.NewFile();
        try
        {
            new BasisCopy(store.Contents).Copy(below, whole.File);
            lock (gate)
            {
                RequireWritable();
                if (version != begun) throw new PeerDriveException(ErrorKind.Conflict, "The file was written to while it was copied; try again.");
                var before = bytes.File;
                bytes.MoveOver(whole);
                Retire(before);
            }
        }
        catch
        {
            store.Remove(whole);
            throw;
        }
    }

    /// <summary>Makes what was written durable and tells what a row must say of it.</summary>
    internal DraftRow Capture()
    {
        DraftRow row;
        StagingFile? synced;
        lock (gate)
        {
            RequireWritable();
            bytes.LeaveMemory();
            row = bytes.ToRow(Id, version, IsExternal);
            HasRow = true;
            captured = version;
            synced = bytes.File?.Rent();
        }
        if (synced is not null) Sync(synced);
        return row;
    }

    /// <summary>Its row was removed, as it was at a version.</summary>
    /// <returns>Files that only that row told of.</returns>
    internal List<StagingFile> ForgetRow(long removed)
    {
        lock (gate)
        {
            if (captured <= removed) HasRow = false;
            return TakeFormer(removed);
        }
    }

    /// <summary>A version was saved: gives room back that only an older one needed.</summary>
    internal void Trim(long saved)
    {
        lock (gate)
        {
            if (version == saved && !isClosed && !IsExternal) bytes.Trim();
        }
    }

    /// <inheritdoc cref="DraftBytes.Changes"/>
    internal List<(long Start, long End)>? Changes()
    {
        lock (gate) return bytes.Changes();
    }

    /// <summary>The staging file, cut to the draft's length and with zeros where nothing was written; null when the draft is not whole in a file of its own.</summary>
    internal StagingFile? TryComplete()
    {
        lock (gate)
        {
            RequireWritable();
            if (!bytes.Basis.IsEmpty || bytes.File is null || IsExternal) return null;
            bytes.Complete();
            return bytes.File.Rent();
        }
    }

    /// <summary>Gives the staging file away, which becomes a raw file of a content.</summary>
    /// <param name="rename">Called when nothing has changed since the stamp; the file has its new name when it returns.</param>
    /// <param name="settle">Makes that durable, and the content one that can be read.</param>
    internal void GiveFile(DraftStamp stamp, Content content, Action rename, Action settle)
    {
        lock (gate)
        {
            RequireWritable();
            RequireUnchanged(stamp);
            rename();
            try
            {
                settle();
            }
            catch (PeerDriveException e)
            {
                // The file is a raw one by now, into which nothing more may be written.
                failure ??= e;
                throw;
            }
            var given = bytes.File!;
            bytes.Become(content);
            given.Return();
            version++;
        }
    }

    /// <summary>Goes on over what it was stored as, unless it was changed since.</summary>
    /// <returns>The version from which on it does; null when it was changed.</returns>
    internal long? TryBecome(Content content, DraftStamp stamp)
    {
        lock (gate)
        {
            RequireOpen();
            if (bytes.IsJust(content)) return version;
            if (IsExternal || StampNow() != stamp) return null;
            var before = bytes.File;
            bytes.Become(content);
            Retire(before);
            return version;
        }
    }

    /// <exception cref="PeerDriveException">Conflict: the draft has changed since the stamp.</exception>
    internal void RequireUnchanged(DraftStamp stamp)
    {
        lock (gate)
        {
            RequireWritable();
            if (StampNow() != stamp) throw new PeerDriveException(ErrorKind.Conflict, "The file was written to while it was stored; try again.");
        }
    }

    /// <summary>Files that no row refers to once a version is saved.</summary>
    internal List<StagingFile> TakeFormer(long saved)
    {
        lock (gate)
        {
            List<StagingFile> taken = [.. former.Where(pair => pair.Since <= saved).Select(pair => pair.File)];
            former.RemoveAll(pair => pair.Since <= saved);
            return taken;
        }
    }

    /// <summary>Ends all use.</summary>
    /// <returns>Files that were its own.</returns>
    internal List<StagingFile> Close()
    {
        lock (gate)
        {
            if (isClosed) return [];
            isClosed = true;
            IsExternal = false;
            if (bytes.File is not null) former.Add((bytes.File, version));
            bytes.Become(Content.Empty);
            bytes.Below.Dispose();
            List<StagingFile> taken = [.. former.Select(pair => pair.File)];
            former.Clear();
            return taken;
        }
    }

    private static int ReadStaged(StagingFile staged, long offset, Span<byte> destination)
    {
        try
        {
            return staged.File.Read(offset, destination);
        }
        finally
        {
            staged.Return();
        }
    }

    private void Sync(StagingFile synced)
    {
        try
        {
            synced.File.Sync();
            if (synced.IsNamed) return;
            store.SyncFolder();
            synced.IsNamed = true;
        }
        catch (PeerDriveException e)
        {
            lock (gate) failure ??= e;
            throw;
        }
        finally
        {
            synced.Return();
        }
    }

    private DraftStamp StampNow()
    {
        if (!IsExternal) return new DraftStamp(version, bytes.Length, 0, 0);
        var status = bytes.File!.File.Status;
        return new DraftStamp(version, status.Length, status.Mtime, status.Ctime);
    }

    private void Blank(long offset, long size)
    {
        if (IsExternal) bytes.File!.File.PunchHole(offset, size);
        else bytes.Drop(offset, offset + size, HasRow);
        version++;
    }

    private void Reserve(long offset, long size, bool keepSize)
    {
        bytes.Reserve(offset, size);
        var end = offset + size;
        if (keepSize || end <= Length) return;
        if (IsExternal) bytes.File!.File.Truncate(end);
        else bytes.Resize(end, HasRow);
        version++;
    }

    /// <summary>Nothing is left: what comes goes to another file, so that a crash before it is saved finds what was, and no mixture.</summary>
    private void Restart()
    {
        var before = bytes.File;
        bytes.Become(Content.Empty with { Chunking = bytes.Basis.Chunking });
        Retire(before);
    }

    /// <summary>Lets go of a file; it stays as long as a row tells of it.</summary>
    private void Retire(StagingFile? file)
    {
        version++;
        if (file is not null && (HasRow || !store.TryRemove(file))) former.Add((file, version));
    }

    private void RequireOpen()
    {
        if (isClosed) throw new PeerDriveException(ErrorKind.Cancelled, "The draft was discarded, or the volume is being closed.");
    }

    private void RequireWritable()
    {
        RequireOpen();
        if (failure is not null) throw new PeerDriveException(failure.Kind, failure.Message, failure);
    }

    private static void RequireRange(long offset, long size)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNegative(size);
        if (offset > StorageLimits.FileBytes || size > StorageLimits.FileBytes - offset)
            throw new PeerDriveException(ErrorKind.LimitExceeded, $"A file has at most {StorageLimits.FileBytes >> 40} TiB.");
    }
}
