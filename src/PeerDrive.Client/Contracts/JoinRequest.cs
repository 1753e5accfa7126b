namespace PeerDrive.Client.Contracts;

/// <summary>Asks to accept an invitation.</summary>
public sealed record JoinRequest(string Ticket, string? Directory, string Space)
{
    /// <summary><c>full</c>, <c>metadata</c> or <c>cache:100MB</c>; null: the node's default.</summary>
    public string? Policy { get; init; }
}
