using System.Text;
using PeerDrive.Native.Files;

namespace PeerDrive.Fuse.Examples.Memory;

/// <summary>
/// A complete small file system whose files live in memory. Permissions are the kernel's to check (default_permissions). One
/// lock, held for the length of an operation.
/// </summary>
/// <param name="stalled">Reading a file of this name takes until the reader gives up; null: none does.</param>
internal sealed class MemoryFileSystem(TimeProvider time, string? stalled = null) : FuseFileSystem
{
    private const uint Directory = (uint)FileKind.Folder, Regular = (uint)FileKind.Regular, SymbolicLink = (uint)FileKind.SymbolicLink;
    private const uint SetGroup = 0x400;

    /// <summary>Nothing changes but through the mount, or is told.</summary>
    private static readonly TimeSpan Timeout = TimeSpan.FromDays(1);

    private readonly Lock gate = new();
    private readonly Dictionary<ulong, MemoryNode> nodes = new() { [Root] = new MemoryNode(Root, Directory | 0x1FF, default) { Links = 2 } };
    private readonly Dictionary<ulong, List<MemoryLine>> openDirectories = [];
    private ulong lastNode = Root, lastHandle;
    private long lastPlace = 2;
    private FuseConnection? connection;

    public override FuseFeatures Features => FuseFeatures.TellsChanges | FuseFeatures.ClearsPrivileges;

    public override void Start(FuseConnection connection) => this.connection = connection;

    public override ValueTask<FuseResult<FuseEntry>> LookUp(FuseContext context, ulong parent, ReadOnlyMemory<byte> name)
    {
        lock (gate) return new(nodes[parent].Lines.TryGetValue(Key(name.Span), out var line) ? Entry(line.Node) : FuseEntry.Nothing(Timeout));
    }

    public override void Forget(ulong node, ulong count)
    {
        lock (gate)
        {
            if (!nodes.TryGetValue(node, out var known) || node == Root) return;
            known.Lookups -= Math.Min(count, known.Lookups);
            DropIfUnused(known);
        }
    }

    public override ValueTask<FuseResult<FuseStatus>> GetAttributes(FuseContext context, ulong node, ulong? handle)
    {
        lock (gate) return new(new FuseStatus(nodes[node].Attributes(), Timeout));
    }

    public override ValueTask<FuseResult<FuseStatus>> SetAttributes(FuseContext context, ulong node, FuseAttributeChanges changes)
    {
        lock (gate)
        {
            var file = nodes[node];
            if (changes.Mode is { } mode) file.SetPermissions(mode);
            if (changes.Uid is not null || changes.Gid is not null || context.ClearPrivileges) file.ClearPrivileges();
            file.Uid = changes.Uid ?? file.Uid;
            file.Gid = changes.Gid ?? file.Gid;
            if (changes.Size is { } size) file.Content.Resize(size);
            file.Changed(Now(), content: changes.Size is not null);
            file.Atime = changes.AtimeIsNow ? Now() : changes.Atime ?? file.Atime;
            file.Mtime = changes.MtimeIsNow ? Now() : changes.Mtime ?? file.Mtime;
            return new(new FuseStatus(file.Attributes(), Timeout));
        }
    }

    public override ValueTask<FuseResult<ReadOnlyMemory<byte>>> ReadSymbolicLink(FuseContext context, ulong node)
    {
        lock (gate) return new(new FuseResult<ReadOnlyMemory<byte>>(nodes[node].Target, Errno.None));
    }

    public override ValueTask<FuseResult<FuseEntry>> MakeSymbolicLink(FuseContext context, ulong parent, ReadOnlyMemory<byte> name, ReadOnlyMemory<byte> target)
    {
        lock (gate) return new(Add(context, nodes[parent], name.Span, new MemoryNode(++lastNode, SymbolicLink | 0x1FF, Now()) { Target = target.ToArray() }));
    }

    public override ValueTask<FuseResult<FuseEntry>> MakeNode(FuseContext context, ulong parent, ReadOnlyMemory<byte> name, uint mode, uint deviceNumber)
    {
        lock (gate) return new(Add(context, nodes[parent], name.Span, new MemoryNode(++lastNode, mode, Now()) { DeviceNumber = deviceNumber }));
    }

