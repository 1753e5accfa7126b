namespace PeerDrive.Client.Contracts;

/// <summary>Asks to accept an invitation.</summary>
public sealed record JoinRequest(string Ticket, string? Directory, string Space);
