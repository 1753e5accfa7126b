namespace PeerDrive.Client.Contracts;

/// <summary>An invitation.</summary>
public sealed record TicketStatus(string Ticket, string Volume, string Role, DateTimeOffset Expires);
