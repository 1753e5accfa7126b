using PeerDrive.Folders.Rows;
using PeerDrive.Model.Revisions;
using PeerDrive.Native.Files;

namespace PeerDrive.Folders.Scanning;

/// <summary>One difference between the directory and its rows on its way into the volume.</summary>
internal sealed class LocalChange(LocalChangeKind kind, FileRow row, FileRow folder, EntryName name, byte[] path, FileStat stat)
{
    public LocalChangeKind Kind { get; } = kind;

    /// <summary>The path's row; of a new path one that is not saved yet.</summary>
    public FileRow Row { get; } = row;

    /// <summary>Where the path is now.</summary>
    public FileRow Folder { get; } = folder;

    public EntryName Name { get; } = name;

    /// <summary>From the top.</summary>
    public byte[] Path { get; } = path;

    public FileStat Stat { get; set; } = stat;

    /// <summary>The bytes have to be read.</summary>
    public bool NeedsBytes { get; init; }

    /// <summary>The bytes have to be read unless extended attributes explain the new change time.</summary>
    public bool NeedsReason { get; init; }

    /// <summary>A program may be writing just now: what it has appended so far is taken.</summary>
    public bool MayGrow { get; init; }

    /// <summary>Of <see cref="LocalChangeKind.Link"/>: a row of the same file. Its entry is known when this one's turn comes.</summary>
    public FileRow? Existing { get; init; }

    /// <summary>Of <see cref="LocalChangeKind.Rotate"/>: all rows with the places where their files are now.</summary>
    public IReadOnlyList<(FileRow Row, FileRow Folder, EntryName Name)> Places { get; init; } = [];

    /// <summary>Prepared: the new state; null when only the row has to be brought up to date.</summary>
    public RevisionState? State { get; set; }

    /// <summary>Prepared: the file was gone, or changed while it was read.</summary>
    public bool IsSkipped { get; set; }

    /// <summary>Prepared: try again later.</summary>
    public bool IsTorn { get; set; }

    /// <summary>Why the file could not be taken; null when it could.</summary>
    public string? Problem { get; set; }

    public FileSeen Seen { get; set; }
}
