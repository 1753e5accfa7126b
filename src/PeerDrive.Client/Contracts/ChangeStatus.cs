namespace PeerDrive.Client.Contracts;

/// <summary>One change of a volume.</summary>
/// <param name="Changeset">Names the tree with all that its maker had seen, as <c>at</c>.</param>
/// <param name="Time">By the clock of the device that made it.</param>
/// <param name="Kind">created, edited, attributes, annotations, renamed, moved, linked, deleted, undeleted, restored, merged, members or settings.</param>
/// <param name="Path">The name of that time in its folder, which is named as it is now; empty of members and settings.</param>
/// <param name="From">Of a rename or move, where it was before.</param>
/// <param name="Comment">The revision's comment; of members and settings, what changed.</param>
/// <param name="Revision">The revision that it made; null when it made none.</param>
public sealed record ChangeStatus(
    string Changeset, DateTimeOffset Time, string Device, string Person, string Kind, string Path, string? From, string? Entry, string? Document, bool IsFolder,
    string Comment, RevisionStatus? Revision);
