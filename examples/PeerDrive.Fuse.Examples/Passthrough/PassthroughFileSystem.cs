using System.Collections.Concurrent;
using System.Text;
using Microsoft.Win32.SafeHandles;
using PeerDrive.Native;
using PeerDrive.Native.Files;

namespace PeerDrive.Fuse.Examples.Passthrough;

/// <summary>
/// Shows a directory as it is, for measuring what the way through a file system costs. Runs as root; permissions are the kernel's
/// to check. Nothing else may change the directory meanwhile.
/// </summary>
/// <param name="wantsPassthrough">Hand open files to the kernel where it can take them.</param>
internal sealed class PassthroughFileSystem(SafeFileHandle top, bool wantsPassthrough) : FuseFileSystem
{
    private static readonly TimeSpan Timeout = TimeSpan.FromDays(1);
    private const OpenFlags NameOnly = OpenFlags.PathOnly | OpenFlags.NoFollow;

    private readonly Lock gate = new();
    private readonly Dictionary<(ulong, ulong), PassthroughNode> byFile = [];
    private readonly ConcurrentDictionary<ulong, PassthroughNode> nodes = new([KeyValuePair.Create(Root, new PassthroughNode(Root, top, Libc.Stat(top)))]);
    private readonly ConcurrentDictionary<ulong, SafeFileHandle> files = [];
    private readonly ConcurrentDictionary<ulong, List<FolderEntry>> directories = [];
    private ulong lastNode = Root, lastHandle;
    private FuseConnection? connection;

    public override FuseFeatures Features => FuseFeatures.TellsChanges | (wantsPassthrough ? FuseFeatures.Passthrough : 0);

    public override void Start(FuseConnection connection) => this.connection = connection;

    public override ValueTask<FuseResult<FuseEntry>> LookUp(FuseContext context, ulong parent, ReadOnlyMemory<byte> name) => new(Find(parent, name.Span));

    public override void Forget(ulong node, ulong count)
    {
        lock (gate)
        {
            if (node == Root || !nodes.TryGetValue(node, out var known)) return;
            known.Lookups -= Math.Min(count, known.Lookups);
            if (known.Lookups > 0) return;
            byFile.Remove(known.Key);
            nodes.TryRemove(node, out _);
            known.Handle.Dispose();
        }
    }

    public override ValueTask<FuseResult<FuseStatus>> GetAttributes(FuseContext context, ulong node, ulong? handle) => new(Status(node));

    public override ValueTask<FuseResult<FuseStatus>> SetAttributes(FuseContext context, ulong node, FuseAttributeChanges changes)
    {
        if (changes.Uid is not null || changes.Gid is not null) return new(Errno.NotPermitted);
        var path = ProcPath(nodes[node].Handle);
        if (changes.Size is { } size)
        {
            using var file = Libc.Open(path, OpenFlags.WriteOnly);
            Libc.Truncate(file, size);
        }
        if (changes.Mode is { } mode)
        {
            using var file = Libc.Open(path, OpenFlags.ReadOnly | OpenFlags.NonBlocking);
            Libc.SetPermissions(file, mode & 0xFFF);
        }
        if (changes.Mtime is { } mtime && changes.Size is null)
        {
            File.SetLastWriteTimeUtc(Encoding.UTF8.GetString(path), DateTime.UnixEpoch.AddTicks(mtime.ToNanoseconds() / 100));
        }
        return new(Status(node));
    }

    public override ValueTask<FuseResult<ReadOnlyMemory<byte>>> ReadSymbolicLink(FuseContext context, ulong node) =>
        new((ReadOnlyMemory<byte>)Libc.ReadSymbolicLink(nodes[node].Handle, ""u8));

    public override ValueTask<FuseResult<FuseEntry>> MakeSymbolicLink(FuseContext context, ulong parent, ReadOnlyMemory<byte> name, ReadOnlyMemory<byte> target)
    {
        Libc.MakeSymbolicLink(target.Span, nodes[parent].Handle, name.Span);
        return new(Find(parent, name.Span));
    }

