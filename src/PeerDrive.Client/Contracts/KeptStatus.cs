namespace PeerDrive.Client.Contracts;

/// <summary>A file of which a content stays on this device.</summary>
/// <param name="Bytes">The content's size.</param>
/// <param name="Devices">Other devices that confirmed to have it.</param>
public sealed record KeptStatus(string Path, long Bytes, IReadOnlyList<string> Devices);
