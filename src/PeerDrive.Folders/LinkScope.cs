using PeerDrive.Folders.Drafts;
using PeerDrive.Folders.Ignoring;
using PeerDrive.Folders.Lending;
using PeerDrive.Folders.Rows;
using PeerDrive.Folders.Scanning;
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

    public ParallelOptions Parallel(CancellationToken cancellation) =>
        new() { TaskScheduler = Context.Scheduler, MaxDegreeOfParallelism = Workers, CancellationToken = cancellation };
}