    public override ValueTask<FuseResult<FuseEntry>> MakeNode(FuseContext context, ulong parent, ReadOnlyMemory<byte> name, uint mode, uint deviceNumber)
    {
        Libc.MakeNode(nodes[parent].Handle, name.Span, mode, (ulong)(deviceNumber >> 8) << 32 | (deviceNumber & 0xFF));
        return new(Find(parent, name.Span));
    }

    public override ValueTask<FuseResult<FuseEntry>> MakeDirectory(FuseContext context, ulong parent, ReadOnlyMemory<byte> name, uint mode)
    {
        Libc.MakeFolder(nodes[parent].Handle, name.Span, mode);
        return new(Find(parent, name.Span));
    }

    public override ValueTask<Errno> Unlink(FuseContext context, ulong parent, ReadOnlyMemory<byte> name)
    {
        Libc.Unlink(nodes[parent].Handle, name.Span, isFolder: false);
        return new(Errno.None);
    }

    public override ValueTask<Errno> RemoveDirectory(FuseContext context, ulong parent, ReadOnlyMemory<byte> name)
    {
        Libc.Unlink(nodes[parent].Handle, name.Span, isFolder: true);
        return new(Errno.None);
    }

    public override ValueTask<Errno> Rename(
        FuseContext context, ulong parent, ReadOnlyMemory<byte> name, ulong newParent, ReadOnlyMemory<byte> newName, RenameMode mode)
    {
        Libc.Rename(nodes[parent].Handle, name.Span, nodes[newParent].Handle, newName.Span, mode);
        return new(Errno.None);
    }

    public override ValueTask<FuseResult<FuseOpened>> Open(FuseContext context, ulong node, OpenFlags flags)
    {
        const OpenFlags ofAccess = OpenFlags.ReadWrite | OpenFlags.WriteOnly | OpenFlags.Truncate;
        return new(Opened(nodes[node], Libc.Open(ProcPath(nodes[node].Handle), flags & ofAccess)));
    }

    public override ValueTask<FuseResult<FuseCreated>> Create(FuseContext context, ulong parent, ReadOnlyMemory<byte> name, uint mode, OpenFlags flags)
    {
        const OpenFlags ofCreation = OpenFlags.ReadWrite | OpenFlags.WriteOnly | OpenFlags.Truncate | OpenFlags.Create | OpenFlags.Exclusive;
        var file = Libc.OpenAt(nodes[parent].Handle, name.Span, (flags & ofCreation) | OpenFlags.NoFollow, mode);
        var entry = Find(parent, name.Span);
        if (entry.Error == Errno.None) return new(new FuseCreated(entry.Value, Opened(nodes[entry.Value.Node], file)));
        file.Dispose();
        return new(entry.Error);
    }

    public override ValueTask<FuseResult<int>> Read(FuseContext context, ulong node, ulong handle, long offset, Memory<byte> destination) =>
        new(Libc.Read(files[handle], destination.Span, offset));

    public override ValueTask<FuseResult<int>> Write(
        FuseContext context, ulong node, ulong handle, long offset, ReadOnlyMemory<byte> source, FuseWriteFlags flags)
    {
        Libc.Write(files[handle], source.Span, offset);
        return new(source.Length);
    }

    public override ValueTask<Errno> Release(FuseContext context, ulong node, ulong handle)
    {
        if (files.TryRemove(handle, out var file)) file.Dispose();
        lock (gate)
        {
            if (nodes.TryGetValue(node, out var known) && known.BackingUsers > 0 && --known.BackingUsers == 0)
            {
                connection!.CloseBacking(known.BackingId);
                known.BackingId = 0;
            }
        }
        return new(Errno.None);
    }

    public override ValueTask<Errno> Sync(FuseContext context, ulong node, ulong handle, bool contentOnly)
    {
        if (contentOnly) Libc.Fdatasync(files[handle]);
        else Libc.Fsync(files[handle]);
        return new(Errno.None);
    }

