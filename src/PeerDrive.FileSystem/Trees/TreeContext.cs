using PeerDrive.Model.Errors;
using PeerDrive.Storage.Accounts;
using PeerDrive.Storage.Search;
using PeerDrive.Storage.Volumes;

namespace PeerDrive.FileSystem.Trees;

/// <summary>What the trees of a mount have in common.</summary>
/// <param name="Scheduler">Runs what may block: syncing, committing.</param>
/// <param name="ShowsOwners">Files belong to whom the volume says; else all belong to <paramref name="Uid"/> and <paramref name="Gid"/>.</param>
internal sealed record TreeContext(
    TimeProvider Time, Random Random, TaskScheduler Scheduler, NodeTable Table, AccountNames Accounts, DriveSettings Settings, bool ShowsOwners, uint Uid, uint Gid)
{
    /// <summary>Is told why something failed that a program sees as a bare error number; null: nobody is.</summary>
    public Action<Exception>? OnFailure { get; init; }

    /// <summary>Search in a volume; null: it cannot be searched.</summary>
    public Func<Volume, VolumeSearch?> SearchOf { get; init; } = _ => null;

    /// <summary>What link documents show.</summary>
    public LinkTexts Links { get; } = new();

    /// <summary>The kernel can read and write files by itself.</summary>
    public bool HandsFilesOver { get; set; }

    /// <summary>Shows volumes under the names that they have now.</summary>
    public Func<CancellationToken, Task> NamesVolumes { get; set; } = _ => Task.CompletedTask;

    /// <summary>Null until the kernel is there.</summary>
    public KernelNotices? Notices { get; set; }

    /// <summary>What the caller gets to see of a failure.</summary>
    public ErrorKind Report(PeerDriveException e)
    {
        if (e.Kind is ErrorKind.Io or ErrorKind.Corrupt or ErrorKind.Internal or ErrorKind.NotHere or ErrorKind.Cancelled) OnFailure?.Invoke(e);
        return e.Kind;
    }

    public long Now => (Time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * 100;
}
