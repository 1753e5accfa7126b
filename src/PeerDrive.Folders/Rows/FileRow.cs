using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Revisions;

namespace PeerDrive.Folders.Rows;

/// <summary>One path of a linked directory: which entry it is, and what it was like when both were equal.</summary>
internal sealed class FileRow
{
    public required long Id { get; init; }

    /// <summary>Row of the folder.</summary>
    public long Parent { get; set; }

    /// <summary>Name in the directory: the entry's shown name.</summary>
    public EntryName Name { get; set; }

    public EntryId Entry { get; set; }

    public DocumentId Document { get; set; }

    /// <summary>The revision that the file equals; null when there is none yet.</summary>
    public RevisionId? Revision { get; set; }

    public FileSeen Seen { get; set; }

    public bool IsFolder => Seen.IsFolder;
}
