using PeerDrive.Fuse.Abi;
using PeerDrive.Native.Files;

namespace PeerDrive.Fuse.Dispatch;

/// <summary>Requests about open files.</summary>
internal sealed class FileOperations(FuseFileSystem files, Completion completion)
{
    private const uint ContentOnly = 1;

    /// <summary>In the flags of an open, and of a write.</summary>
    private const uint OpenClears = 1, WriteClears = 4, KnownWriteFlags = (uint)FuseWriteFlags.FromCache;

    public bool Open(FuseRequest request)
    {
        var arguments = new ArgumentReader(request.Arguments);
        if (!arguments.TryRead(out Incoming.Open open)) return completion.Complete(request, arguments.Problem);
        request.Context.ClearPrivileges = (open.OpenFlags & OpenClears) != 0;
        return completion.Complete(request, files.Open(request.Context, request.Node, (OpenFlags)open.Flags), AnswerOpened, TakeBackOpened);
    }

    public bool Create(FuseRequest request)
    {
        var arguments = new ArgumentReader(request.Arguments);
        if (!arguments.TryRead(out Incoming.Create create) || !arguments.TryReadName(out var name)) return completion.Complete(request, arguments.Problem);
        request.Context.Umask = create.Umask;
        request.Context.ClearPrivileges = (create.OpenFlags & OpenClears) != 0;
        var operation = files.Create(request.Context, request.Node, name, create.Mode, (OpenFlags)create.Flags);
        return completion.Complete(request, operation, AnswerCreated, TakeBackCreated);
    }

    public bool CreateUnnamed(FuseRequest request)
    {
        var arguments = new ArgumentReader(request.Arguments);
        if (!arguments.TryRead(out Incoming.Create create)) return completion.Complete(request, arguments.Problem);
        request.Context.Umask = create.Umask;
        var operation = files.CreateUnnamed(request.Context, request.Node, create.Mode, (OpenFlags)create.Flags);
        return completion.Complete(request, operation, AnswerCreated, TakeBackCreated);
    }

    public bool Read(FuseRequest request)
    {
        var arguments = new ArgumentReader(request.Arguments);
        if (!arguments.TryRead(out Incoming.Read read) || read.Offset > long.MaxValue || read.Size > (uint)request.BulkBytes)
            return completion.Complete(request, arguments.Problem);
        var destination = request.PayloadMemory((int)read.Size);
        return completion.Complete(request, files.Read(request.Context, request.Node, read.Handle, (long)read.Offset, destination), AnswerRead);
    }

    public bool Write(FuseRequest request)
    {
        var arguments = new ArgumentReader(request.Arguments);
        if (!arguments.TryRead(out Incoming.Write write) || write.Offset > long.MaxValue || !arguments.TryReadBytes(write.Size, out var source))
            return completion.Complete(request, arguments.Problem);
        request.Context.ClearPrivileges = (write.WriteFlags & WriteClears) != 0;
        var flags = (FuseWriteFlags)(write.WriteFlags & KnownWriteFlags);
        var operation = files.Write(request.Context, request.Node, write.Handle, (long)write.Offset, source, flags);
        return completion.Complete(request, operation, AnswerWritten);
    }

    public bool Flush(FuseRequest request)
    {
        var arguments = new ArgumentReader(request.Arguments);
        return arguments.TryRead(out Incoming.Flush flush)
            ? completion.Complete(request, files.Flush(request.Context, request.Node, flush.Handle))
            : completion.Complete(request, arguments.Problem);
    }

    public bool Release(FuseRequest request)
    {
        var arguments = new ArgumentReader(request.Arguments);
        return arguments.TryRead(out Incoming.Release release)
            ? completion.Complete(request, files.Release(request.Context, request.Node, release.Handle))
            : completion.Complete(request, arguments.Problem);
    }

    public bool Sync(FuseRequest request)
    {
        var arguments = new ArgumentReader(request.Arguments);
        return arguments.TryRead(out Incoming.Fsync sync)
            ? completion.Complete(request, files.Sync(request.Context, request.Node, sync.Handle, (sync.Flags & ContentOnly) != 0))
            : completion.Complete(request, arguments.Problem);
    }

