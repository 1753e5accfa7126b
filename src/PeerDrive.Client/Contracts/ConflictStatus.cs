namespace PeerDrive.Client.Contracts;

/// <summary>A document with several heads, the shown one first.</summary>
public sealed record ConflictStatus(string Path, string Document, IReadOnlyList<RevisionStatus> Heads)
{
    /// <summary>The volume's name.</summary>
    public string Volume { get; init; } = "";
}
