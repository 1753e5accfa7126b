using PeerDrive.Model.Errors;
using PeerDrive.Model.Revisions;

namespace PeerDrive.FileSystem.Trees;

/// <summary>Status, mode, owner, times and length of a node.</summary>
internal sealed class AttributeOperations(VolumeTree tree)
{
    private const uint SetUser = 0x800, SetGroup = 0x400, GroupExecute = 0x8;
    private const int SectorBytes = 512;

    public NodeAttributes Get(TreeNode node)
    {
        lock (tree.Gate) return GetLocked(node);
    }

    /// <summary>Under the gate.</summary>
    public NodeAttributes GetLocked(TreeNode node)
    {
        var context = tree.Context;
        var size = node.Kind switch
        {
            DocumentKind.File => node.Draft?.Length ?? (long)node.Content.Size,
            DocumentKind.SymbolicLink => node.TargetBytes,
            DocumentKind.Link => context.Links.Of(node).Span.Length,
            DocumentKind.Folder => 4096,
            _ => 0,
        };
        var allocated = node.Kind == DocumentKind.File ? node.Draft?.AllocatedBytes ?? size : node.IsFolder ? size : 0;
        var (mtime, ctime) = Times(node);
        return new NodeAttributes(
            node.Inode, node.FileKind, node.Permissions, node.StatLinks,
            context.ShowsOwners ? context.Accounts.NumberOfUser(node.Owner) : context.Uid,
            context.ShowsOwners ? context.Accounts.NumberOfGroup(node.Group) : context.Gid,
            size, (allocated + SectorBytes - 1) / SectorBytes, node.Atime, mtime, ctime, node.DeviceNumber);
    }

    public ErrorKind? Set(TreeNode node, in Caller caller, in AttributeChanges changes)
    {
        if (tree.IsReadOnly) return ErrorKind.ReadOnly;
        lock (tree.Gate)
        {
            var isRoot = node == tree.Root;
            if (isRoot && (changes.Permissions is not null || changes.Uid is not null || changes.Gid is not null)) return ErrorKind.NotPermitted;
            if (changes.Size is { } size)
            {
                if (tree.Files.Resize(node, size) is { } refusal) return refusal;
                node.Mtime = tree.Context.Now;
            }
            if (changes.Permissions is { } permissions) node.Permissions = permissions & 0xFFF;
            if (changes.Uid is { } uid) node.Owner = tree.Context.Accounts.User(uid);
            if (changes.Gid is { } gid) node.Group = tree.Context.Accounts.Group(gid);
            var changesOwner = changes.Uid is not null || changes.Gid is not null;
            if ((changesOwner || caller.ClearsPrivileges) && changes.Permissions is null) ClearPrivileges(node, changesOwner);
            if (changes.Mtime is { } mtime)
            {
                node.Mtime = mtime;
                FileOperations.SetMtime(node, mtime);
            }
            if (changes.Atime is { } atime) node.Atime = atime;
            // The time of the last access is the device's own.
            if (changes == new AttributeChanges(Atime: changes.Atime)) node.Ctime = tree.Context.Now;
            else tree.Change(node);
            return null;
        }
    }

    public Outcome<ByteString> ReadTarget(TreeNode node)
    {
        if (node.Kind is not (DocumentKind.SymbolicLink or DocumentKind.Link)) return ErrorKind.Invalid;
        lock (tree.Gate)
        {
            if (node.Kind == DocumentKind.Link) return tree.Context.Links.Read(node);
            tree.LoadTarget(node);
            return node.Target;
        }
    }

    /// <summary>Clears set-user and set-group. Under the gate.</summary>
    /// <param name="ofOwner">For a change of owner: set-group without execution for the group says something else, and stays.</param>
    /// <returns>Whether there was something to clear.</returns>
    public static bool ClearPrivileges(TreeNode node, bool ofOwner = false)
    {
        if (node.IsFolder) return false;
        var cleared = node.Permissions & ~SetUser;
        if (!ofOwner || (cleared & GroupExecute) != 0) cleared &= ~SetGroup;
        if (cleared == node.Permissions) return false;
        node.Permissions = cleared;
        return true;
    }

    /// <summary>Of a file that the kernel writes to by itself, its own.</summary>
    private static (long Mtime, long Ctime) Times(TreeNode node) => node.Draft?.Mtime is { } mtime ? (mtime, Math.Max(node.Ctime, mtime)) : (node.Mtime, node.Ctime);
}
