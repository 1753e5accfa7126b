namespace PeerDrive.Client.Contracts;

/// <summary>Asks for the drive to be mounted.</summary>
/// <param name="Directory">Absolute; null: where it was last, else PeerDrive in the user's home.</param>
public sealed record MountRequest(string? Directory);
