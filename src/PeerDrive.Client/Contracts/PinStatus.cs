namespace PeerDrive.Client.Contracts;

/// <summary>A file or folder whose contents are kept on this device.</summary>
/// <param name="Kind">file or folder.</param>
public sealed record PinStatus(string Path, string Kind);
