using PeerDrive.FileSystem.Trees;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Revisions;
using PeerDrive.Native.Files;
using PeerDrive.Storage.Search;
using PeerDrive.Storage.Volumes;

namespace PeerDrive.FileSystem.Views;

/// <summary>
/// Old states of a volume as read-only folders below <c>.peerdrive</c> in its top folder. All is of what is committed, and made when it is asked for;
/// only nodes that the kernel knows are kept. Thread-safe. Lock order: none but the table of nodes is taken inside <see cref="gate"/>.
/// </summary>
internal sealed class VolumeViews : IDisposable
{
    /// <summary>Where a volume itself has this name in its top folder, the mount does not show that.</summary>
    public static readonly EntryName Name = EntryName.Create(".peerdrive"u8);

    private const uint OpenToAll = 0x1ED, OpenToOwner = 0x1C0;
    private const int FolderBytes = 4096, SectorBytes = 512;

    private readonly Lock gate = new();
    private readonly Dictionary<ViewKey, ViewNode> known = [];
    private readonly TreeContext context;
    private readonly FixedFolder root;
    private readonly long started;

    /// <param name="topInode">Number of the volume's top folder.</param>
    public VolumeViews(Volume volume, TreeContext context, ulong topInode)
    {
        Volume = volume;
        this.context = context;
        started = context.Now;
        Past = new PastTrees(volume, context.Time);
        Times = new MomentNames(context.Time);
        Names = new ViewNames(volume, Times);
        var above = new ViewKey(ViewKind.Fixed, "").InodeIn(volume.Id);
        root = new FixedFolder(this, new ViewKey(ViewKind.Fixed, ""), topInode,
        [
            Line(new MomentsFolder(this, new ViewKey(ViewKind.Fixed, "at"), above)),
            Line(new HistoryFolder(this, "history", above, EntryId.Root)),
            Line(new TrashFolder(this, new ViewKey(ViewKind.Fixed, "trash"), above)),
            Line(new ConflictsFolder(this, new ViewKey(ViewKind.Fixed, "conflicts"), above)),
            Line(new SearchesFolder(this, new ViewKey(ViewKind.Fixed, "search"), above)),
            Line(new DocumentsFolder(this, new ViewKey(ViewKind.Fixed, "doc"), above)),
            Line(new RevisionsFolder(this, new ViewKey(ViewKind.Fixed, "rev"), above)),
        ]);
    }

    public Volume Volume { get; }

    public VolumeReader Reader => Volume.Reader;

    /// <summary>Null: the volume cannot be searched.</summary>
    public VolumeSearch? Search => context.SearchOf(Volume);

    public PastTrees Past { get; }

    public MomentNames Times { get; }

    public TimeProvider Time => context.Time;

    public ViewNames Names { get; }

    /// <summary>Nodes that the kernel knows.</summary>
    public int NodeCount
    {
        get
        {
            lock (gate) return known.Count;
        }
    }

    /// <summary>The folder that all views are in, with a look-up counted.</summary>
    public Node LookUp() => Attach(root);

    /// <summary>Counts a look-up.</summary>
    /// <returns>The node of this key that the kernel knows already, or this one.</returns>
    public Node Attach(ViewNode node)
    {
        lock (gate)
        {
            if (known.TryGetValue(node.Key, out var there)) return context.Table.Attach(there);
            known[node.Key] = node;
            return context.Table.Attach(node);
        }
    }

    public void Forget(ViewNode node, ulong count)
    {
        lock (gate)
        {
            if (context.Table.Detach(node, count)) known.Remove(node.Key);
        }
    }

    /// <summary>A revision under a name: bytes, or of a folder the tree as its maker saw it.</summary>
    /// <param name="place">Tells apart the names under which a folder is found: to the kernel it may have but one.</param>
    public ViewNode NodeOf(RevisionView revision, DocumentId document, string place, ulong above) => revision.Kind == DocumentKind.Folder
        ? PastFolder.OfRevision(this, place, above, revision, document)
        : new RevisionNode(this, revision);

    public NodeAttributes AttributesOf(ulong inode, in RevisionView revision, FileKind kind)
    {
        long size = kind switch
        {
            FileKind.Regular => (long)revision.Content.Size,
            FileKind.SymbolicLink => revision.TargetBytes,
            FileKind.Folder => FolderBytes,
            _ => 0,
        };
        return new NodeAttributes(
            inode, kind, revision.Mode & 0xFFF, 1,
            context.ShowsOwners ? context.Accounts.NumberOfUser(revision.Owner) : context.Uid,
            context.ShowsOwners ? context.Accounts.NumberOfGroup(revision.Group) : context.Gid,
            size, kind == FileKind.SymbolicLink ? 0 : (size + SectorBytes - 1) / SectorBytes, revision.Mtime, revision.Mtime, revision.Time, revision.DeviceNumber);
    }

    /// <summary>Of a folder that stands for nothing in the volume.</summary>
    /// <param name="isPrivate">It shows without their folders what lies in folders that not everybody may enter.</param>
    public NodeAttributes FolderAttributes(ulong inode, bool isPrivate = false, long? time = null)
    {
        var when = time ?? started;
        return new NodeAttributes(
            inode, FileKind.Folder, isPrivate && context.ShowsOwners ? OpenToOwner : OpenToAll, 1, context.Uid, context.Gid, FolderBytes, FolderBytes / SectorBytes,
            when, when, when, 0);
    }

    public void Dispose() => Past.Dispose();

    private static ViewLine Line(ViewFolder folder) => new(EntryName.Create(folder.Key.Text), folder);
}
