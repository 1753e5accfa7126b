using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using PeerDrive.Fuse.Abi;
using PeerDrive.Fuse.Devices;

namespace PeerDrive.Fuse.Dispatch;

/// <summary>
/// Room for one request and its reply, used again and again. It belongs to the reader until an operation goes on by itself;
/// then to that operation, until it is answered and returned to the <see cref="RequestPool"/>.
/// </summary>
/// <remarks>
/// Both parts lie so that the bulk starts a page: what WRITE brings, 80 bytes after the start of the request, and what READ
/// answers, 16 bytes after the start of the reply.
/// </remarks>
internal sealed unsafe class FuseRequest : IDisposable
{
    /// <summary>In front of the bytes of a WRITE: its header and its body.</summary>
    private const int WriteOverhead = 80;
    private const int InputStart = MappedMemory.PageBytes - WriteOverhead;
    private const int ReplyHeaderBytes = 16, RequestHeaderBytes = 40;

    private readonly MappedMemory memory;
    private readonly int payloadStart;
    private int argumentBytes;

    /// <param name="bulkBytes">The most that one READ or WRITE carries; whole pages.</param>
    public FuseRequest(int bulkBytes)
    {
        BulkBytes = Math.Max(bulkBytes, 2 * MappedMemory.PageBytes);
        payloadStart = 3 * MappedMemory.PageBytes + BulkBytes;
        memory = new MappedMemory(payloadStart + BulkBytes + MappedMemory.PageBytes);
    }

    public int BulkBytes { get; }

    /// <summary>What a read must have room for.</summary>
    public int Capacity => BulkBytes + WriteOverhead + MappedMemory.PageBytes;

    public FuseContext Context { get; } = new();

    public FuseDirectoryWriter DirectoryWriter => field ??= new FuseDirectoryWriter();

    /// <summary>Where it came from and the reply goes.</summary>
    public FuseDevice Device { get; private set; } = null!;

    public Opcode Opcode { get; private set; }

    public ulong Node { get; private set; }

    /// <summary>Nothing more is to be said about it.</summary>
    public bool IsAnswered { get; private set; }

    /// <summary>The body, without extensions.</summary>
    public ReadOnlyMemory<byte> Arguments => memory.Memory.Slice(InputStart + RequestHeaderBytes, argumentBytes);

    /// <summary>Where a reply's body goes.</summary>
    public Span<byte> Payload => new(memory.At(payloadStart), BulkBytes);

    public Memory<byte> PayloadMemory(int length) => memory.Memory.Slice(payloadStart, length);

    /// <summary>Waits for the next request and takes its header apart.</summary>
    /// <returns>Its length; 0 when what came is not a request; minus the error number when the read failed.</returns>
    public int Receive(FuseDevice device, out bool isRequest)
    {
        isRequest = false;
        Device = device;
        var length = device.Read(memory.At(InputStart), Capacity);
        if (length < RequestHeaderBytes) return length;
        var header = Unsafe.ReadUnaligned<Incoming.Header>(memory.At(InputStart));
        var extensions = header.ExtensionLength * 8;
        if (header.Length != length || header.Unique == 0 || extensions > length - RequestHeaderBytes) return length;
        argumentBytes = length - RequestHeaderBytes - extensions;
        (Opcode, Node, IsAnswered) = (header.Opcode, header.Node, false);
        Context.Begin(header.Unique, header.Uid, header.Gid, header.Pid);
        isRequest = true;
        return length;
    }

    /// <summary>Answers with the first bytes of <see cref="Payload"/>.</summary>
    /// <returns>None; or NotFound when the kernel no longer waits for it.</returns>
    public Errno Answer(int length) => Send(Errno.None, length);

    public Errno Answer<T>(in T body) where T : unmanaged
    {
        MemoryMarshal.Write(Payload, in body);
        return Send(Errno.None, Unsafe.SizeOf<T>());
    }

    public void ExpectNoAnswer() => IsAnswered = true;

    public Errno Fail(Errno error) => Send(error, 0);

    /// <summary>Gives memory back that a large request has touched.</summary>
    public void Trim() => memory.Release();

    public void Dispose() => ((IDisposable)memory).Dispose();

    private Errno Send(Errno error, int length)
    {
        IsAnswered = true;
        var start = memory.At(payloadStart - ReplyHeaderBytes);
        Unsafe.WriteUnaligned(start, new Outgoing.Header { Length = (uint)(ReplyHeaderBytes + length), Error = -(int)error, Unique = Context.Unique });
        return Device.Write(start, ReplyHeaderBytes + length);
    }
}
