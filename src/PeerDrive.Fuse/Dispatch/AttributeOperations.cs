using PeerDrive.Fuse.Abi;

namespace PeerDrive.Fuse.Dispatch;

/// <summary>Requests about attributes, extended ones too.</summary>
internal sealed class AttributeOperations(FuseFileSystem files, Completion completion)
{
    private const uint GetByHandle = 1;
    private const int LargestXattr = 64 << 10, LargestLinkTarget = 4095;

    public bool GetAttributes(FuseRequest request)
    {
        var arguments = new ArgumentReader(request.Arguments);
        if (!arguments.TryRead(out Incoming.GetAttr get)) return completion.Complete(request, Errno.Invalid);
        var handle = (get.Flags & GetByHandle) != 0 ? get.Handle : (ulong?)null;
        return completion.Complete(request, files.GetAttributes(request.Context, request.Node, handle), Answer);
    }

    public bool SetAttributes(FuseRequest request)
    {
        var arguments = new ArgumentReader(request.Arguments);
        if (!arguments.TryRead(out Incoming.SetAttr set) || (set.Has(SetBits.Size) && set.Size > long.MaxValue))
            return completion.Complete(request, Errno.Invalid);
        var changes = new FuseAttributeChanges
        {
            Mode = set.Has(SetBits.Mode) ? set.Mode : null,
            Uid = set.Has(SetBits.Uid) ? set.Uid : null,
            Gid = set.Has(SetBits.Gid) ? set.Gid : null,
            Size = set.Has(SetBits.Size) ? (long)set.Size : null,
            Atime = set.Has(SetBits.Atime) ? new FuseTime((long)set.Atime, set.AtimeNanoseconds) : null,
            Mtime = set.Has(SetBits.Mtime) ? new FuseTime((long)set.Mtime, set.MtimeNanoseconds) : null,
            Ctime = set.Has(SetBits.Ctime) ? new FuseTime((long)set.Ctime, set.CtimeNanoseconds) : null,
            AtimeIsNow = set.Has(SetBits.AtimeNow),
            MtimeIsNow = set.Has(SetBits.MtimeNow),
            Handle = set.Has(SetBits.Handle) ? set.Handle : null,
        };
        request.Context.ClearPrivileges = set.Has(SetBits.ClearPrivileges);
        return completion.Complete(request, files.SetAttributes(request.Context, request.Node, changes), Answer);
    }

    public bool ReadSymbolicLink(FuseRequest request) =>
        completion.Complete(request, files.ReadSymbolicLink(request.Context, request.Node), AnswerLinkTarget);

    public bool GetSpace(FuseRequest request) => completion.Complete(request, files.GetSpace(request.Context, request.Node), AnswerSpace);

    public bool CheckAccess(FuseRequest request)
    {
        var arguments = new ArgumentReader(request.Arguments);
        return arguments.TryRead(out Incoming.Access access)
            ? completion.Complete(request, files.CheckAccess(request.Context, request.Node, access.Mask))
            : completion.Complete(request, Errno.Invalid);
    }

    public bool GetXattr(FuseRequest request)
    {
        var arguments = new ArgumentReader(request.Arguments);
        if (!arguments.TryRead(out Incoming.GetXattr _) || !arguments.TryReadText(out var name)) return completion.Complete(request, Errno.Invalid);
        return completion.Complete(request, files.GetXattr(request.Context, request.Node, name), AnswerXattr);
    }

    public bool ListXattrs(FuseRequest request)
    {
        var arguments = new ArgumentReader(request.Arguments);
        return arguments.TryRead(out Incoming.GetXattr _)
            ? completion.Complete(request, files.ListXattrs(request.Context, request.Node), AnswerXattr)
            : completion.Complete(request, Errno.Invalid);
    }

    /// <param name="isExtended">Whether SETXATTR_EXT was agreed on, which lengthens the body.</param>
    public bool SetXattr(FuseRequest request, bool isExtended)
    {
        var arguments = new ArgumentReader(request.Arguments);
        Incoming.SetXattr set;
        if (isExtended)
        {
            if (!arguments.TryRead(out set)) return completion.Complete(request, Errno.Invalid);
        }
        else
        {
            if (!arguments.TryRead(out ulong head)) return completion.Complete(request, Errno.Invalid);
            set = new Incoming.SetXattr { Size = (uint)head, Flags = (uint)(head >> 32) };
        }
        if (!arguments.TryReadText(out var name) || !arguments.TryReadBytes(set.Size, out var value)) return completion.Complete(request, Errno.Invalid);
        return completion.Complete(request, files.SetXattr(request.Context, request.Node, name, value, (XattrMode)set.Flags));
    }

    public bool RemoveXattr(FuseRequest request)
    {
        var arguments = new ArgumentReader(request.Arguments);
        return arguments.TryReadText(out var name)
            ? completion.Complete(request, files.RemoveXattr(request.Context, request.Node, name))
            : completion.Complete(request, Errno.Invalid);
    }

    private static Errno Answer(FuseRequest request, in FuseStatus status) => request.Answer(Replies.Status(status));

    private static Errno AnswerSpace(FuseRequest request, in FuseSpace space) => request.Answer(Replies.Space(space));

    private static Errno AnswerLinkTarget(FuseRequest request, in ReadOnlyMemory<byte> target)
    {
        if (target.Length > LargestLinkTarget) return request.Fail(Errno.NameTooLong);
        target.Span.CopyTo(request.Payload);
        return request.Answer(target.Length);
    }

    /// <summary>The caller asks for the size first, with room for nothing.</summary>
    private static Errno AnswerXattr(FuseRequest request, in ReadOnlyMemory<byte> value)
    {
        var arguments = new ArgumentReader(request.Arguments);
        arguments.TryRead(out Incoming.GetXattr get);
        if (value.Length > Math.Min(LargestXattr, request.BulkBytes)) return request.Fail(Errno.TooBig);
        if (get.Size == 0) return request.Answer(new Outgoing.XattrSize { Size = (uint)value.Length });
        if (value.Length > get.Size) return request.Fail(Errno.OutOfRange);
        value.Span.CopyTo(request.Payload);
        return request.Answer(value.Length);
    }
}