    public override ValueTask<FuseResult<FuseEntry>> MakeDirectory(FuseContext context, ulong parent, ReadOnlyMemory<byte> name, uint mode)
    {
        lock (gate)
        {
            if (nodes[parent].IsSetGroupDirectory) mode |= SetGroup;
            return new(Add(context, nodes[parent], name.Span, new MemoryNode(++lastNode, Directory | mode, Now()) { Links = 2, Parent = nodes[parent] }));
        }
    }

    public override ValueTask<Errno> Unlink(FuseContext context, ulong parent, ReadOnlyMemory<byte> name)
    {
        lock (gate)
        {
            var folder = nodes[parent];
            if (!folder.Lines.TryGetValue(Key(name.Span), out var line)) return new(Errno.NotFound);
            if (line.Node.IsDirectory) return new(Errno.IsADirectory);
            Remove(folder, line);
            return new(Errno.None);
        }
    }

    public override ValueTask<Errno> RemoveDirectory(FuseContext context, ulong parent, ReadOnlyMemory<byte> name)
    {
        lock (gate)
        {
            var folder = nodes[parent];
            if (!folder.Lines.TryGetValue(Key(name.Span), out var line)) return new(Errno.NotFound);
            if (!line.Node.IsDirectory) return new(Errno.NotADirectory);
            if (line.Node.Lines.Count > 0) return new(Errno.NotEmpty);
            Remove(folder, line);
            return new(Errno.None);
        }
    }

    public override ValueTask<Errno> Rename(
        FuseContext context, ulong parent, ReadOnlyMemory<byte> name, ulong newParent, ReadOnlyMemory<byte> newName, RenameMode mode)
    {
        if (mode is not (RenameMode.Replace or RenameMode.NoReplace or RenameMode.Exchange)) return new(Errno.Invalid);
        lock (gate)
        {
            MemoryNode from = nodes[parent], to = nodes[newParent];
            if (!from.Lines.TryGetValue(Key(name.Span), out var line)) return new(Errno.NotFound);
            to.Lines.TryGetValue(Key(newName.Span), out var target);
            return new(mode == RenameMode.Exchange ? Exchange(from, line, to, target) : Move(from, line, to, newName.Span, target, mode));
        }
    }

    public override ValueTask<FuseResult<FuseEntry>> Link(FuseContext context, ulong node, ulong newParent, ReadOnlyMemory<byte> newName)
    {
        lock (gate)
        {
            var folder = nodes[newParent];
            if (folder.Lines.ContainsKey(Key(newName.Span))) return new(Errno.Exists);
            var file = nodes[node];
            file.Links++;
            file.Changed(Now());
            Put(folder, newName.ToArray(), file);
            return new(Entry(file));
        }
    }

    public override ValueTask<FuseResult<FuseOpened>> Open(FuseContext context, ulong node, OpenFlags flags)
    {
        lock (gate)
        {
            var file = nodes[node];
            if ((flags & OpenFlags.Truncate) != 0)
            {
                file.Content.Resize(0);
                ClearIfAsked(context, file);
                file.Changed(Now(), content: true);
            }
            return new(new FuseOpened(++lastHandle, FuseOpenReply.KeepCache));
        }
    }

    public override ValueTask<FuseResult<FuseCreated>> Create(FuseContext context, ulong parent, ReadOnlyMemory<byte> name, uint mode, OpenFlags flags)
    {
        lock (gate)
        {
            var folder = nodes[parent];
            if (folder.Lines.TryGetValue(Key(name.Span), out var line))
                return new((flags & OpenFlags.Exclusive) != 0 ? Errno.Exists : new FuseCreated(Entry(line.Node), new FuseOpened(++lastHandle)));
            var entry = Add(context, folder, name.Span, new MemoryNode(++lastNode, Regular | (mode & 0xFFF), Now()));
            return new(new FuseCreated(entry.Value, new FuseOpened(++lastHandle)));
        }
    }

