namespace PeerDrive.Client.Contracts;

/// <summary>A device that we are or could be connected to.</summary>
/// <param name="IsOnline">It is connected, or another member told of it lately.</param>
public sealed record PeerStatus(
    string Device, string Name, string PersonName, bool IsOnline, string? Address, DateTimeOffset? LastSeen, long BytesSent,
    long BytesReceived, string? LastProblem, IReadOnlyList<string> Volumes)
{
    public bool IsConnected { get; init; } = IsOnline;

    /// <summary>The device through which it is known to be online, when it is not connected.</summary>
    public string? Via { get; init; }

    /// <summary>Where it may be reached, the likeliest first.</summary>
    public IReadOnlyList<string> Addresses { get; init; } = [];

    /// <summary>What it is in each volume of which both are members.</summary>
    public IReadOnlyList<PeerShareStatus> Shares { get; init; } = [];
}
