namespace PeerDrive.Client.Contracts;

/// <summary>All fields of one revision of a file or folder.</summary>
/// <param name="Fields">By name; annotations come before what was read out of the content.</param>
/// <param name="Extraction">
/// Of what was read out of the content: done; none: it has no fields that could be read; waiting: it was not looked at yet; failed; not here.
/// </param>
/// <param name="Problem">Why it failed; otherwise null.</param>
public sealed record FieldsStatus(
    string Path, string Kind, string Document, string Revision, IReadOnlyList<FieldStatus> Fields, string Extraction, string? Problem);