    public override ValueTask<FuseResult<FuseCreated>> CreateUnnamed(FuseContext context, ulong parent, uint mode, OpenFlags flags)
    {
        lock (gate)
        {
            var file = new MemoryNode(++lastNode, Regular | (mode & 0xFFF), Now()) { Links = 0, Uid = context.Uid, Gid = context.Gid };
            nodes[file.Id] = file;
            return new(new FuseCreated(Entry(file), new FuseOpened(++lastHandle)));
        }
    }

    public override ValueTask<FuseResult<int>> Read(FuseContext context, ulong node, ulong handle, long offset, Memory<byte> destination)
    {
        lock (gate)
        {
            if (stalled is not null && nodes[Root].Lines.TryGetValue(stalled, out var line) && line.Node.Id == node) return new(Never(context.Cancellation));
            return new(nodes[node].Content.Read(offset, destination.Span));
        }
    }

    public override ValueTask<FuseResult<int>> Write(
        FuseContext context, ulong node, ulong handle, long offset, ReadOnlyMemory<byte> source, FuseWriteFlags flags)
    {
        lock (gate)
        {
            var file = nodes[node];
            file.Content.Write(offset, source.Span);
            ClearIfAsked(context, file);
            file.Changed(Now(), content: true);
            return new(source.Length);
        }
    }

    public override ValueTask<Errno> Sync(FuseContext context, ulong node, ulong handle, bool contentOnly) => new(Errno.None);

    public override ValueTask<FuseResult<FuseOpened>> OpenDirectory(FuseContext context, ulong node, OpenFlags flags)
    {
        lock (gate)
        {
            openDirectories[++lastHandle] = [];
            return new(new FuseOpened(lastHandle));
        }
    }

    public override ValueTask<Errno> ReadDirectory(FuseContext context, ulong node, ulong handle, long offset, FuseDirectoryWriter writer)
    {
        lock (gate)
        {
            var folder = nodes[node];
            if (offset == 0)
            {
                openDirectories[handle] = [.. folder.Lines.Values.OrderBy(line => line.Place)];
                if (!writer.TryAdd("."u8, folder.Id, FileKind.Folder, offset = 1)) return new(Errno.None);
            }
            if (offset == 1 && !writer.TryAdd(".."u8, (folder.Parent ?? folder).Id, FileKind.Folder, offset = 2)) return new(Errno.None);
            var lines = openDirectories[handle];
            for (var i = FirstBehind(lines, offset); i < lines.Count; i++)
            {
                // What has gone since is left out; it could not be looked up any more.
                if (!nodes.ContainsKey(lines[i].Node.Id)) continue;
                if (!writer.TryAdd(lines[i].Name, Describe(lines[i].Node), lines[i].Place)) break;
                if (writer.WantsEntries) lines[i].Node.Lookups++;
            }
            return new(Errno.None);
        }
    }

    public override ValueTask<Errno> ReleaseDirectory(FuseContext context, ulong node, ulong handle)
    {
        lock (gate) openDirectories.Remove(handle);
        return new(Errno.None);
    }

    public override ValueTask<Errno> SyncDirectory(FuseContext context, ulong node, ulong handle, bool contentOnly) => new(Errno.None);

    public override ValueTask<FuseResult<FuseSpace>> GetSpace(FuseContext context, ulong node)
    {
        const uint blockBytes = 4096;
        const ulong blocks = 1 << 20, files = 1 << 20;
        lock (gate)
        {
            var used = (ulong)nodes.Values.Sum(file => file.Content.Sectors) / 8;
            return new(new FuseSpace(blockBytes, blocks, blocks - used, blocks - used, files, files - (ulong)nodes.Count));
        }
    }

    public override ValueTask<FuseResult<ReadOnlyMemory<byte>>> GetXattr(FuseContext context, ulong node, ReadOnlyMemory<byte> name)
    {
        lock (gate) return new(nodes[node].Xattrs.TryGetValue(Key(name.Span), out var value) ? (ReadOnlyMemory<byte>)value : Errno.NoData);
    }

    public override ValueTask<FuseResult<ReadOnlyMemory<byte>>> ListXattrs(FuseContext context, ulong node)
    {
        lock (gate) return new((ReadOnlyMemory<byte>)Encoding.Latin1.GetBytes(string.Concat(nodes[node].Xattrs.Keys.Select(name => name + '\0'))));
    }

