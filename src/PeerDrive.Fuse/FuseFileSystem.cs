using PeerDrive.Native;
using PeerDrive.Native.Files;

namespace PeerDrive.Fuse;

/// <summary>
/// A file system as the kernel sees it: nodes by number, names as bytes, open files by handle. What is not overridden answers
/// <see cref="Errno.NotImplemented"/>, which for most operations the kernel understands as "do without".
/// </summary>
/// <remarks>
/// Operations are started on the threads that read requests, several at once also within one directory. One that completes at
/// once is answered at once, on that thread and without allocating. One that has to wait for the network, or long, must give
/// back an unfinished task; while it runs, the thread serves others. Nothing may block a reading thread on another operation.
/// <para>
/// The context, names, buffers and the directory writer belong to the operation until its task completes. An expected outcome
/// is an <see cref="Errno"/>; an exception is translated by <see cref="ErrorOf"/>.
/// </para>
/// <para>
/// The process that serves a mount must never touch it: a page fault or a lock held by the kernel then waits for a thread that
/// waits for the fault. Notifications may be queued anywhere, but an operation must not wait until they are delivered.
/// </para>
/// <para>
/// A reply that the kernel gave up (its caller was killed) is taken back: an entry by <see cref="Forget"/>, an open by
/// <see cref="Release"/> or <see cref="ReleaseDirectory"/>. A name that was made meanwhile stays.
/// </para>
/// </remarks>
public abstract class FuseFileSystem
{
    /// <summary>The node id of the root directory. It is never looked up and never forgotten.</summary>
    public const ulong Root = 1;

    /// <summary>What this file system takes over from the kernel. Asked once, before the first operation.</summary>
    public virtual FuseFeatures Features => FuseFeatures.None;

    /// <summary>The kernel has agreed; operations follow. Must not touch the mount.</summary>
    public virtual void Start(FuseConnection connection)
    {
    }

    /// <summary>The kernel is gone and all operations have completed. Nodes and handles that it still knew are not given back one by one.</summary>
    public virtual void Stop()
    {
    }

    /// <summary>What a caller gets to see of an exception. Anything unexpected should become <see cref="Errno.Io"/>.</summary>
    public virtual Errno ErrorOf(Exception exception) => exception switch
    {
        ErrnoException e => (Errno)e.Errno,
        FuseException { Error: not Errno.None and var error } => error,
        OperationCanceledException => Errno.Interrupted,
        OutOfMemoryException => Errno.NoMemory,
        _ => Errno.Io,
    };

    /// <summary>The entry of a name. NotFound is not remembered by the kernel; an entry for nothing is, for its timeout.</summary>
    public virtual ValueTask<FuseResult<FuseEntry>> LookUp(FuseContext context, ulong parent, ReadOnlyMemory<byte> name) => new(Errno.NotImplemented);

    /// <summary>The kernel gives back lookups of a node. Those of a node that are not given back keep its id valid. Any thread; never fails.</summary>
    public virtual void Forget(ulong node, ulong count)
    {
    }

    /// <param name="handle">The open file through which it is asked, if any.</param>
    public virtual ValueTask<FuseResult<FuseStatus>> GetAttributes(FuseContext context, ulong node, ulong? handle) => new(Errno.NotImplemented);

    /// <summary>Changes attributes, all or none, and tells the new ones.</summary>
    public virtual ValueTask<FuseResult<FuseStatus>> SetAttributes(FuseContext context, ulong node, FuseAttributeChanges changes) => new(Errno.NotImplemented);

    /// <summary>The target of a symbolic link, at most 4,095 bytes.</summary>
    public virtual ValueTask<FuseResult<ReadOnlyMemory<byte>>> ReadSymbolicLink(FuseContext context, ulong node) => new(Errno.NotImplemented);

    public virtual ValueTask<FuseResult<FuseEntry>> MakeSymbolicLink(FuseContext context, ulong parent, ReadOnlyMemory<byte> name, ReadOnlyMemory<byte> target) =>
        new(Errno.NotPermitted);

