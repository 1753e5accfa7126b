using PeerDrive.Fuse.Abi;

namespace PeerDrive.Fuse.Dispatch;

/// <summary>Leads each request to its operation.</summary>
internal sealed class Dispatcher
{
    private readonly Completion completion;
    private readonly RequestPool pool;
    private readonly Negotiation negotiation;
    private readonly NameOperations names;
    private readonly AttributeOperations attributes;
    private readonly FileOperations opened;
    private readonly DirectoryOperations directories;

    public Dispatcher(FuseFileSystem files, RequestPool pool, Negotiation negotiation, Action<Exception> onFault)
    {
        completion = new Completion(files, pool, onFault);
        this.pool = pool;
        this.negotiation = negotiation;
        names = new NameOperations(files, completion);
        attributes = new AttributeOperations(files, completion);
        opened = new FileOperations(files, completion);
        directories = new DirectoryOperations(files, completion);
    }

    /// <summary>Starts what a request asks for.</summary>
    /// <returns>True: it is answered, if there is an answer, and the reader keeps it. False: it is the operation's until it is done.</returns>
    public bool Handle(FuseRequest request)
    {
        if (pool.WasInterrupted(request.Context.Unique)) request.Context.TryInterrupt(request.Context.Unique);
        try
        {
            return Start(request);
        }
        catch (Exception e)
        {
            completion.Fail(request, e);
            return true;
        }
    }

    private bool Start(FuseRequest request)
    {
        if (request.Opcode == Opcode.Init) return negotiation.Answer(request);
        // The kernel sends nothing else before; whoever does is not to reach the file system.
        if (!negotiation.IsDone) return completion.Complete(request, Errno.Io);
        return request.Opcode switch
        {
            Opcode.Lookup => names.LookUp(request),
            Opcode.Forget => Silently(request, names.Forget),
            Opcode.BatchForget => Silently(request, names.ForgetMany),
            Opcode.GetAttr => attributes.GetAttributes(request),
            Opcode.SetAttr => attributes.SetAttributes(request),
            Opcode.ReadLink => attributes.ReadSymbolicLink(request),
            Opcode.Symlink => names.MakeSymbolicLink(request),
            Opcode.MkNod => names.MakeNode(request),
            Opcode.MkDir => names.MakeDirectory(request),
            Opcode.Unlink => names.Unlink(request),
            Opcode.RmDir => names.RemoveDirectory(request),
            Opcode.Rename => names.Rename(request),
            Opcode.Rename2 => names.Rename2(request),
            Opcode.Link => names.Link(request),
            Opcode.Open => opened.Open(request),
            Opcode.Read => opened.Read(request),
            Opcode.Write => opened.Write(request),
            Opcode.StatFs => attributes.GetSpace(request),
            Opcode.Release => opened.Release(request),
            Opcode.Fsync => opened.Sync(request),
            Opcode.SetXattr => attributes.SetXattr(request, negotiation.HasExtendedSetXattr),
            Opcode.GetXattr => attributes.GetXattr(request),
            Opcode.ListXattr => attributes.ListXattrs(request),
            Opcode.RemoveXattr => attributes.RemoveXattr(request),
            Opcode.Flush => opened.Flush(request),
            Opcode.OpenDir => directories.Open(request),
            Opcode.ReadDir or Opcode.ReadDirPlus => directories.Read(request),
            Opcode.ReleaseDir => directories.Release(request),
            Opcode.FsyncDir => directories.Sync(request),
            Opcode.Access => attributes.CheckAccess(request),
            Opcode.Create => opened.Create(request),
            Opcode.TmpFile => opened.CreateUnnamed(request),
            Opcode.Interrupt => Silently(request, Interrupt),
            Opcode.Destroy => completion.Complete(request, Errno.None),
            Opcode.Ioctl => completion.Complete(request, Errno.NoTerminal),
            Opcode.Fallocate => opened.Allocate(request),
            Opcode.Lseek => opened.Seek(request),
            Opcode.CopyFileRange or Opcode.CopyFileRange64 => opened.CopyRange(request),
            _ => completion.Complete(request, Errno.NotImplemented),
        };
    }

    /// <summary>For what has no reply, not even when it fails.</summary>
    private static bool Silently(FuseRequest request, Func<FuseRequest, bool> operation)
    {
        request.ExpectNoAnswer();
        return operation(request);
    }

    private bool Interrupt(FuseRequest request)
    {
        var arguments = new ArgumentReader(request.Arguments);
        if (arguments.TryRead(out Incoming.Interrupt interrupt)) pool.Interrupt(interrupt.Unique);
        return true;
    }
}
