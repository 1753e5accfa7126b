namespace PeerDrive.Client.Contracts;

/// <summary>
/// Something that takes long. Kind: scan, fetch, write, import, restore, recover, check, copies, index, thin, collect. State: running, paused, done, failed or cancelled.
/// </summary>
public sealed record JobStatus(
    string Id, string Kind, string Title, string State, long Done, long Total, string Unit, DateTimeOffset Started, string? Problem)
{
    /// <summary>Units done in a second lately; 0 when it is not measured.</summary>
    public long PerSecond { get; init; }

    /// <summary>Seconds left at that rate; null when it is not known.</summary>
    public long? SecondsLeft { get; init; }

    /// <summary>Paths of the documents that were left out.</summary>
    public IReadOnlyList<string> Skipped { get; init; } = [];
}
