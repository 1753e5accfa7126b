namespace PeerDrive.Client.Contracts;

/// <summary>What joining gave.</summary>
public sealed record JoinStatus(string Volume, string Name, string Role, LinkStatus? Link);
