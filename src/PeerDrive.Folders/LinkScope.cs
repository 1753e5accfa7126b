using Microsoft.Win32.SafeHandles;
using PeerDrive.Folders.Drafts;
using PeerDrive.Folders.Ignoring;
using PeerDrive.Folders.Lending;
using PeerDrive.Folders.Rows;
using PeerDrive.Folders.Scanning;
using PeerDrive.Native.Files;
using PeerDrive.Storage.Accounts;
using PeerDrive.Storage.Volumes;

namespace PeerDrive.Folders;

/// <summary>What the parts of one open link work on together.</summary>
internal sealed record LinkScope(
    Volume Volume, LinkSettings Settings, FolderContext Context, LinkedDirectory Directory, RowTable Rows, FolderRules Rules, AccountNames Accounts, DraftTable Drafts)
{
    /// <summary>Of a lean link: keeps large files where they are.</summary>
    public Lender? Lender { get; init; }

    /// <summary>Files hashed or written at once.</summary>
    public const int Workers = 3;

    /// <summary>
    /// Opens a row's folder; null when it is not at its path, be it that nothing is there or another folder by now. Thread-safe.
    /// </summary>
    public SafeFileHandle? TryOpen(FileRow folder, bool pathOnly = true)
    {
        if (Rows.PathOf(folder) is not { } path || Directory.TryOpenFolder(path, pathOnly) is not { } handle) return null;
        if (IsOf(folder, handle)) return handle;
        handle.Dispose();
        return null;
    }

    /// <summary>Whether another folder is at the path of a row's folder, which then is elsewhere.</summary>
    public bool IsTaken(FileRow folder)
    {
        if (Rows.PathOf(folder) is not { } path) return false;
        using var there = Directory.TryOpenFolder(path, pathOnly: true);
        return there is not null && !IsOf(folder, there);
    }

    /// <summary>Where a row is, from the link's directory.</summary>
    public byte[] PathOf(FileRow row) => RowTable.Join(Rows.Folder(row.Parent) is { } folder ? Rows.PathOf(folder) ?? [] : [], row.Name);

    /// <summary>Status of what is at a row's path; null when nothing is, or when its folder is elsewhere.</summary>
    public FileStat? StatOf(FileRow row)
    {
        if (Rows.Folder(row.Parent) is not { } folder) return null;
        using var handle = TryOpen(folder);
        return handle is null ? null : Libc.StatAt(handle, row.Name.Bytes);
    }

    /// <summary>Whether a row's file is at its path, of whatever content.</summary>
    public bool IsInPlace(FileRow row) => StatOf(row) is { } there && row.Seen.IsSameFile(there);

    /// <summary>Whether a file is an edit whose bytes are kept as a draft, so that it may be replaced.</summary>
    public bool IsDraft(FileRow row, in FileStat stat) => Drafts.IsActive && Drafts.Has(PathOf(row), stat);

    /// <summary>Whether a file is as its row says, or may be replaced though it is not.</summary>
    public bool IsAsSeen(FileRow row, in FileStat stat) =>
        row.Seen.HasSameBytesAndRights(stat) || IsDraft(row, stat);

    public ParallelOptions Parallel(CancellationToken cancellation) =>
        new() { TaskScheduler = Context.Scheduler, MaxDegreeOfParallelism = Workers, CancellationToken = cancellation };

    private bool IsOf(FileRow folder, SafeFileHandle handle) => folder.Id == Rows.Root.Id || folder.Seen.IsSameFile(Libc.Stat(handle));
}
