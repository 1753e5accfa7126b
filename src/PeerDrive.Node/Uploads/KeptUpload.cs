using PeerDrive.Node.Volumes;

namespace PeerDrive.Node.Uploads;

/// <summary>What is remembered of an upload over a restart of the node.</summary>
/// <param name="Volume">The id, as the name may change.</param>
/// <param name="Size">Bytes that are to come in all.</param>
internal sealed record KeptUpload(string Volume, long Size, FileWrite Write)
{
    /// <summary>It is a version now. Who did not hear of that may ask.</summary>
    public bool IsDone { get; init; }
}