    /// <summary>Makes a fifo, socket, device node or regular file.</summary>
    /// <param name="mode">Type and permission bits, already masked.</param>
    /// <param name="deviceNumber">As the kernel packs it into 32 bits.</param>
    public virtual ValueTask<FuseResult<FuseEntry>> MakeNode(FuseContext context, ulong parent, ReadOnlyMemory<byte> name, uint mode, uint deviceNumber) =>
        new(Errno.NotPermitted);

    /// <param name="mode">Permission bits, already masked.</param>
    public virtual ValueTask<FuseResult<FuseEntry>> MakeDirectory(FuseContext context, ulong parent, ReadOnlyMemory<byte> name, uint mode) =>
        new(Errno.NotPermitted);

    /// <summary>Takes a name away; the file lives on while it is open or known to the kernel.</summary>
    public virtual ValueTask<Errno> Unlink(FuseContext context, ulong parent, ReadOnlyMemory<byte> name) => new(Errno.NotPermitted);

    public virtual ValueTask<Errno> RemoveDirectory(FuseContext context, ulong parent, ReadOnlyMemory<byte> name) => new(Errno.NotPermitted);

    /// <summary>Renames; a target that exists is replaced, kept (Exists) or exchanged, as <paramref name="mode"/> says. Other modes: Invalid.</summary>
    public virtual ValueTask<Errno> Rename(
        FuseContext context, ulong parent, ReadOnlyMemory<byte> name, ulong newParent, ReadOnlyMemory<byte> newName, RenameMode mode) => new(Errno.NotPermitted);

    /// <summary>Makes another name of a node; also the first name of one made by <see cref="CreateUnnamed"/>.</summary>
    public virtual ValueTask<FuseResult<FuseEntry>> Link(FuseContext context, ulong node, ulong newParent, ReadOnlyMemory<byte> newName) => new(Errno.NotPermitted);

    /// <param name="flags">
    /// As given to open(2), without those that only make a file; with Truncate the file is to be emptied. That comes only with
    /// <see cref="FuseFeatures.ClearsPrivileges"/>; otherwise a change of size follows.
    /// </param>
    public virtual ValueTask<FuseResult<FuseOpened>> Open(FuseContext context, ulong node, OpenFlags flags) => new(Errno.NotImplemented);

    /// <summary>Makes and opens a regular file.</summary>
    /// <param name="mode">Permission bits, already masked.</param>
    /// <param name="flags">With Exclusive an existing name is an error; without, it is opened.</param>
    public virtual ValueTask<FuseResult<FuseCreated>> Create(FuseContext context, ulong parent, ReadOnlyMemory<byte> name, uint mode, OpenFlags flags) =>
        new(Errno.NotImplemented);

    /// <summary>Makes and opens a regular file that has no name yet (O_TMPFILE).</summary>
    public virtual ValueTask<FuseResult<FuseCreated>> CreateUnnamed(FuseContext context, ulong parent, uint mode, OpenFlags flags) => new(Errno.NotSupported);

    /// <summary>Fills <paramref name="destination"/>; less only at the end of the file, unless it is opened DirectIo.</summary>
    /// <returns>How many bytes.</returns>
    public virtual ValueTask<FuseResult<int>> Read(FuseContext context, ulong node, ulong handle, long offset, Memory<byte> destination) => new(Errno.NotImplemented);

    /// <summary>Writes at an offset, also for files opened to append: the kernel has computed it.</summary>
    /// <returns>How many bytes; less than all is an error of the caller's disk being full and the like.</returns>
    public virtual ValueTask<FuseResult<int>> Write(
        FuseContext context, ulong node, ulong handle, long offset, ReadOnlyMemory<byte> source, FuseWriteFlags flags) => new(Errno.NotImplemented);

