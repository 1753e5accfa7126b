namespace PeerDrive.Client.Contracts;

/// <summary>Another volume of this node that has the same documents.</summary>
/// <param name="Path">Where it has the first of them.</param>
/// <param name="Files">Of the files that were asked for, those that it has.</param>
/// <param name="CurrentFiles">Of these, those of which it shows the same version.</param>
public sealed record VolumePlace(string Volume, string Path, long Files, long CurrentFiles)
{
    public string VolumeId { get; init; } = "";
}
