using Microsoft.Win32.SafeHandles;
using PeerDrive.Model.Errors;
using PeerDrive.Model.Revisions;
using PeerDrive.Storage.Disks;
using PeerDrive.Storage.Packs;

namespace PeerDrive.Storage.Drafts;

/// <summary>
/// A file being written: bytes over a content of which nothing is copied. What was written lies in memory while it is little, then in a
/// sparse file in <c>staging/</c>. Thread-safe; a read beside a write sees each byte as before or after it. Lock order: this one's gate,
/// then those of <see cref="ChunkStore"/> and of the state database; none is held while the content below is read.
/// </summary>
public sealed class Draft
{
    private const int CopyBytes = 1 << 20;

    private readonly DraftStore store;
    private readonly Lock gate = new();

    /// <summary>Bytes that come from memory or the staging file, and bytes of the content below that are zeros by now.</summary>
    private readonly ExtentSet written, blanked;

    /// <summary>Bytes of the staging file that are not in <see cref="written"/> and may be no zeros: left by a failed write or a crash.</summary>
    private readonly ExtentSet stained = new();

    /// <summary>Files that a row may still refer to, each with the version from which on none does.</summary>
    private readonly List<(StagingFile File, long Since)> former = [];

    private MemoryPages? memory;
    private StagingFile? file;
    private Content basis;
    private long length;
    private long version;
    private bool isClosed;
    private PeerDriveException? failure;

    internal Draft(DraftStore store, ulong id, Content basis, long length, ExtentSet written, ExtentSet blanked, StagingFile? file, long fileLength)
    {
        this.store = store;
        Id = id;
        this.basis = basis;
        this.length = length;
        this.written = written;
        this.blanked = blanked;
        this.file = file;
        MarkStained(fileLength);
    }

    /// <summary>Number of its row; never used again while the volume is open.</summary>
    internal ulong Id { get; }

    /// <summary>The content below: what was not written since is read from it.</summary>
    public Content Basis
    {
        get
        {
            lock (gate) return basis;
        }
    }

    /// <summary>The staging file has all of the bytes, or would have: nothing is read from a content below.</summary>
    public bool IsWhole
    {
        get
        {
            lock (gate) return basis.IsEmpty;
        }
    }

    /// <summary>
    /// The staging file is written to from outside, by the kernel: length, times and bytes are those of the file, whatever came through the draft.
    /// </summary>
    public bool IsExternal { get; private set; }

    /// <summary>The file that is written to from outside; null while <see cref="IsExternal"/> is not set. It lives as long as the draft.</summary>
    public SafeFileHandle? WholeFile
    {
        get
        {
            lock (gate) return IsExternal ? file!.File.Handle : null;
        }
    }

    public long Length
    {
        get
        {
            lock (gate) return IsExternal ? file!.File.Length : length;
        }
    }

    /// <summary>Of a file that is written to from outside, nanoseconds since 1970; null otherwise.</summary>
    public long? Mtime
    {
        get
        {
            lock (gate) return IsExternal ? file!.File.Status.Mtime : null;
        }
    }

    /// <summary>Room that the bytes take, those of the content below counted in full.</summary>
    public long AllocatedBytes
    {
        get
        {
            lock (gate)
            {
                var own = memory?.AllocatedBytes ?? file?.File.Status.AllocatedBytes ?? 0;
                if (basis.IsEmpty) return own;
                var below = Math.Min(length, (long)basis.Size);
                for (long at = 0; at < below;)
                {
                    var (kind, end) = RunAt(at);
                    if (kind == RunKind.Below) own += Math.Min(end, below) - at;
                    at = end;
                }
                return own;
            }
        }
    }

    /// <summary>Bytes that were written and not yet stored: what is in memory or in the staging file.</summary>
    public long WrittenBytes
    {
        get
        {
            lock (gate) return IsExternal ? file!.File.Length : written.Bytes;
        }
    }

    internal bool HasRow { get; set; }

    /// <summary>Version that the row has; later ones replace it.</summary>
    internal long SavedVersion { get; set; } = -1;

