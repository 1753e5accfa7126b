namespace PeerDrive.Client.Contracts;

/// <summary>Asks for an invitation.</summary>
public sealed record CreateTicket(string Role, long ExpiresSeconds, IReadOnlyList<string> Addresses);
