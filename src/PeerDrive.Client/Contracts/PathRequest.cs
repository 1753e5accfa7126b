namespace PeerDrive.Client.Contracts;

/// <summary>Names an entry by its path, or a deleted one by its id.</summary>
public sealed record PathRequest(string? Path, string? Entry)
{
    /// <summary>A version of it, by its id or the beginning of it; null: what it shows.</summary>
    public string? Revision { get; init; }
}
