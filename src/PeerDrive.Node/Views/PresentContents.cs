using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Revisions;
using PeerDrive.Storage.Volumes;

namespace PeerDrive.Node.Views;

/// <summary>Which contents are wholly here, as of its making: one look instead of one for each file.</summary>
internal sealed class PresentContents
{
    /// <summary>Beyond this each content is looked at by itself, so that memory stays bounded.</summary>
    private const int MaxRemembered = 50_000;

    private readonly Volume volume;
    private readonly HashSet<(ChunkId Root, uint Depth, ulong Size)>? missing;

    public PresentContents(Volume volume)
    {
        this.volume = volume;
        if (volume.Replica.AbsentTotals().Contents <= MaxRemembered) missing = [.. volume.Replica.Absent(MaxRemembered).Select(content => (content.Root, content.Depth, content.Size))];
    }

    public bool IsHere(Content content) =>
        content.IsEmpty || (missing is not null ? !missing.Contains((content.Root, content.Depth, content.Size)) : volume.Contents.Missing(content, 1).Count == 0);

    /// <summary>The same of a content of which the catalog may know nothing.</summary>
    public bool IsHereUnknown(Content content)
    {
        try
        {
            return volume.Contents.Missing(content, 1).Count == 0;
        }
        catch (PeerDriveException e) when (e.Kind == ErrorKind.Corrupt)
        {
            // What a checkpoint names need not be a content.
            return false;
        }
    }
}