    public override ValueTask<Errno> SetXattr(FuseContext context, ulong node, ReadOnlyMemory<byte> name, ReadOnlyMemory<byte> value, XattrMode mode)
    {
        lock (gate)
        {
            var file = nodes[node];
            var exists = file.Xattrs.ContainsKey(Key(name.Span));
            if (mode == XattrMode.Create && exists) return new(Errno.Exists);
            if (mode == XattrMode.Replace && !exists) return new(Errno.NoData);
            file.Xattrs[Key(name.Span)] = value.ToArray();
            file.Changed(Now());
            return new(Errno.None);
        }
    }

    public override ValueTask<Errno> RemoveXattr(FuseContext context, ulong node, ReadOnlyMemory<byte> name)
    {
        lock (gate) return new(nodes[node].Xattrs.Remove(Key(name.Span)) ? Errno.None : Errno.NoData);
    }

    public override ValueTask<Errno> Allocate(FuseContext context, ulong node, ulong handle, long offset, long length, FuseAllocate mode)
    {
        lock (gate)
        {
            var file = nodes[node];
            if (mode is not (FuseAllocate.None or FuseAllocate.KeepSize or (FuseAllocate.PunchHole | FuseAllocate.KeepSize) or FuseAllocate.ZeroRange))
                return new(Errno.NotSupported);
            if ((mode & (FuseAllocate.PunchHole | FuseAllocate.ZeroRange)) != 0) file.Content.Clear(offset, length);
            if ((mode & FuseAllocate.KeepSize) == 0 && offset + length > file.Content.Length) file.Content.Resize(offset + length);
            ClearIfAsked(context, file);
            file.Changed(Now(), content: true);
            return new(Errno.None);
        }
    }

    public override ValueTask<FuseResult<long>> CopyRange(
        FuseContext context, ulong node, ulong handle, long offset, ulong targetNode, ulong targetHandle, long targetOffset, long length)
    {
        const int most = 1 << 20;
        lock (gate)
        {
            var buffer = new byte[Math.Min(length, most)];
            var count = nodes[node].Content.Read(offset, buffer);
            var target = nodes[targetNode];
            target.Content.Write(targetOffset, buffer.AsSpan(0, count));
            ClearIfAsked(context, target);
            target.Changed(Now(), content: true);
            return new(count);
        }
    }

    public override ValueTask<FuseResult<long>> Seek(FuseContext context, ulong node, ulong handle, long offset, FuseSeek what)
    {
        lock (gate) return new(nodes[node].Content.Seek(offset, what) is { } found ? found : Errno.NoSuchDeviceOrAddress);
    }

    /// <summary>Changes a file in the top directory as if it had come from elsewhere, and tells the kernel.</summary>
    public async Task ReplaceAsync(string name, byte[] content, CancellationToken cancellation)
    {
        ulong node;
        lock (gate)
        {
            var top = nodes[Root];
            if (!top.Lines.TryGetValue(name, out var line)) line = Put(top, Encoding.Latin1.GetBytes(name), nodes[++lastNode] = new MemoryNode(lastNode, Regular | 0x1A4, Now()));
            line.Node.Content.Resize(0);
            line.Node.Content.Write(0, content);
            line.Node.Changed(Now(), content: true);
            node = line.Node.Id;
        }
        await connection!.Notifier.NodeChanged(node);
        await connection.Notifier.NameChanged(Root, Encoding.Latin1.GetBytes(name));
        await connection.Notifier.NodeChanged(Root);
        await connection.Notifier.Delivered(cancellation);
    }

    /// <summary>Takes a file away from the top directory as if that had been done elsewhere, and tells the kernel.</summary>
    public async Task DeleteAsync(string name, CancellationToken cancellation)
    {
        ulong node;
        lock (gate)
        {
            if (!nodes[Root].Lines.TryGetValue(name, out var line)) return;
            node = line.Node.Id;
            Remove(nodes[Root], line);
        }
        await connection!.Notifier.NameDeleted(Root, node, Encoding.Latin1.GetBytes(name));
        await connection.Notifier.NodeChanged(Root);
        await connection.Notifier.Delivered(cancellation);
    }

