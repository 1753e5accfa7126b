namespace PeerDrive.Client.Contracts;

/// <summary>Whose a place in a common tree is; of a folder all who have it.</summary>
public sealed record CommonWhere(string Path, string Kind, long Size, IReadOnlyList<CommonOwner> Owners);
