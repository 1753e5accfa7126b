namespace PeerDrive.Client.Contracts;

/// <summary>A file or folder whose contents are kept on this device, or a version of a file.</summary>
/// <param name="Kind">file, folder or version.</param>
public sealed record PinStatus(string Path, string Kind)
{
    /// <summary>The version that is pinned; null: the file or folder itself.</summary>
    public string? Revision { get; init; }
}
