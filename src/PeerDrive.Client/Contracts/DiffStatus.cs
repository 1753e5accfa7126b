namespace PeerDrive.Client.Contracts;

/// <summary>What differs between two revisions: fields, and the text as a unified diff when both are text.</summary>
public sealed record DiffStatus(string Before, string After, IReadOnlyList<FieldDifference> Fields, string? Text)
{
    /// <summary>Of two archives, what differs inside by name and size; else null. At most 1,000.</summary>
    public IReadOnlyList<MemberDifference>? Members { get; init; }
}
