namespace PeerDrive.Client.Contracts;

/// <summary>A revision of a document.</summary>
public sealed record RevisionStatus(
    string Revision, string Document, IReadOnlyList<string> Parents, string Kind, long Size, string Mode,
    DateTimeOffset Modified, DateTimeOffset Time, string Author, string Creator, string Comment, bool IsHead, bool IsShown,
    bool IsMerge, bool IsHere)
{
    /// <summary>Its content went by the retention rule; a device that kept it may send it when it is read.</summary>
    public bool IsThinned { get; init; }

    /// <summary>Of a merge that is not what its parents make, the device that brought it; otherwise null.</summary>
    public string? WrongMergeBy { get; init; }
}
