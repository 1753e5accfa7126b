using System.Buffers;
using System.Runtime.InteropServices;
using PeerDrive.Native;

namespace PeerDrive.Fuse.Devices;

/// <summary>Anonymous memory of whole pages outside the collected heap, so that system calls need no pinning.</summary>
internal sealed unsafe class MappedMemory : MemoryManager<byte>
{
    public const int PageBytes = 4096;

    private readonly int length;
    private byte* start;

    public MappedMemory(int length)
    {
        const int readWrite = 3, privateAnonymous = 0x22;
        this.length = length;
        start = SystemCalls.Map(0, (nuint)length, readWrite, privateAnonymous, -1, 0);
        if ((nint)start == -1) throw new ErrnoException(Marshal.GetLastPInvokeError(), "mmap");
    }

    /// <summary>Valid until this is disposed.</summary>
    public byte* At(int offset) => start + offset;

    public override Span<byte> GetSpan()
    {
        ObjectDisposedException.ThrowIf(start is null, this);
        return new Span<byte>(start, length);
    }

    /// <summary>Gives the pages back to the system; they read as zeros afterwards.</summary>
    public void Release()
    {
        const int doNotNeed = 4;
        _ = SystemCalls.Advise(start, (nuint)length, doNotNeed);
    }

    public override MemoryHandle Pin(int elementIndex = 0)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)elementIndex, (uint)length);
        return new MemoryHandle(start + elementIndex);
    }

    public override void Unpin()
    {
    }

    protected override void Dispose(bool disposing)
    {
        if (start is null) return;
        _ = SystemCalls.Unmap(start, (nuint)length);
        start = null;
    }
}
