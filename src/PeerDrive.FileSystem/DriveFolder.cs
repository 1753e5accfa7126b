using PeerDrive.FileSystem.Handles;
using PeerDrive.FileSystem.Trees;
using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Revisions;
using PeerDrive.Native.Files;
using PeerDrive.Storage.Volumes;

namespace PeerDrive.FileSystem;

/// <summary>
/// The top of the mount: a folder for each volume, and one for the common trees, if there are any. Volumes of one name get their id as a suffix; the
/// common trees' folder gives way to a volume of its name.
/// </summary>
internal sealed class DriveFolder(TreeContext context) : Node
{
    private const ulong OwnInode = 1;
    private const uint Permissions = 0x1ED;
    private const string CommonText = "Common";

    private readonly long made = context.Now;
    private volatile IReadOnlyDictionary<EntryName, VolumeTree> volumes = new Dictionary<EntryName, VolumeTree>();
    private volatile CommonPlace? common;

    public IEnumerable<VolumeTree> Trees => volumes.Values;

    /// <returns>Names that lead elsewhere than before.</returns>
    public IReadOnlyList<EntryName> Show(IEnumerable<VolumeTree> trees)
    {
        var shown = new Dictionary<EntryName, VolumeTree>();
        foreach (var tree in trees.OrderBy(tree => tree.Volume.Id.ToHex(), StringComparer.Ordinal))
        {
            var name = NameOf(tree.Volume.Name, "");
            if (shown.ContainsKey(name)) name = NameOf(tree.Volume.Name, $" ({tree.Volume.Id.ToHex()[..8]})");
            shown[name] = tree;
        }
        var before = volumes;
        volumes = shown;
        List<EntryName> moved = [];
        if (common is { } there && there.Name != CommonName())
        {
            common = there with { Name = CommonName() };
            moved = [there.Name, CommonName()];
        }
        return [.. moved, .. before.Keys.Union(shown.Keys).Where(name => before.GetValueOrDefault(name) != shown.GetValueOrDefault(name))];
    }

    /// <summary>Shows the common trees, or none any more.</summary>
    /// <returns>The name that leads elsewhere than before; null: nothing changed.</returns>
    public EntryName? ShowCommon(Node? top)
    {
        if (common?.Top == top) return null;
        var former = common;
        common = top is null ? null : new CommonPlace(CommonName(), top);
        return (common ?? former)!.Name;
    }

    /// <summary>What a volume is called in the mount; null: it is not there.</summary>
    public EntryName? NameOf(VolumeTree tree) => volumes.Where(pair => pair.Value == tree).Select(pair => (EntryName?)pair.Key).FirstOrDefault();

    /// <summary>A volume with what it is called in the mount; null: it is not there.</summary>
    public (Volume Volume, EntryName Name)? Find(VolumeId id)
    {
        foreach (var (name, tree) in volumes)
        {
            if (tree.Volume.Id == id) return (tree.Volume, name);
        }
        return null;
    }

    public override NodeAttributes GetAttributes() =>
        new(OwnInode, FileKind.Folder, Permissions, 1, context.Uid, context.Gid, 4096, 8, made, made, made, 0);

    public override void Forget(ulong count)
    {
    }

    public override Outcome<Node> LookUp(EntryName name)
    {
        if (!volumes.TryGetValue(name, out var tree)) return common is { } place && place.Name == name ? context.Table.Attach(place.Top) : ErrorKind.NotFound;
        lock (tree.Gate) return tree.Attach(tree.Root, null);
    }

    public override Outcome<OpenFolder> OpenFolder() => new OpenDrive(this);

    /// <summary>A volume's name as one that a folder can have.</summary>
    public static EntryName NameOf(string name, string suffix)
    {
        const int room = 240;
        var text = string.Concat(name.Select(letter => letter is '/' or '\0' ? '_' : letter));
        var bytes = System.Text.Encoding.UTF8.GetBytes(text);
        bytes = [.. bytes.AsSpan(0, Math.Min(bytes.Length, room)), .. System.Text.Encoding.UTF8.GetBytes(suffix)];
        return EntryName.IsValid(bytes) ? EntryName.Create(bytes) : EntryName.Create($"volume{suffix}");
    }

    private EntryName CommonName() => volumes.ContainsKey(NameOf(CommonText, "")) ? NameOf(CommonText, " (offers)") : NameOf(CommonText, "");

    private List<DirectoryLine> Lines()
    {
        List<DirectoryLine> lines = [.. volumes.Select(pair => new DirectoryLine(pair.Key, FileKind.Folder, pair.Value.Root.Inode))];
        if (common is { } place) lines.Add(new DirectoryLine(place.Name, FileKind.Folder, place.Top.GetAttributes().Inode));
        return lines;
    }

    private sealed record CommonPlace(EntryName Name, Node Top);

    private sealed class OpenDrive(DriveFolder drive) : OpenFolder
    {
        private List<DirectoryLine> shown = drive.Lines();

        public override (ulong Own, ulong Above) Inodes => (OwnInode, OwnInode);

        public override IReadOnlyList<DirectoryLine> Lines => shown;

        public override void Rewind() => shown = drive.Lines();

        public override NodeView? LookUp(int line) => drive.LookUp(shown[line].Name) is { Error: null, Value: var node } ? new NodeView(node.Id, node.Generation, node.GetAttributes()) : null;
    }
}