    /// <summary>A descriptor of the file was closed; comes once for each copy of it, and its error is what close(2) returns.</summary>
    public virtual ValueTask<Errno> Flush(FuseContext context, ulong node, ulong handle) => new(Errno.NotImplemented);

    /// <summary>The last descriptor and mapping is gone. Nobody waits for it and nobody sees its error.</summary>
    public virtual ValueTask<Errno> Release(FuseContext context, ulong node, ulong handle) => new(Errno.None);

    /// <summary>Makes what was written durable.</summary>
    /// <param name="contentOnly">fdatasync: times and the like may wait.</param>
    public virtual ValueTask<Errno> Sync(FuseContext context, ulong node, ulong handle, bool contentOnly) => new(Errno.NotImplemented);

    public virtual ValueTask<FuseResult<FuseOpened>> OpenDirectory(FuseContext context, ulong node, OpenFlags flags) => new(Errno.NotImplemented);

    /// <summary>
    /// Adds lines from <paramref name="offset"/> on (0, or the next offset of a line that was given) until the writer is full;
    /// none at the end. "." and ".." are lines too. What is there from begin to end of reading must come just once.
    /// </summary>
    public virtual ValueTask<Errno> ReadDirectory(FuseContext context, ulong node, ulong handle, long offset, FuseDirectoryWriter writer) => new(Errno.NotImplemented);

    public virtual ValueTask<Errno> ReleaseDirectory(FuseContext context, ulong node, ulong handle) => new(Errno.None);

    public virtual ValueTask<Errno> SyncDirectory(FuseContext context, ulong node, ulong handle, bool contentOnly) => new(Errno.NotImplemented);

    public virtual ValueTask<FuseResult<FuseSpace>> GetSpace(FuseContext context, ulong node) => new(new FuseSpace(BlockSize: 4096, 0, 0, 0, 0, 0));

    /// <summary>The value of an extended attribute, at most 64 KiB; NoData when there is none of that name.</summary>
    public virtual ValueTask<FuseResult<ReadOnlyMemory<byte>>> GetXattr(FuseContext context, ulong node, ReadOnlyMemory<byte> name) => new(Errno.NotImplemented);

    /// <summary>The names of the extended attributes, each with a closing NUL, at most 64 KiB.</summary>
    public virtual ValueTask<FuseResult<ReadOnlyMemory<byte>>> ListXattrs(FuseContext context, ulong node) => new(Errno.NotImplemented);

    public virtual ValueTask<Errno> SetXattr(FuseContext context, ulong node, ReadOnlyMemory<byte> name, ReadOnlyMemory<byte> value, XattrMode mode) =>
        new(Errno.NotImplemented);

    public virtual ValueTask<Errno> RemoveXattr(FuseContext context, ulong node, ReadOnlyMemory<byte> name) => new(Errno.NotImplemented);

    /// <summary>access(2). Not asked when the mount leaves permissions to the kernel.</summary>
    public virtual ValueTask<Errno> CheckAccess(FuseContext context, ulong node, uint mask) => new(Errno.NotImplemented);

    public virtual ValueTask<Errno> Allocate(FuseContext context, ulong node, ulong handle, long offset, long length, FuseAllocate mode) => new(Errno.NotSupported);

    /// <summary>Copies between two open files, or within one where the ranges do not overlap.</summary>
    /// <returns>How many bytes; NotSupported lets the kernel copy by itself.</returns>
    public virtual ValueTask<FuseResult<long>> CopyRange(
        FuseContext context, ulong node, ulong handle, long offset, ulong targetNode, ulong targetHandle, long targetOffset, long length) => new(Errno.NotImplemented);

    /// <summary>The next data or hole at or behind an offset; NoSuchDeviceOrAddress beyond the end of the file.</summary>
    public virtual ValueTask<FuseResult<long>> Seek(FuseContext context, ulong node, ulong handle, long offset, FuseSeek what) => new(Errno.NotImplemented);
}