    /// <summary>The kernel is told, as it goes on with the mode that it knows.</summary>
    private void ClearIfAsked(FuseContext context, MemoryNode file)
    {
        if (context.ClearPrivileges && file.ClearPrivileges()) connection!.ForgetAttributes(file.Id);
    }

    private static async Task<FuseResult<int>> Never(CancellationToken cancellation)
    {
        await Task.Delay(System.Threading.Timeout.InfiniteTimeSpan, TimeProvider.System, cancellation);
        return Errno.Io;
    }

    private static string Key(ReadOnlySpan<byte> name) => Encoding.Latin1.GetString(name);

    private static int FirstBehind(List<MemoryLine> lines, long place)
    {
        int low = 0, high = lines.Count;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (lines[middle].Place <= place) low = middle + 1;
            else high = middle;
        }
        return low;
    }

    private FuseTime Now() => FuseTime.FromNanoseconds((time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * 100);

    private static FuseEntry Describe(MemoryNode node) =>
        new() { Node = node.Id, Attributes = node.Attributes(), NameTimeout = Timeout, AttributeTimeout = Timeout };

    private static FuseEntry Entry(MemoryNode node)
    {
        node.Lookups++;
        return Describe(node);
    }

    private FuseResult<FuseEntry> Add(FuseContext context, MemoryNode folder, ReadOnlySpan<byte> name, MemoryNode node)
    {
        if (folder.Lines.ContainsKey(Key(name))) return Errno.Exists;
        (node.Uid, node.Gid) = (context.Uid, folder.IsSetGroupDirectory ? folder.Gid : context.Gid);
        nodes[node.Id] = node;
        Put(folder, name.ToArray(), node);
        if (node.IsDirectory) folder.Links++;
        return Entry(node);
    }

    private MemoryLine Put(MemoryNode folder, byte[] name, MemoryNode node)
    {
        var line = folder.Lines[Key(name)] = new MemoryLine(name, node, ++lastPlace);
        folder.Changed(Now(), content: true);
        return line;
    }

    private void Remove(MemoryNode folder, MemoryLine line)
    {
        folder.Lines.Remove(Key(line.Name));
        folder.Changed(Now(), content: true);
        if (line.Node.IsDirectory) folder.Links--;
        line.Node.Links -= line.Node.IsDirectory ? 2u : 1;
        line.Node.Changed(Now());
        DropIfUnused(line.Node);
    }

    private void DropIfUnused(MemoryNode node)
    {
        if (node.Links == 0 && node.Lookups == 0) nodes.Remove(node.Id);
    }

    private Errno Move(MemoryNode from, MemoryLine line, MemoryNode to, ReadOnlySpan<byte> newName, MemoryLine? target, RenameMode mode)
    {
        if (target?.Node == line.Node) return Errno.None;
        if (target is not null)
        {
            if (mode == RenameMode.NoReplace) return Errno.Exists;
            if (target.Node.IsDirectory && !line.Node.IsDirectory) return Errno.IsADirectory;
            if (!target.Node.IsDirectory && line.Node.IsDirectory) return Errno.NotADirectory;
            if (target.Node.Lines.Count > 0) return Errno.NotEmpty;
            Remove(to, target);
        }
        from.Lines.Remove(Key(line.Name));
        from.Changed(Now(), content: true);
        Put(to, newName.ToArray(), line.Node);
        Moved(line.Node, from, to);
        return Errno.None;
    }

    private Errno Exchange(MemoryNode from, MemoryLine line, MemoryNode to, MemoryLine? target)
    {
        if (target is null) return Errno.NotFound;
        Put(from, line.Name, target.Node);
        Put(to, target.Name, line.Node);
        Moved(line.Node, from, to);
        Moved(target.Node, to, from);
        return Errno.None;
    }

    private void Moved(MemoryNode node, MemoryNode from, MemoryNode to)
    {
        node.Changed(Now());
        if (!node.IsDirectory) return;
        node.Parent = to;
        from.Links--;
        to.Links++;
    }
}
