using PeerDrive.Model.Revisions;

namespace PeerDrive.FileSystem.Views;

/// <summary>A folder of the same lines for ever.</summary>
internal sealed class FixedFolder(VolumeViews views, ViewKey key, ulong above, IReadOnlyList<ViewLine> lines) : ViewFolder(views, key, above)
{
    public override bool HasLastingNames => true;

    protected override ViewNode? Find(EntryName name) => lines.FirstOrDefault(line => line.Name == name).Node;

    protected override IEnumerable<ViewLine> List() => lines;
}