    public override ValueTask<FuseResult<FuseOpened>> OpenDirectory(FuseContext context, ulong node, OpenFlags flags)
    {
        using var folder = Libc.Open(ProcPath(nodes[node].Handle), OpenFlags.ReadOnly | OpenFlags.Folder);
        var handle = Interlocked.Increment(ref lastHandle);
        directories[handle] = Libc.ReadFolder(folder);
        return new(new FuseOpened(handle));
    }

    public override ValueTask<Errno> ReadDirectory(FuseContext context, ulong node, ulong handle, long offset, FuseDirectoryWriter writer)
    {
        var lines = directories[handle];
        for (var i = (int)offset; i < lines.Count; i++)
        {
            var line = lines[i];
            if (!writer.WantsEntries)
            {
                if (!writer.TryAdd(line.Name, line.Inode, line.Kind, i + 1)) break;
                continue;
            }
            var entry = Find(node, line.Name);
            if (entry.Error != Errno.None || writer.TryAdd(line.Name, entry.Value, i + 1)) continue;
            Forget(entry.Value.Node, 1);
            break;
        }
        return new(Errno.None);
    }

    public override ValueTask<Errno> ReleaseDirectory(FuseContext context, ulong node, ulong handle)
    {
        directories.TryRemove(handle, out _);
        return new(Errno.None);
    }

    public override ValueTask<FuseResult<FuseSpace>> GetSpace(FuseContext context, ulong node)
    {
        const uint blockBytes = 4096;
        var space = Libc.Space(top);
        var free = (ulong)space.FreeBytes / blockBytes;
        return new(new FuseSpace(blockBytes, (ulong)space.TotalBytes / blockBytes, free, free, (ulong)space.FreeInodes, (ulong)space.FreeInodes));
    }

    private static byte[] ProcPath(SafeFileHandle handle) => Encoding.UTF8.GetBytes($"/proc/self/fd/{handle.DangerousGetHandle()}");

    private FuseResult<FuseStatus> Status(ulong node) => new FuseStatus(Attributes(Libc.Stat(nodes[node].Handle)), Timeout);

    private FuseResult<FuseEntry> Find(ulong parent, ReadOnlySpan<byte> name)
    {
        var folder = nodes[parent].Handle;
        if (Libc.StatAt(folder, name) is not { } stat) return FuseEntry.Nothing(Timeout);
        PassthroughNode? node;
        lock (gate)
        {
            if (!byFile.TryGetValue((stat.Device, stat.Inode), out node))
            {
                node = new PassthroughNode(++lastNode, Libc.OpenAt(folder, name, NameOnly), stat);
                byFile[node.Key] = node;
                nodes[node.Id] = node;
            }
            node.Lookups++;
        }
        return new FuseEntry { Node = node.Id, Attributes = Attributes(stat), NameTimeout = Timeout, AttributeTimeout = Timeout };
    }

    /// <summary>All open files of a node go by one id, for as long as there are any.</summary>
    private FuseOpened Opened(PassthroughNode node, SafeFileHandle file)
    {
        var handle = Interlocked.Increment(ref lastHandle);
        files[handle] = file;
        if (!connection!.HasPassthrough) return new FuseOpened(handle, FuseOpenReply.KeepCache);
        lock (gate)
        {
            if (node.BackingUsers == 0)
            {
                using var both = Libc.Open(ProcPath(node.Handle), OpenFlags.ReadWrite);
                var backing = connection.OpenBacking(both);
                if (backing.Error != Errno.None) throw new ErrnoException((int)backing.Error, "backing file");
                node.BackingId = backing.Value;
            }
            node.BackingUsers++;
            return new FuseOpened(handle, FuseOpenReply.Passthrough, node.BackingId);
        }
    }

    private static FuseAttributes Attributes(in FileStat stat) => new()
    {
        Inode = stat.Inode,
        Mode = stat.Mode,
        Links = stat.Links,
        Uid = stat.Uid,
        Gid = stat.Gid,
        Size = stat.Size,
        Blocks = stat.Blocks,
        Atime = FuseTime.FromNanoseconds(stat.Mtime),
        Mtime = FuseTime.FromNanoseconds(stat.Mtime),
        Ctime = FuseTime.FromNanoseconds(stat.Ctime),
    };
}
