using System.Collections.Concurrent;
using System.Text;
using PeerDrive.Native.Files;

namespace PeerDrive.Fuse.Tests.Dispatch;

/// <summary>Notes what is asked for. Reads of <see cref="Waiting"/> wait for the test, or for an interrupt.</summary>
internal sealed class RecordingFileSystem : FuseFileSystem
{
    public const ulong Waiting = 77, Throwing = 78, Overflowing = 79;

    public ConcurrentQueue<string> Asked { get; } = [];

    public TaskCompletionSource<int> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public TaskCompletionSource ReadStarted { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public TaskCompletionSource Stopped { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public FuseConnection? Connection { get; private set; }

    public override void Start(FuseConnection connection) => Connection = connection;

    public override void Stop() => Stopped.TrySetResult();

    public override void Forget(ulong node, ulong count) => Asked.Enqueue($"forget {node} {count}");

    public override ValueTask<FuseResult<FuseEntry>> LookUp(FuseContext context, ulong parent, ReadOnlyMemory<byte> name)
    {
        Asked.Enqueue($"lookup {parent} {Text(name)} by {context.Uid}:{context.Gid} {context.Pid}");
        return new(new FuseEntry
        {
            Node = 5, Generation = 6, NameTimeout = TimeSpan.FromMilliseconds(1500), AttributeTimeout = TimeSpan.FromDays(1),
            Attributes = new FuseAttributes { Inode = 55, Mode = 0x81A4, Size = 7, Mtime = new FuseTime(-1, 999_999_999) },
        });
    }

    public override ValueTask<FuseResult<int>> Read(FuseContext context, ulong node, ulong handle, long offset, Memory<byte> destination) => node switch
    {
        Waiting => new(WaitAsync(context, destination)),
        Throwing => throw new InvalidOperationException("thrown on purpose"),
        Overflowing => new(destination.Length + 1),
        _ => new(Fill(destination, offset)),
    };

    public override ValueTask<FuseResult<int>> Write(
        FuseContext context, ulong node, ulong handle, long offset, ReadOnlyMemory<byte> source, FuseWriteFlags flags)
    {
        Asked.Enqueue($"write {node} {handle} {offset} {Text(source)}");
        return new(source.Length);
    }

    public override ValueTask<Errno> Allocate(FuseContext context, ulong node, ulong handle, long offset, long length, FuseAllocate mode)
    {
        Asked.Enqueue($"allocate {node} {offset} {length} clears {context.ClearPrivileges}");
        return new(Errno.None);
    }

    public override ValueTask<FuseResult<long>> CopyRange(
        FuseContext context, ulong node, ulong handle, long offset, ulong targetNode, ulong targetHandle, long targetOffset, long length)
    {
        Asked.Enqueue($"copy {node} {targetNode} {length} clears {context.ClearPrivileges}");
        return new(length);
    }

    public override ValueTask<FuseResult<long>> Seek(FuseContext context, ulong node, ulong handle, long offset, FuseSeek what)
    {
        Asked.Enqueue($"seek {node} {offset} {what}");
        return new(offset);
    }

    public override ValueTask<Errno> Rename(
        FuseContext context, ulong parent, ReadOnlyMemory<byte> name, ulong newParent, ReadOnlyMemory<byte> newName, RenameMode mode)
    {
        Asked.Enqueue($"rename {parent} {Text(name)} {newParent} {Text(newName)} {mode}");
        return new(Errno.None);
    }

    public override ValueTask<Errno> SetXattr(FuseContext context, ulong node, ReadOnlyMemory<byte> name, ReadOnlyMemory<byte> value, XattrMode mode)
    {
        Asked.Enqueue($"setxattr {node} {Text(name)} {Text(value)} {mode}");
        return new(Errno.None);
    }

    public override ValueTask<FuseResult<ReadOnlyMemory<byte>>> GetXattr(FuseContext context, ulong node, ReadOnlyMemory<byte> name) =>
        new((ReadOnlyMemory<byte>)"value"u8.ToArray());

    public override ValueTask<Errno> ReadDirectory(FuseContext context, ulong node, ulong handle, long offset, FuseDirectoryWriter writer)
    {
        for (var i = offset; i < 1000; i++)
        {
            var entry = new FuseEntry { Node = (ulong)i + 100, Attributes = new FuseAttributes { Inode = (ulong)i + 100, Mode = 0x81A4 } };
            if (!writer.TryAdd(Encoding.UTF8.GetBytes($"file {i}"), entry, i + 1)) break;
        }
        return new(Errno.None);
    }

    private static int Fill(Memory<byte> destination, long offset)
    {
        for (var i = 0; i < destination.Length; i++) destination.Span[i] = (byte)(offset + i);
        return destination.Length;
    }

    private static string Text(ReadOnlyMemory<byte> bytes) => Encoding.UTF8.GetString(bytes.Span);

    private async Task<FuseResult<int>> WaitAsync(FuseContext context, Memory<byte> destination)
    {
        var cancellation = context.Cancellation;
        ReadStarted.TrySetResult();
        var count = await Answer.Task.WaitAsync(cancellation);
        destination.Span[..count].Fill((byte)'w');
        return count;
    }
}
