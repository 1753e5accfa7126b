using PeerDrive.Fuse.Abi;
using PeerDrive.Native.Files;

namespace PeerDrive.Fuse.Dispatch;

/// <summary>Requests about open directories.</summary>
internal sealed class DirectoryOperations(FuseFileSystem files, Completion completion)
{
    private const uint ContentOnly = 1;

    public bool Open(FuseRequest request)
    {
        var arguments = new ArgumentReader(request.Arguments);
        if (!arguments.TryRead(out Incoming.Open open)) return completion.Complete(request, Errno.Invalid);
        return completion.Complete(request, files.OpenDirectory(request.Context, request.Node, (OpenFlags)open.Flags), AnswerOpened, TakeBackOpened);
    }

    public bool Read(FuseRequest request)
    {
        var arguments = new ArgumentReader(request.Arguments);
        if (!arguments.TryRead(out Incoming.Read read) || read.Offset > long.MaxValue || read.Size > (uint)request.BulkBytes)
            return completion.Complete(request, Errno.Invalid);
        var writer = request.DirectoryWriter;
        writer.Start(request.PayloadMemory((int)read.Size), request.Opcode == Opcode.ReadDirPlus);
        var operation = files.ReadDirectory(request.Context, request.Node, read.Handle, (long)read.Offset, writer);
        return completion.Complete(request, operation, AnswerLines, TakeBackLines);
    }

    public bool Release(FuseRequest request)
    {
        var arguments = new ArgumentReader(request.Arguments);
        return arguments.TryRead(out Incoming.Release release)
            ? completion.Complete(request, files.ReleaseDirectory(request.Context, request.Node, release.Handle))
            : completion.Complete(request, Errno.Invalid);
    }

    public bool Sync(FuseRequest request)
    {
        var arguments = new ArgumentReader(request.Arguments);
        return arguments.TryRead(out Incoming.Fsync sync)
            ? completion.Complete(request, files.SyncDirectory(request.Context, request.Node, sync.Handle, (sync.Flags & ContentOnly) != 0))
            : completion.Complete(request, Errno.Invalid);
    }

    private static Errno AnswerOpened(FuseRequest request, in FuseOpened opened) => request.Answer(Replies.Opened(opened));

    private static Errno AnswerLines(FuseRequest request) => request.Answer(request.DirectoryWriter.Length);

    private void TakeBackOpened(FuseRequest request, in FuseOpened opened) =>
        completion.Observe(files.ReleaseDirectory(new FuseContext(), request.Node, opened.Handle));

    private void TakeBackLines(FuseRequest request)
    {
        foreach (var node in request.DirectoryWriter.Counted()) files.Forget(node, 1);
    }
}
