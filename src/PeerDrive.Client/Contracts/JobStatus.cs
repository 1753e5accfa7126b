namespace PeerDrive.Client.Contracts;

/// <summary>Something that takes long. Kind: scan, fetch, write, import, check. State: running, done or failed.</summary>
public sealed record JobStatus(
    string Id, string Kind, string Title, string State, long Done, long Total, string Unit, DateTimeOffset Started, string? Problem);
