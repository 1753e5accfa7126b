namespace PeerDrive.Client.Contracts;

/// <summary>Whose a file or folder of a common tree is.</summary>
/// <param name="Owner">A person's name, or that of the group's own volume.</param>
/// <param name="Volume">Id of the volume that it is in.</param>
/// <param name="Path">In that volume; of a folder null.</param>
/// <param name="IsHere">The content is on this device; of a folder false.</param>
/// <param name="IsOnline">Somebody who may send it is connected.</param>
public sealed record CommonOwner(string Owner, string Volume, string? Path, bool IsHere, bool IsOnline);
