using PeerDrive.Storage.Accounts;

namespace PeerDrive.FileSystem.Trees;

/// <summary>What the trees of a mount have in common.</summary>
/// <param name="Scheduler">Runs what may block: syncing, committing.</param>
/// <param name="ShowsOwners">Files belong to whom the volume says; else all belong to <paramref name="Uid"/> and <paramref name="Gid"/>.</param>
internal sealed record TreeContext(
    TimeProvider Time, Random Random, TaskScheduler Scheduler, NodeTable Table, AccountNames Accounts, DriveSettings Settings, bool ShowsOwners, uint Uid, uint Gid)
{
    /// <summary>The kernel can read and write files by itself.</summary>
    public bool HandsFilesOver { get; set; }

    /// <summary>Shows volumes under the names that they have now.</summary>
    public Func<CancellationToken, Task> NamesVolumes { get; set; } = _ => Task.CompletedTask;

    /// <summary>Null until the kernel is there.</summary>
    public KernelNotices? Notices { get; set; }

    public long Now => (Time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * 100;
}
