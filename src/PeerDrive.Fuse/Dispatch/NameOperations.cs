using PeerDrive.Fuse.Abi;
using PeerDrive.Native.Files;

namespace PeerDrive.Fuse.Dispatch;

/// <summary>Requests about names in directories.</summary>
internal sealed class NameOperations(FuseFileSystem files, Completion completion)
{
    public bool LookUp(FuseRequest request)
    {
        var arguments = new ArgumentReader(request.Arguments);
        // "." and ".." are only asked for by file servers in the kernel, which this does not offer.
        if (!arguments.TryReadName(out var name)) return completion.Complete(request, arguments.Problem);
        return Entry(request, files.LookUp(request.Context, request.Node, name));
    }

    public bool Forget(FuseRequest request)
    {
        var arguments = new ArgumentReader(request.Arguments);
        if (arguments.TryRead(out Incoming.Forget forget)) files.Forget(request.Node, forget.Count);
        return true;
    }

    public bool ForgetMany(FuseRequest request)
    {
        var arguments = new ArgumentReader(request.Arguments);
        if (!arguments.TryRead(out Incoming.BatchForget batch)) return true;
        for (var i = 0u; i < batch.Count && arguments.TryRead(out Incoming.ForgetOne one); i++) files.Forget(one.Node, one.Count);
        return true;
    }

    public bool MakeSymbolicLink(FuseRequest request)
    {
        var arguments = new ArgumentReader(request.Arguments);
        if (!arguments.TryReadName(out var name) || !arguments.TryReadText(out var target)) return completion.Complete(request, arguments.Problem);
        return Entry(request, files.MakeSymbolicLink(request.Context, request.Node, name, target));
    }

    public bool MakeNode(FuseRequest request)
    {
        var arguments = new ArgumentReader(request.Arguments);
        if (!arguments.TryRead(out Incoming.MkNod node) || !arguments.TryReadName(out var name)) return completion.Complete(request, arguments.Problem);
        request.Context.Umask = node.Umask;
        return Entry(request, files.MakeNode(request.Context, request.Node, name, node.Mode, node.DeviceNumber));
    }

    public bool MakeDirectory(FuseRequest request)
    {
        var arguments = new ArgumentReader(request.Arguments);
        if (!arguments.TryRead(out Incoming.MkDir directory) || !arguments.TryReadName(out var name)) return completion.Complete(request, arguments.Problem);
        request.Context.Umask = directory.Umask;
        return Entry(request, files.MakeDirectory(request.Context, request.Node, name, directory.Mode));
    }

    public bool Unlink(FuseRequest request)
    {
        var arguments = new ArgumentReader(request.Arguments);
        return arguments.TryReadName(out var name)
            ? completion.Complete(request, files.Unlink(request.Context, request.Node, name))
            : completion.Complete(request, arguments.Problem);
    }

    public bool RemoveDirectory(FuseRequest request)
    {
        var arguments = new ArgumentReader(request.Arguments);
        return arguments.TryReadName(out var name)
            ? completion.Complete(request, files.RemoveDirectory(request.Context, request.Node, name))
            : completion.Complete(request, arguments.Problem);
    }

    public bool Rename(FuseRequest request)
    {
        var arguments = new ArgumentReader(request.Arguments);
        return arguments.TryRead(out Incoming.Rename rename) ? Rename(request, arguments, rename.NewParent, 0) : completion.Complete(request, arguments.Problem);
    }

    public bool Rename2(FuseRequest request)
    {
        var arguments = new ArgumentReader(request.Arguments);
        return arguments.TryRead(out Incoming.Rename2 rename)
            ? Rename(request, arguments, rename.NewParent, rename.Flags)
            : completion.Complete(request, arguments.Problem);
    }

    public bool Link(FuseRequest request)
    {
        var arguments = new ArgumentReader(request.Arguments);
        if (!arguments.TryRead(out Incoming.Link link) || !arguments.TryReadName(out var name)) return completion.Complete(request, arguments.Problem);
        return Entry(request, files.Link(request.Context, link.Node, request.Node, name));
    }

    private bool Rename(FuseRequest request, ArgumentReader arguments, ulong newParent, uint flags)
    {
        if (!arguments.TryReadName(out var name) || !arguments.TryReadName(out var newName)) return completion.Complete(request, arguments.Problem);
        return completion.Complete(request, files.Rename(request.Context, request.Node, name, newParent, newName, (RenameMode)flags));
    }

    private bool Entry(FuseRequest request, ValueTask<FuseResult<FuseEntry>> operation) => completion.Complete(request, operation, Answer, TakeBack);

    private static Errno Answer(FuseRequest request, in FuseEntry entry) => request.Answer(Replies.Entry(entry));

    private void TakeBack(FuseRequest request, in FuseEntry entry)
    {
        if (entry.Node != 0) files.Forget(entry.Node, 1);
    }
}
