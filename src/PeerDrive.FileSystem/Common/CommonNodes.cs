using System.Security.Cryptography;
using System.Text;
using PeerDrive.FileSystem.Handles;
using PeerDrive.FileSystem.Trees;
using PeerDrive.Model.Revisions;
using PeerDrive.Native.Files;

namespace PeerDrive.FileSystem.Common;

/// <summary>
/// The common trees as nodes of the mount: read-only, made when they are asked for; only those that the kernel knows are kept. Whatever a volume says of
/// owners and rights, files here belong to the user of the mount and may only be read: who offers something is not to give out rights on other
/// machines. Thread-safe. Lock order: none but the table of nodes is taken inside <see cref="gate"/>.
/// </summary>
internal sealed class CommonNodes
{
    private const uint FolderPermissions = 0x16D, PrivatePermissions = 0x140, FilePermissions = 0x124, RunnableBits = 0x49, LinkPermissions = 0x1FF;
    private const int FolderBytes = 4096, SectorBytes = 512;

    private readonly Lock gate = new();
    private readonly Dictionary<string, CommonNode> known = [];
    private readonly long started;

    public CommonNodes(TreeContext context, Func<IReadOnlyList<CommonView>> views)
    {
        Context = context;
        Views = views;
        started = context.Now;
        Top = new CommonTop(this);
    }

    public TreeContext Context { get; }

    public Func<IReadOnlyList<CommonView>> Views { get; }

    /// <summary>The folder that has one for each group.</summary>
    public CommonTop Top { get; }

    /// <summary>Nodes that the kernel knows.</summary>
    public int NodeCount
    {
        get
        {
            lock (gate) return known.Count;
        }
    }

    /// <summary>The number that programs see: the same at any time.</summary>
    public static ulong InodeOf(string key) => InodeNumbers.Number(SHA256.HashData(Encoding.UTF8.GetBytes("common\n" + key)));

    /// <summary>A folder of the common trees being read.</summary>
    public OpenFolder Open(Func<IEnumerable<(EntryName Name, CommonNode Node)>> list, (ulong Own, ulong Above) inodes) => new OpenListing<CommonNode>(
        () => list().Select(line => (new DirectoryLine(line.Name, line.Node.FileKind, line.Node.Inode), line.Node)), Attach, inodes, hasLastingNames: false);

    /// <summary>Counts a look-up.</summary>
    /// <returns>The node of this key that the kernel knows already, or this one.</returns>
    public CommonNode Attach(CommonNode node)
    {
        lock (gate)
        {
            if (known.TryGetValue(node.Key, out var there))
            {
                if (there != node) there.Adopt(node);
                return Context.Table.Attach(there);
            }
            known[node.Key] = node;
            return Context.Table.Attach(node);
        }
    }

    public void Forget(CommonNode node, ulong count)
    {
        lock (gate)
        {
            if (Context.Table.Detach(node, count)) known.Remove(node.Key);
        }
    }

    /// <param name="above">The folder that the entry is in.</param>
    public CommonNode NodeOf(CommonEntry entry, CommonNode above) => entry.Folder is { } folder
        ? new CommonDirectory(this, $"{above.Key}/{Convert.ToHexStringLower(entry.Name.Bytes)}", above.Inode, folder)
        : new CommonFile(this, entry);

    /// <param name="isTop">Where other users see the mount too, it is open to its owner only: files show here without the rights that they have in their volumes.</param>
    public NodeAttributes FolderAttributes(ulong inode, long mtime, bool isTop = false)
    {
        var time = mtime == 0 ? started : mtime;
        return new NodeAttributes(inode, FileKind.Folder, isTop && Context.ShowsOwners ? PrivatePermissions : FolderPermissions, 1, Context.Uid, Context.Gid, FolderBytes, FolderBytes / SectorBytes, time, time, time, 0, IsLasting: false);
    }

    public NodeAttributes FileAttributes(ulong inode, CommonCopy copy)
    {
        var revision = copy.Revision;
        var isLink = revision.Kind == DocumentKind.SymbolicLink;
        long size = isLink ? revision.TargetBytes : (long)revision.Content.Size;
        return new NodeAttributes(
            inode, Kinds.Of(revision.Kind), isLink ? LinkPermissions : FilePermissions | (revision.Mode & RunnableBits), 1, Context.Uid, Context.Gid,
            size, isLink ? 0 : (size + SectorBytes - 1) / SectorBytes, revision.Mtime, revision.Mtime, revision.Time, 0);
    }
}
