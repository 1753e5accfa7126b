namespace PeerDrive.Client.Contracts;

/// <summary>A revision of a document.</summary>
public sealed record RevisionStatus(
    string Revision, string Document, IReadOnlyList<string> Parents, string Kind, long Size, string Mode,
    DateTimeOffset Modified, DateTimeOffset Time, string Author, string Creator, string Comment, bool IsHead, bool IsShown,
    bool IsMerge, bool IsHere);
