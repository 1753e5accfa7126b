using PeerDrive.Folders.Rows;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Revisions;
using PeerDrive.Native;
using PeerDrive.Storage.Volumes;

namespace PeerDrive.Folders.Writing;

/// <summary>One file on its way from the volume into the directory: written beside its place, then renamed.</summary>
internal sealed class FileWrite(EntryView view, FileRow? row, FileRow folder)
{
    public EntryView View { get; } = view;

    /// <summary>The file that is replaced; null for a new name.</summary>
    public FileRow? Row { get; } = row;

    /// <summary>Where it goes. Its path may change until then.</summary>
    public FileRow Folder { get; } = folder;

    public EntryName Name => View.ShownName;

    public RevisionId Revision => View.Shown!.Value.Id;

    public RevisionState? State { get; set; }

    /// <summary>Name of the finished file beside its place; null when it was not written.</summary>
    public byte[]? Temporary { get; set; }

    /// <summary>What the finished file was like before anybody else could get at it.</summary>
    public FileSeen Written { get; set; }

    /// <summary>A row of the same document whose file gets a further name instead of being written again.</summary>
    public FileRow? LinkTo { get; init; }

    /// <summary>A file that was begun while its content was being fetched.</summary>
    public StartedFile? Started { get; init; }

    /// <summary>The file is synced by itself, not with all of its file system.</summary>
    public bool IsSyncedAlone { get; set; }

    public ErrnoException? Failure { get; set; }

    /// <summary>Why the volume could not give the content, damaged chunks for one; null when it could.</summary>
    public string? Problem { get; set; }
}
