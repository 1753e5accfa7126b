using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net.Sockets;
using Microsoft.Win32.SafeHandles;
using PeerDrive.Fuse.Abi;
using PeerDrive.Fuse.Devices;
using PeerDrive.Fuse.Dispatch;

namespace PeerDrive.Fuse.Tests.Dispatch;

/// <summary>The other end of the connection: a socket that keeps messages apart, as /dev/fuse does, in the kernel's place.</summary>
internal sealed class FakeKernel : IAsyncDisposable
{
    private const int ReplyHeaderBytes = 16;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly string path = Path.Combine(Path.GetTempPath(), $"fuse-{Environment.ProcessId}-{Interlocked.Increment(ref made)}");
    private readonly Socket socket;
    private readonly Socket device;
    private readonly FuseSession session;
    private static int made;
    private ulong unique;

    private FakeKernel(FuseFileSystem files, FuseMountOptions options)
    {
        using var listener = new Socket(AddressFamily.Unix, SocketType.Seqpacket, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen(1);
        socket = new Socket(AddressFamily.Unix, SocketType.Seqpacket, ProtocolType.Unspecified);
        socket.Connect(new UnixDomainSocketEndPoint(path));
        device = listener.Accept();
        device.Blocking = socket.Blocking = true;
        session = new FuseSession(new FuseDevice(new SafeFileHandle(device.Handle, ownsHandle: false)), files, options with { OnFault = Faults.Add });
    }

    /// <summary>Who asks.</summary>
    public uint Uid { get; set; } = 1000;

    public ConcurrentBag<Exception> Faults { get; } = [];

    public FuseNotifier Notifier => session.Notifier;

    public Task Ended => session.Ended;

    /// <summary>A session that has answered INIT.</summary>
    public static async Task<FakeKernel> StartAsync(FuseFileSystem files, FuseMountOptions? options = null)
    {
        var kernel = await StartWithoutInitAsync(files, options);
        var started = kernel.session.StartAsync();
        kernel.Send(kernel.NextUnique(), Opcode.Init, 0, Init(7, 45, 0x73FFFFFB, 0x7FD));
        var (error, _) = kernel.Receive(kernel.unique);
        Assert.Equal(0, error);
        await started.WaitAsync(Limit);
        return kernel;
    }

    /// <summary>A session before INIT, not yet started.</summary>
    public static Task<FakeKernel> StartWithoutInitAsync(FuseFileSystem files, FuseMountOptions? options = null) =>
        Task.FromResult(new FakeKernel(files, options ?? new FuseMountOptions { Threads = 2 }));

    public Task StartSessionAsync() => session.StartAsync();

    public ulong NextUnique() => unique += 2;

    public static byte[] Init(uint major, uint minor, uint flags, uint flags2)
    {
        var body = new byte[64];
        BinaryPrimitives.WriteUInt32LittleEndian(body, major);
        BinaryPrimitives.WriteUInt32LittleEndian(body.AsSpan(4), minor);
        BinaryPrimitives.WriteUInt32LittleEndian(body.AsSpan(8), 128 << 10);
        BinaryPrimitives.WriteUInt32LittleEndian(body.AsSpan(12), flags);
        BinaryPrimitives.WriteUInt32LittleEndian(body.AsSpan(16), flags2);
        return body;
    }

    /// <summary>Sends a well-formed request and waits for its answer.</summary>
    public (int Error, byte[] Body) Ask(Opcode opcode, ulong node, params byte[] body)
    {
        Send(NextUnique(), opcode, node, body);
        return Receive(unique);
    }

    public void Send(ulong number, Opcode opcode, ulong node, ReadOnlySpan<byte> body)
    {
        var message = new byte[40 + body.Length];
        BinaryPrimitives.WriteUInt32LittleEndian(message, (uint)message.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(message.AsSpan(4), (uint)opcode);
        BinaryPrimitives.WriteUInt64LittleEndian(message.AsSpan(8), number);
        BinaryPrimitives.WriteUInt64LittleEndian(message.AsSpan(16), node);
        BinaryPrimitives.WriteUInt32LittleEndian(message.AsSpan(24), Uid);
        BinaryPrimitives.WriteUInt32LittleEndian(message.AsSpan(28), 1001);
        BinaryPrimitives.WriteUInt32LittleEndian(message.AsSpan(32), 4242);
        body.CopyTo(message.AsSpan(40));
        SendRaw(message);
    }

    public void SendRaw(ReadOnlySpan<byte> message) => socket.Send(message);

    /// <summary>The next reply, which has to be to this request.</summary>
    public (int Error, byte[] Body) Receive(ulong number)
    {
        var (found, error, body) = ReceiveAny();
        Assert.Equal(number, found);
        return (error, body);
    }

    public (ulong Unique, int Error, byte[] Body) ReceiveAny()
    {
        var buffer = new byte[2 << 20];
        socket.ReceiveTimeout = (int)Limit.TotalMilliseconds;
        var length = socket.Receive(buffer);
        Assert.True(length >= ReplyHeaderBytes, "A reply has a header.");
        Assert.Equal((uint)length, BinaryPrimitives.ReadUInt32LittleEndian(buffer));
        return (BinaryPrimitives.ReadUInt64LittleEndian(buffer.AsSpan(8)), -BinaryPrimitives.ReadInt32LittleEndian(buffer.AsSpan(4)), buffer[ReplyHeaderBytes..length]);
    }

    /// <summary>The kernel goes away; waits until everything has ended.</summary>
    public async ValueTask DisposeAsync()
    {
        socket.Dispose();
        await session.CompleteAsync().WaitAsync(Limit);
        session.Dispose();
        device.Dispose();
        File.Delete(path);
    }
}
