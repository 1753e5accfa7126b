using PeerDrive.Model.Errors;
using PeerDrive.Model.Revisions;

namespace PeerDrive.FileSystem.Trees;

/// <summary>
/// Extended attributes of a node: those of programs (<c>user.</c>) belong to the document, others are not kept. Annotations are among them, under the names that
/// desktops use; which of them become annotations the commit decides.
/// </summary>
internal sealed class XattrOperations(VolumeTree tree)
{
    /// <summary>As much as one revision can carry, with room for the rest of it.</summary>
    private const int TotalBytes = 100 * 1024;

    private const int ValueBytes = 64 * 1024;

    /// <summary>Goes into the next revision and is not an attribute of it.</summary>
    public static ReadOnlySpan<byte> CommentName => "user.peerdrive.comment"u8;

    public Outcome<ReadOnlyMemory<byte>> Get(TreeNode node, ReadOnlySpan<byte> name)
    {
        if (!IsKept(name)) return name.StartsWith("security."u8) || name.StartsWith("trusted."u8) ? ErrorKind.NoAttribute : ErrorKind.Unsupported;
        lock (tree.Gate)
        {
            if (name.SequenceEqual(CommentName))
                return node.Comment.Length == 0 ? ErrorKind.NoAttribute : new Outcome<ReadOnlyMemory<byte>>(System.Text.Encoding.UTF8.GetBytes(node.Comment), null);
            if (!node.HasXattrs) return ErrorKind.NoAttribute;
            tree.LoadXattrs(node);
            return node.Xattrs!.TryGetValue(new ByteString(name), out var value) ? new Outcome<ReadOnlyMemory<byte>>(value.Span.ToArray(), null) : ErrorKind.NoAttribute;
        }
    }

    public Outcome<IReadOnlyList<ByteString>> List(TreeNode node)
    {
        lock (tree.Gate)
        {
            if (!node.HasXattrs) return new Outcome<IReadOnlyList<ByteString>>([], null);
            tree.LoadXattrs(node);
            return new Outcome<IReadOnlyList<ByteString>>([.. node.Xattrs!.Keys], null);
        }
    }

    public ErrorKind? Set(TreeNode node, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, bool mustBeNew, bool mustExist)
    {
        if (Refusal(node, name) is { } refusal) return refusal;
        if (value.Length > ValueBytes) return ErrorKind.LimitExceeded;
        lock (tree.Gate)
        {
            if (name.SequenceEqual(CommentName))
            {
                node.Comment = System.Text.Encoding.UTF8.GetString(value);
                return null;
            }
            tree.LoadXattrs(node);
            var key = new ByteString(name);
            var isThere = node.Xattrs!.ContainsKey(key);
            if (isThere && mustBeNew) return ErrorKind.AlreadyExists;
            if (!isThere && mustExist) return ErrorKind.NoAttribute;
            var changed = node.Xattrs.SetItem(key, new ByteString(value));
            if (changed.Sum(pair => pair.Key.Span.Length + pair.Value.Span.Length) > TotalBytes) return ErrorKind.NoSpace;
            node.Xattrs = changed;
            node.HasXattrs = true;
            tree.Change(node);
            return null;
        }
    }

    public ErrorKind? Remove(TreeNode node, ReadOnlySpan<byte> name)
    {
        if (Refusal(node, name) is { } refusal) return refusal;
        lock (tree.Gate)
        {
            tree.LoadXattrs(node);
            var key = new ByteString(name);
            if (!node.Xattrs!.ContainsKey(key)) return ErrorKind.NoAttribute;
            node.Xattrs = node.Xattrs.Remove(key);
            node.HasXattrs = node.Xattrs.Count > 0;
            tree.Change(node);
            return null;
        }
    }

    private static bool IsKept(ReadOnlySpan<byte> name) => name.StartsWith("user."u8);

    private ErrorKind? Refusal(TreeNode node, ReadOnlySpan<byte> name)
    {
        if (tree.IsReadOnly) return ErrorKind.ReadOnly;
        if (!IsKept(name)) return ErrorKind.Unsupported;
        if (name.Length == "user.".Length) return ErrorKind.Invalid;
        return node.Kind is DocumentKind.File or DocumentKind.Folder && node != tree.Root ? null : ErrorKind.NotPermitted;
    }
}
