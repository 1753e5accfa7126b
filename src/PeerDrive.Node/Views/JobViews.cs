using PeerDrive.Client.Contracts;
using PeerDrive.Folders;
using PeerDrive.Model.Identifiers;
using PeerDrive.Storage.Volumes;

namespace PeerDrive.Node.Views;

/// <summary>Jobs as the API shows them: those of the board, and what linked folders and the exchange do by themselves.</summary>
internal static class JobViews
{
    public static IReadOnlyList<JobStatus> All(NodeCore core) => [.. core.Jobs.All.Select(Of), .. Links(core), .. Fetches(core), .. Copies(core), .. Indexes(core)];

    public static JobStatus Of(Jobs.Job job) => new(
        job.Id, job.Kind, job.Title, State(job), job.Done, job.Total, job.Unit, job.Started, job.Problem)
    {
        PerSecond = job.IsOver ? 0 : job.PerSecond,
        SecondsLeft = job.IsOver ? null : Left(job.Done, job.Total, job.PerSecond),
    };

    private static string State(Jobs.Job job) => job switch
    {
        { IsOver: false, IsPaused: true } => "paused",
        { IsOver: false } => "running",
        { Problem: null } => "done",
        { IsCancelled: true } => "cancelled",
        _ => "failed",
    };

    private static long? Left(long done, long total, long perSecond) => perSecond > 0 && total >= done ? (total - done) / perSecond : null;

    private static string PathOf(Volume volume, DocumentId document) =>
        volume.Reader.EntriesOf(document) is [var entry, ..] ? volume.Reader.PathOf(entry.Id) : document.ToHex();

    private static IEnumerable<JobStatus> Links(NodeCore core)
    {
        foreach (var link in core.Links.All)
        {
            if (link.Folder?.State is not { } state) continue;
            var id = link.Settings.Id.ToHex()[..8];
            if (state.Phase == LinkPhase.Scanning)
                yield return new JobStatus($"scan-{id}", "scan", link.Settings.Directory, "running", state.Files, 0, "files", link.Opened, null);
            if (state.PendingWrites > 0)
                yield return new JobStatus($"write-{id}", "write", link.Settings.Directory, "running", 0, state.PendingWrites, "files", link.Opened, null);
        }
    }

    /// <summary>Search indexes that are being made.</summary>
    private static IEnumerable<JobStatus> Indexes(NodeCore core)
    {
        foreach (var volume in core.Volumes.Shown)
        {
            if (core.Volumes.SearchOf(volume)?.Progress is not { IsBuilding: true } progress) continue;
            yield return new JobStatus($"index-{volume.Id.ToHex()[..8]}", "index", volume.Name, "running", progress.Done, progress.Total, "entries", core.Began, null);
        }
    }

    /// <summary>What other devices fetch so that contents have enough copies.</summary>
    private static IEnumerable<JobStatus> Copies(NodeCore core)
    {
        foreach (var volume in core.Volumes.All)
        {
            if (core.Sync.CopiesState(volume.Id) is not { Taken: > 0 } state) continue;
            yield return new JobStatus($"copies-{volume.Id.ToHex()[..8]}", "copies", volume.Name, "running", state.Watched - state.Short, state.Watched - state.Short + state.Taken, "contents", core.Began, null);
        }
    }

    private static IEnumerable<JobStatus> Fetches(NodeCore core)
    {
        foreach (var volume in core.Volumes.All)
        {
            var id = volume.Id.ToHex()[..8];
            var isPaused = core.Sync.Pauses.IsFetchPaused(volume.Id);
            var isShared = core.Sync.Peers().Any(peer => peer.IsOnline && peer.Volumes.Contains(volume.Id));
            if (!isShared && !isPaused) continue;
            if (isShared && core.Sync.Compare(volume.Id).Missing is > 0 and var missing)
            {
                var known = volume.Vector.Tips.Sum(tip => (long)tip.Sequence);
                yield return new JobStatus($"changes-{id}", "fetch", volume.Name, "running", known, known + missing, "changes", core.Began, null);
            }
            if (volume.MissingTotals().Contents == 0 || core.Sync.FetchProgress(volume.Id) is not { } progress) continue;
            yield return new JobStatus(
                $"fetch-{id}", "fetch", volume.Name, isPaused ? "paused" : "running", progress.Done, progress.Total, "bytes", core.Began, core.Sync.FetchProblem(volume.Id))
            {
                PerSecond = isPaused ? 0 : progress.PerSecond,
                SecondsLeft = isPaused ? null : Left(progress.Done, progress.Total, progress.PerSecond),
                Skipped = [.. core.Sync.Skipped(volume.Id).Select(document => PathOf(volume, document))],
            };
        }
    }
}
