namespace PeerDrive.Client.Contracts;

/// <summary>Something that takes long. Kind: scan, fetch, write, import, check. State: running, done or failed.</summary>
public sealed record JobStatus(
    string Id, string Kind, string Title, string State, long Done, long Total, string Unit, DateTimeOffset Started, string? Problem)
{
    /// <summary>Units done in a second lately; 0 when it is not measured.</summary>
    public long PerSecond { get; init; }
}
