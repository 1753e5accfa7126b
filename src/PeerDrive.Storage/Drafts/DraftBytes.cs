using PeerDrive.Model.Errors;
using PeerDrive.Model.Revisions;
using PeerDrive.Storage.Contents;
using PeerDrive.Storage.Disks;
using PeerDrive.Storage.Packs;

namespace PeerDrive.Storage.Drafts;

/// <summary>
/// Which byte of a draft comes from where, and the memory or file that has what was written: first in memory, once there is more in a sparse file.
/// Used under its draft's gate.
/// </summary>
internal sealed class DraftBytes
{
    private const int CopyBytes = 1 << 20;

    private readonly DraftStore store;

    /// <summary>Bytes that come from memory or the staging file, and bytes of the content below that are zeros by now.</summary>
    private readonly ExtentSet written, blanked;

    /// <summary>Bytes of the staging file that are not in <see cref="written"/> and may be no zeros: left by a failed write or a crash.</summary>
    private readonly ExtentSet stained = new();

    private MemoryPages? memory;

    public DraftBytes(DraftStore store, Content basis, long length, ExtentSet written, ExtentSet blanked, StagingFile? file, long fileLength)
    {
        this.store = store;
        this.written = written;
        this.blanked = blanked;
        Basis = basis;
        Length = length;
        File = file;
        stained.Add(0, fileLength);
        foreach (var extent in written.All) stained.Remove(extent.Start, extent.End);
    }

    public Content Basis
    {
        get;
        private set
        {
            field = value;
            Below?.Dispose();
            Below = store.Contents.OpenReader(value);
        }
    }

    public ContentReader Below { get; private set; } = null!;

    public long Length { get; private set; }

    public StagingFile? File { get; private set; }

    public long WrittenBytes => written.Bytes;

    public long AllocatedBytes
    {
        get
        {
            var own = memory?.AllocatedBytes ?? File?.File.Status.AllocatedBytes ?? 0;
            var below = Math.Min(Length, (long)Basis.Size);
            for (long at = 0; at < below;)
            {
                var (kind, end) = RunAt(at);
                if (kind == RunKind.Below) own += end - at;
                at = end;
            }
            return own;
        }
    }

    /// <summary>The kind of a byte before the end, and where the run ends that has only bytes of this kind.</summary>
    public (RunKind Kind, long End) RunAt(long offset)
    {
        if (written.EndAt(offset) is { } writtenEnd) return (memory is null ? RunKind.Staged : RunKind.Memory, Math.Min(writtenEnd, Length));
        var end = Math.Min(Length, written.NextStart(offset));
        if (offset >= (long)Basis.Size) return (RunKind.Zeros, end);
        if (blanked.EndAt(offset) is { } blankedEnd) return (RunKind.Zeros, Math.Min(end, blankedEnd));
        return (RunKind.Below, Math.Min(Math.Min(end, (long)Basis.Size), blanked.NextStart(offset)));
    }

    /// <summary>Reads of a run in memory.</summary>
    public void ReadMemory(long offset, Span<byte> destination) => memory!.Read(offset, destination);

    public void Write(long offset, ReadOnlySpan<byte> source)
    {
        var end = offset + source.Length;
        if (File is not null || !TryWriteToMemory(offset, source))
        {
            RequireFile();
            try
            {
                File!.File.Write(offset, source);
            }
            catch (PeerDriveException)
            {
                TakeBack(offset, end);
                throw;
            }
        }
        written.Add(offset, end);
        stained.Remove(offset, end);
        Length = Math.Max(Length, end);
    }

    /// <param name="keep">The staging file keeps what is cut: a row may still tell of it.</param>
    public void Resize(long size, bool keep)
    {
        if (size < Length) Drop(size, Length, keep);
        Length = size;
    }

    /// <summary>Takes bytes away: they are zeros, or behind the end.</summary>
    /// <inheritdoc cref="Resize" path="/param"/>
    public void Drop(long start, long end, bool keep)
    {
        end = Math.Min(end, Length);
        if (start >= end) return;
        if (File is not null && keep)
        {
            stained.Add(start, Math.Min(end, File.File.Length));
        }
        else if (File is not null)
        {
            if (end == Length && File.File.Length > start) File.File.Truncate(start);
            else File.File.PunchHole(start, end - start);
            stained.Remove(start, end);
        }
        written.Remove(start, end);
        blanked.Add(start, Math.Min(end, (long)Basis.Size));
    }

    public void Reserve(long offset, long size)
    {
        // What fits in memory has its room.
        if (File is null && (memory?.AllocatedBytes ?? 0) + size <= StorageLimits.DraftMemoryBytes) return;
        RequireFile();
        File!.File.Allocate(offset, size);
    }