    public bool Allocate(FuseRequest request)
    {
        var arguments = new ArgumentReader(request.Arguments);
        if (!arguments.TryRead(out Incoming.Fallocate allocate) || !IsRange(allocate.Offset, allocate.Length)) return completion.Complete(request, arguments.Problem);
        ClearUnlessRoot(request);
        var operation = files.Allocate(
            request.Context, request.Node, allocate.Handle, (long)allocate.Offset, (long)allocate.Length, (FuseAllocate)allocate.Mode);
        return completion.Complete(request, operation);
    }

    public bool CopyRange(FuseRequest request)
    {
        var arguments = new ArgumentReader(request.Arguments);
        if (!arguments.TryRead(out Incoming.CopyFileRange copy) || copy.Flags != 0) return completion.Complete(request, arguments.Problem);
        // The older reply has 32 bits; copying less than was asked for is always allowed.
        var length = request.Opcode == Opcode.CopyFileRange ? Math.Min(copy.Length, int.MaxValue) : copy.Length;
        if (!IsRange(copy.SourceOffset, length) || !IsRange(copy.TargetOffset, length)) return completion.Complete(request, arguments.Problem);
        ClearUnlessRoot(request);
        var operation = files.CopyRange(
            request.Context, request.Node, copy.SourceHandle, (long)copy.SourceOffset, copy.TargetNode, copy.TargetHandle, (long)copy.TargetOffset, (long)length);
        return completion.Complete(request, operation, request.Opcode == Opcode.CopyFileRange ? AnswerCopied32 : AnswerNumber);
    }

    public bool Seek(FuseRequest request)
    {
        var arguments = new ArgumentReader(request.Arguments);
        if (!arguments.TryRead(out Incoming.Lseek seek) || (FuseSeek)seek.Whence is not (FuseSeek.Data or FuseSeek.Hole))
            return completion.Complete(request, arguments.Problem);
        // Negative: the kernel does not look at the offset, and ext4 calls it beyond the end.
        if (seek.Offset > long.MaxValue) return completion.Complete(request, Errno.NoSuchDeviceOrAddress);
        return completion.Complete(request, files.Seek(request.Context, request.Node, seek.Handle, (long)seek.Offset, (FuseSeek)seek.Whence), AnswerNumber);
    }

    /// <summary>
    /// The kernel has no flag for it in these requests, nor does it clear by itself once the file system does; who may keep the
    /// bits (CAP_FSETID) is told as well as it can be by the user.
    /// </summary>
    private static void ClearUnlessRoot(FuseRequest request) => request.Context.ClearPrivileges = request.Context.Uid != 0;

    private static bool IsRange(ulong offset, ulong length) => offset <= long.MaxValue && length <= long.MaxValue - offset;

    private static Errno AnswerOpened(FuseRequest request, in FuseOpened opened) => request.Answer(Replies.Opened(opened));

    private static Errno AnswerCreated(FuseRequest request, in FuseCreated created) => request.Answer(Replies.Created(created));

    private static Errno AnswerRead(FuseRequest request, in int count)
    {
        var arguments = new ArgumentReader(request.Arguments);
        arguments.TryRead(out Incoming.Read read);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)count, read.Size);
        return request.Answer(count);
    }

    private static Errno AnswerWritten(FuseRequest request, in int count) => request.Answer(new Outgoing.Written { Size = (uint)count });

    private static Errno AnswerCopied32(FuseRequest request, in long count) => request.Answer(new Outgoing.Written { Size = (uint)count });

    private static Errno AnswerNumber(FuseRequest request, in long number) => request.Answer(new Outgoing.Position { Offset = (ulong)number });

    private void TakeBackOpened(FuseRequest request, in FuseOpened opened) =>
        completion.Observe(files.Release(new FuseContext(), request.Node, opened.Handle));

    private void TakeBackCreated(FuseRequest request, in FuseCreated created)
    {
        completion.Observe(files.Release(new FuseContext(), created.Entry.Node, created.Opened.Handle));
        files.Forget(created.Entry.Node, 1);
    }
}
