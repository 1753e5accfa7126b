using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Threading.Channels;
using PeerDrive.Fuse.Abi;
using PeerDrive.Fuse.Devices;

namespace PeerDrive.Fuse;

/// <summary>
/// Tells the kernel what it may no longer believe, so that programs see changes that did not come through the mount. Messages
/// are delivered in order, by a thread of its own: the kernel may have to wait for an operation in progress before it takes
/// one. That something is not known to the kernel is no error.
/// </summary>
/// <remarks>
/// The queue is bounded; when it is full, the methods complete once there is room. So an operation must not wait for them,
/// nor hold a lock while waiting that an operation needs.
/// </remarks>
public sealed class FuseNotifier
{
    private const int QueueLength = 8192;
    private const int InvalidateNodeCode = 2, InvalidateNameCode = 3, DeletedCode = 6;
    private const uint ExpireOnly = 1;

    private readonly Channel<(byte[] Message, TaskCompletionSource? Reached)> queue =
        Channel.CreateBounded<(byte[], TaskCompletionSource?)>(new BoundedChannelOptions(QueueLength) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });
    private readonly FuseDevice device;
    private readonly Action<Exception> onFault;
    private readonly Thread thread;

    internal FuseNotifier(FuseDevice device, Action<Exception> onFault)
    {
        this.device = device;
        this.onFault = onFault;
        thread = new Thread(Run) { IsBackground = true, Name = "fuse notifier" };
    }

    /// <summary>Attributes and content of a node; of a directory, its cached lines.</summary>
    public ValueTask NodeChanged(ulong node) => NodeChanged(node, 0, 0);

    /// <summary>Attributes, and content from an offset on; a length of 0 reaches to the end, an offset of -1 leaves the content alone.</summary>
    public ValueTask NodeChanged(ulong node, long offset, long length) =>
        Send(Message(node, offset, length));

    /// <summary>What a name leads to, also that it leads nowhere.</summary>
    public ValueTask NameChanged(ulong parent, ReadOnlySpan<byte> name) =>
        Send(Message(InvalidateNameCode, new Outgoing.InvalidateName { Parent = parent, NameLength = (uint)name.Length }, name));

    /// <summary>As <see cref="NameChanged"/>, but what is mounted or open below stays until it is looked up again.</summary>
    public ValueTask NameExpired(ulong parent, ReadOnlySpan<byte> name) =>
        Send(Message(InvalidateNameCode, new Outgoing.InvalidateName { Parent = parent, NameLength = (uint)name.Length, Flags = ExpireOnly }, name));

    /// <summary>A name is gone; who watches the file itself with inotify is told (the kernel tells nobody who watches the directory).</summary>
    /// <param name="node">What it led to.</param>
    public ValueTask NameDeleted(ulong parent, ulong node, ReadOnlySpan<byte> name) =>
        Send(Message(DeletedCode, new Outgoing.Deleted { Parent = parent, Child = node, NameLength = (uint)name.Length }, name));

    /// <summary>Completes when all that was told before has reached the kernel, or the mount has ended. Not to be awaited by an operation.</summary>
    public async Task Delivered(CancellationToken cancellation)
    {
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        try
        {
            await queue.Writer.WriteAsync(([], reached), cancellation).ConfigureAwait(false);
        }
        catch (ChannelClosedException)
        {
            return;
        }
        await reached.Task.WaitAsync(cancellation).ConfigureAwait(false);
    }

    internal void Start() => thread.Start();

    /// <summary>What is still queued is dropped. Waits for the thread.</summary>
    internal void Stop()
    {
        queue.Writer.TryComplete();
        if (thread.IsAlive) thread.Join();
    }

    internal static byte[] Message(ulong node, long offset, long length) =>
        Message(InvalidateNodeCode, new Outgoing.InvalidateNode { Node = node, Offset = offset, Length = length }, default);

    private static byte[] Message<T>(int code, in T body, ReadOnlySpan<byte> name) where T : unmanaged
    {
        const int headerBytes = 16;
        var nameAt = headerBytes + Unsafe.SizeOf<T>();
        // Names end with a NUL; what has none ends here.
        var message = new byte[code == InvalidateNodeCode ? nameAt : nameAt + name.Length + 1];
        MemoryMarshal.Write(message, new Outgoing.Header { Length = (uint)message.Length, Error = code });
        MemoryMarshal.Write(message.AsSpan(headerBytes), in body);
        name.CopyTo(message.AsSpan(nameAt));
        return message;
    }

    private ValueTask Send(byte[] message) => queue.Writer.TryWrite((message, null)) ? ValueTask.CompletedTask : SendLaterAsync(message);

    private async ValueTask SendLaterAsync(byte[] message)
    {
        try
        {
            await queue.Writer.WriteAsync((message, null)).ConfigureAwait(false);
        }
        catch (ChannelClosedException)
        {
            // The mount has ended: there is nobody left to tell.
            return;
        }
    }

    private void Run()
    {
        var hasEnded = false;
        while (queue.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
        {
            while (queue.Reader.TryRead(out var next))
            {
                next.Reached?.TrySetResult();
                if (hasEnded || next.Message.Length == 0) continue;
                var error = device.Write(next.Message);
                hasEnded = error is Errno.NoDevice or Errno.ConnectionAborted or Errno.NotPermitted;
                if (!hasEnded && !IsExpected(error)) onFault(new FuseException(error, $"The kernel did not take a notification: {error}."));
            }
        }
    }

    /// <summary>The name or node is not cached, or not as it was told; a directory is in use.</summary>
    private static bool IsExpected(Errno error) =>
        error is Errno.None or Errno.NotFound or Errno.NotADirectory or Errno.NotEmpty or Errno.Busy or Errno.Stale;
}