    public long? NextData(long offset)
    {
        while (offset < Length)
        {
            var (kind, end) = RunAt(offset);
            if (kind is RunKind.Below or RunKind.Memory) return offset;
            if (kind == RunKind.Staged && File!.File.NextData(offset) is var next && next < end) return next;
            offset = end;
        }
        return null;
    }

    public long? NextHole(long offset)
    {
        if (offset >= Length) return null;
        while (offset < Length)
        {
            var (kind, end) = RunAt(offset);
            if (kind == RunKind.Zeros) return offset;
            if (kind == RunKind.Staged && File!.File.NextHole(offset) is var next && next < end) return next;
            offset = end;
        }
        return Length;
    }

    /// <summary>Ranges that differ from the content below, in order; null when there is none below.</summary>
    public List<(long Start, long End)>? Changes()
    {
        if (Basis.IsEmpty) return null;
        var all = new ExtentSet();
        foreach (var extent in written.All) all.Add(extent.Start, Math.Min(extent.End, Length));
        foreach (var extent in blanked.All) all.Add(extent.Start, Math.Min(extent.End, Length));
        all.Add(Math.Min(Length, (long)Basis.Size), Math.Max(Length, (long)Basis.Size));
        return [.. all.All.Select(extent => (extent.Start, extent.End))];
    }

    public DraftRow ToRow(ulong id, long version, bool isExternal) => new(id, version, File?.Number, isExternal, Length, Basis, written.Encode(), blanked.Encode());

    /// <summary>Moves what is in memory to a file.</summary>
    public void LeaveMemory()
    {
        if (memory is not null) RequireFile();
    }

    /// <summary>Moves what is in memory to a file, or makes an empty one.</summary>
    public void RequireFile()
    {
        if (File is not null) return;
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
        File = made;
        DropMemory();
    }

    /// <summary>Makes the staging file of a draft over nothing just what the draft is.</summary>
    public void Complete()
    {
        foreach (var extent in stained.All) File!.File.PunchHole(extent.Start, extent.Length);
        stained.Clear();
        if (File!.File.Length != Length) File.File.Truncate(Length);
    }

    /// <summary>Gives room back that nothing tells of any more.</summary>
    public void Trim()
    {
        if (File is null || stained.Count == 0) return;
        foreach (var extent in stained.All) File.File.PunchHole(extent.Start, extent.Length);
        if (File.File.Length > written.End) File.File.Truncate(written.End);
        stained.Clear();
    }

    /// <summary>Lays what differs over a file that has the content below; the file is the staging file from then on.</summary>
    public void MoveOver(StagingFile whole)
    {
        foreach (var extent in blanked.All) whole.File.PunchHole(extent.Start, extent.Length);
        CopyWritten(whole.File);
        if (whole.File.Length != Length) whole.File.Truncate(Length);
        DropMemory();
        File = whole;
        Basis = Content.Empty;
        TakeFromFile(Length);
    }

    /// <summary>What the staging file has counts, in its whole length.</summary>
    public void TakeFromFile(long length)
    {
        Length = length;
        Clear();
        written.Add(0, length);
    }

    /// <summary>Nothing differs from a content any more, and there is no staging file.</summary>
    public void Become(Content content)
    {
        DropMemory();
        File = null;
        Basis = content;
        Length = (long)content.Size;
        Clear();
    }

    /// <summary>Whether <see cref="Become"/> was the last that happened.</summary>
    public bool IsJust(Content content) =>
        Basis == content && File is null && Length == (long)content.Size && written.Count == 0 && blanked.Count == 0;

    public void DropMemory()
    {
        if (memory is not null) store.ReturnMemory(memory.AllocatedBytes);
        memory = null;
    }

    private void Clear()
    {
        written.Clear();
        blanked.Clear();
        stained.Clear();
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

    private void CopyWritten(IDiskFile target)
    {
        using var buffer = new PooledBytes(CopyBytes);
        foreach (var extent in written.All)
        {
            for (var at = extent.Start; at < extent.End;)
            {
                var part = buffer.Span[..(int)Math.Min(buffer.Length, extent.End - at)];
                if (memory is not null) memory.Read(at, part);
                else part[File!.File.Read(at, part)..].Clear();
                target.Write(at, part);
                at += part.Length;
            }
        }
    }

    /// <summary>After a write that failed in part: where nothing was written before, nothing is written.</summary>
    private void TakeBack(long start, long end)
    {
        var torn = new ExtentSet();
        torn.Add(start, end);
        foreach (var extent in written.All) torn.Remove(extent.Start, extent.End);
        foreach (var extent in torn.All) stained.Add(extent.Start, extent.End);
    }
}