    /// <summary>A number that changes with every change made through the draft; for a file that is written to from outside its status too.</summary>
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
            RunKind kind;
            Content below;
            StagingFile? staged = null;
            lock (gate)
            {
                RequireOpen();
                if (IsExternal)
                {
                    (kind, staged) = (RunKind.External, file!.Rent());
                }
                else
                {
                    if (at >= length) break;
                    (kind, var end) = RunAt(at);
                    rest = rest[..(int)Math.Min(rest.Length, end - at)];
                    if (kind == RunKind.Written && memory is not null)
                    {
                        memory.Read(at, rest);
                        total += rest.Length;
                        continue;
                    }
                    if (kind == RunKind.Written) staged = file!.Rent();
                }
                below = basis;
            }
            if (staged is not null)
            {
                int read;
                try
                {
                    read = staged.File.Read(at, rest);
                }
                finally
                {
                    staged.Return();
                }
                if (kind == RunKind.External) return total + read;
                // It was cut meanwhile.
                rest[read..].Clear();
                total += rest.Length;
                continue;
            }
            if (kind == RunKind.Zeros) rest.Clear();
            else if (store.Contents.Read(below, (ulong)at, rest) < rest.Length) throw new PeerDriveException(ErrorKind.Corrupt, "A content is shorter than its size.");
            total += rest.Length;
        }
        return total;
    }

    /// <exception cref="PeerDriveException">NoSpace, Io: the bytes are as before the call. LimitExceeded: the file would be too long.</exception>
    public void Write(long offset, ReadOnlySpan<byte> source)
    {
        if (source.IsEmpty) return;
        RequireRange(offset, source.Length);
        var end = offset + source.Length;
        lock (gate)
        {
            RequireWritable();
            if (IsExternal)
            {
                file!.File.Write(offset, source);
                version++;
                return;
            }
            if (file is null && TryWriteToMemory(offset, source))
            {
                Note(offset, end);
                return;
            }
            RequireFile();
            try
            {
                file!.File.Write(offset, source);
            }
            catch (PeerDriveException)
            {
                TakeBack(offset, end);
                throw;
            }
            Note(offset, end);
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
            if (IsExternal)
            {
                file!.File.Truncate(size);
            }
            else
            {
                if (size < length) Drop(size, length);
                length = size;
            }
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
            Reserve(offset, size);
            Extend(offset + size, keepSize);
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
            if (IsExternal) file!.File.PunchHole(offset, size);
            else Drop(offset, Math.Min(offset + size, length));
            version++;
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
            if (IsExternal) file!.File.PunchHole(offset, size);
            else Drop(offset, Math.Min(offset + size, length));
            version++;
            Reserve(offset, size);
            Extend(offset + size, keepSize);
        }
    }

    /// <summary>Where the next byte lies that is in no hole, at or after an offset; null when none does.</summary>
    public long? NextData(long offset)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        lock (gate)
        {
            RequireOpen();
            if (IsExternal) return file!.File.NextData(offset) is var data && data < file.File.Length ? data : null;
            while (offset < length)
            {
                var (kind, end) = RunAt(offset);
                if (kind == RunKind.Below || (kind == RunKind.Written && memory is not null)) return offset;
                if (kind == RunKind.Written && file!.File.NextData(offset) is var next && next < end) return next;
                offset = end;
            }
            return null;
        }
    }

    /// <summary>Where the next hole begins, at or after an offset; the end counts as one. Null: the offset is not before the end.</summary>
    public long? NextHole(long offset)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        lock (gate)
        {
            RequireOpen();
            if (IsExternal) return offset < file!.File.Length ? file.File.NextHole(offset) : null;
            if (offset >= length) return null;
            while (offset < length)
            {
                var (kind, end) = RunAt(offset);
                if (kind == RunKind.Zeros) return offset;
                if (kind == RunKind.Written && memory is null && file!.File.NextHole(offset) is var next && next < end) return next;
                offset = end;
            }
            return length;
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
            if (memory is not null) RequireFile();
            synced = file?.Rent();
        }
        if (synced is not null) Sync(synced);
    }

    /// <summary>
    /// Lets the kernel write to the staging file. Until <see cref="EndExternal"/> the file is the truth.
    /// </summary>
    /// <returns>The file, open for reading and writing; owned by the draft.</returns>
    /// <exception cref="PeerDriveException">Invalid: a content lies below (<see cref="Materialise"/>). Unsupported: the disk has no files of the operating system.</exception>
    public SafeFileHandle OpenExternally()
    {
        lock (gate)
        {
            RequireWritable();
            if (!basis.IsEmpty) throw new PeerDriveException(ErrorKind.Invalid, "A draft over a content is not all in one file; make it whole first.");
            if (!IsExternal)
            {
                RequireFile();
                Complete();
                if (file!.File.Handle is null) throw new PeerDriveException(ErrorKind.Unsupported, "This disk has no files that the kernel could write to.");
                IsExternal = true;
                version++;
            }
            return file!.File.Handle!;
        }
    }

    /// <summary>Nobody writes to the file from outside any more; nothing happens when nobody did.</summary>
    public void EndExternal()
    {
        lock (gate)
        {
            if (!IsExternal) return;
            RequireOpen();
            IsExternal = false;
            length = file!.File.Length;
            written.Clear();
            written.Add(0, length);
            stained.Clear();
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
            (below, begun) = (basis, version);
            if (below.IsEmpty) return;
        }
        var whole = store.NewFile();
        try
        {
            new BasisCopy(store.Contents).Copy(below, whole.File);
            lock (gate)
            {
                RequireWritable();
                if (version != begun) throw new PeerDriveException(ErrorKind.Conflict, "The file was written to while it was copied; try again.");
                Overlay(whole.File);
                Retire();
                (file, basis) = (whole, Content.Empty);
                written.Clear();
                written.Add(0, length);
                blanked.Clear();
                stained.Clear();
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
            if (memory is not null) RequireFile();
            row = new DraftRow(Id, version, file?.Number, IsExternal, length, basis, written.Encode(), blanked.Encode());
            synced = file?.Rent();
        }
        if (synced is not null) Sync(synced);
        return row;
    }

    /// <summary>Bytes that differ from the content below, in order; null when all may.</summary>
    internal List<(long Start, long End)>? Changes()
    {
        lock (gate)
        {
            if (basis.IsEmpty) return null;
            var all = new ExtentSet();
            foreach (var extent in written.All) all.Add(extent.Start, Math.Min(extent.End, length));
            foreach (var extent in blanked.All) all.Add(extent.Start, Math.Min(extent.End, length));
            all.Add(Math.Min(length, (long)basis.Size), Math.Max(length, (long)basis.Size));
            return [.. all.All.Select(extent => (extent.Start, extent.End))];
        }
    }

    /// <summary>The staging file, cut to the draft's length and with zeros where nothing was written; null when the draft is not whole in a file of its own.</summary>
    internal StagingFile? TryComplete()
    {
        lock (gate)
        {
            RequireWritable();
            if (!basis.IsEmpty || file is null || IsExternal) return null;
            Complete();
            return file.Rent();
        }
    }

    /// <summary>Gives the staging file away, which has become a raw file of a content.</summary>
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
            file!.Return();
            file = null;
            version++;
            Become(content);
        }
    }

    /// <summary>Goes on over what it was stored as, unless it was changed since.</summary>
    /// <returns>The version from which on it does; null when it was changed.</returns>
    internal long? TryBecome(Content content, DraftStamp stamp)
    {
        lock (gate)
        {
            RequireOpen();
            var isGiven = basis == content && file is null && length == (long)content.Size && written.Count == 0 && blanked.Count == 0;
            if (isGiven) return version;
            if (IsExternal || StampNow() != stamp) return null;
            Retire();
            Become(content);
            return version;
        }
    }

    /// <exception cref="PeerDriveException">Conflict: the draft has changed since the stamp.</exception>
    internal void RequireUnchanged(DraftStamp stamp)
    {
        lock (gate)
        {
            if (StampNow() != stamp) throw new PeerDriveException(ErrorKind.Conflict, "The file was written to while it was stored; try again.");
        }
    }

    /// <summary>Nothing of what was written counts as stored any more.</summary>
    internal void Fail(PeerDriveException why)
    {
        lock (gate) failure ??= why;
    }

    internal void RequireSound()
    {
        lock (gate) RequireWritable();
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
            Retire();
            List<StagingFile> taken = [.. former.Select(pair => pair.File)];
            former.Clear();
            return taken;
        }
    }

    private void Sync(StagingFile synced)
    {
        try
        {
            synced.File.Sync();
            if (!synced.IsNamed)
            {
                store.SyncFolder();
                synced.IsNamed = true;
            }
        }
        catch (PeerDriveException e)
        {
            Fail(e);
            throw;
        }
        finally
        {
            synced.Return();
        }
    }

    private (RunKind Kind, long End) RunAt(long offset)
    {
        if (written.EndAt(offset) is { } writtenEnd) return (RunKind.Written, Math.Min(writtenEnd, length));
        var end = Math.Min(length, written.NextStart(offset));
        if (offset >= (long)basis.Size) return (RunKind.Zeros, end);
        if (blanked.EndAt(offset) is { } blankedEnd) return (RunKind.Zeros, Math.Min(end, blankedEnd));
        return (RunKind.Below, Math.Min(Math.Min(end, (long)basis.Size), blanked.NextStart(offset)));
    }

    private DraftStamp StampNow()
    {
        if (!IsExternal) return new DraftStamp(version, length, 0, 0);
        var status = file!.File.Status;
        return new DraftStamp(version, status.Length, status.Mtime, status.Ctime);
    }

    private void Note(long start, long end)
    {
        written.Add(start, end);
        stained.Remove(start, end);
        length = Math.Max(length, end);
        version++;
    }

    private bool TryWriteToMemory(long offset, ReadOnlySpan<byte> source)
    {
        var pages = memory ?? new MemoryPages();
        var needs = pages.Needs(offset, source.Length);
        if (pages.AllocatedBytes + needs > StorageLimits.DraftMemoryBytes || !store.TryTakeMemory(needs)) return false;
        memory = pages;
        pages.Write(offset, source);
        return true;
    }

    /// <summary>Moves what is in memory to a file, or makes an empty one.</summary>
    private void RequireFile()
    {
        if (file is not null) return;
        var made = store.NewFile();
        try
        {
            if (memory is not null) CopyWritten(made.File);
            else _ = made.File;
        }
        catch
        {
            store.Remove(made);
            throw;
        }
        file = made;
        DropMemory();
    }

    /// <summary>What was written is elsewhere by now, or is not wanted.</summary>
    private void Retire()
    {
        DropMemory();
        version++;
        if (file is not null) former.Add((file, version));
        file = null;
    }

    private void DropMemory()
    {
        if (memory is not null) store.ReturnMemory(memory.AllocatedBytes);
        memory = null;
    }

    /// <summary>Writes what was written to another file.</summary>
    private void CopyWritten(IDiskFile target)
    {
        using var buffer = new PooledBytes(CopyBytes);
        foreach (var extent in written.All)
        {
            for (var at = extent.Start; at < extent.End;)
            {
                var part = buffer.Span[..(int)Math.Min(buffer.Length, extent.End - at)];
                if (memory is not null) memory.Read(at, part);
                else part[file!.File.Read(at, part)..].Clear();
                target.Write(at, part);
                at += part.Length;
            }
        }
    }

    /// <summary>Makes a file that has the bytes of the content below the draft's.</summary>
    private void Overlay(IDiskFile whole)
    {
        foreach (var extent in blanked.All) whole.PunchHole(extent.Start, extent.Length);
        CopyWritten(whole);
        if (whole.Length != length) whole.Truncate(length);
    }

    /// <summary>Takes bytes away: they are zeros, or behind the end.</summary>
    private void Drop(long start, long end)
    {
        if (start >= end) return;
        if (file is not null)
        {
            if (end >= length && file.File.Length > start) file.File.Truncate(start);
            else file.File.PunchHole(start, end - start);
            stained.Remove(start, end);
        }
        written.Remove(start, end);
        blanked.Add(start, Math.Min(end, (long)basis.Size));
    }

    private void Reserve(long offset, long size)
    {
        // What fits in memory has its room.
        if (file is null && (memory?.AllocatedBytes ?? 0) + size <= StorageLimits.DraftMemoryBytes) return;
        RequireFile();
        file!.File.Allocate(offset, size);
    }

    private void Extend(long end, bool keepSize)
    {
        if (keepSize) return;
        if (IsExternal)
        {
            if (file!.File.Length < end) file.File.Truncate(end);
        }
        else
        {
            length = Math.Max(length, end);
        }
        version++;
    }

    /// <summary>After a write that failed in part: where nothing was written before, nothing is written.</summary>
    private void TakeBack(long start, long end)
    {
        var torn = new ExtentSet();
        torn.Add(start, end);
        foreach (var extent in written.All) torn.Remove(extent.Start, extent.End);
        foreach (var extent in torn.All) stained.Add(extent.Start, extent.End);
    }

    /// <summary>Bytes of a file found after a crash of which the row does not know.</summary>
    private void MarkStained(long fileLength)
    {
        if (IsExternal || fileLength == 0) return;
        stained.Add(0, fileLength);
        foreach (var extent in written.All) stained.Remove(extent.Start, extent.End);
    }

    /// <summary>Makes the staging file just what the draft is.</summary>
    private void Complete()
    {
        foreach (var extent in stained.All) file!.File.PunchHole(extent.Start, extent.Length);
        stained.Clear();
        if (file!.File.Length != length) file.File.Truncate(length);
    }

    private void Become(Content content)
    {
        basis = content;
        length = (long)content.Size;
        written.Clear();
        blanked.Clear();
        stained.Clear();
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

    private enum RunKind
    {
        Written,
        Below,
        Zeros,
        External,
    }
}
