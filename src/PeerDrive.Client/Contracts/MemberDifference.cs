namespace PeerDrive.Client.Contracts;

/// <summary>A file inside an archive that differs.</summary>
/// <param name="Action">added, removed or changed.</param>
public sealed record MemberDifference(string Action, string Name, long Before, long After);
