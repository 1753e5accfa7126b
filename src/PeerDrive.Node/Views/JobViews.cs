using PeerDrive.Client.Contracts;
using PeerDrive.Folders;
using PeerDrive.Model.Identifiers;

namespace PeerDrive.Node.Views;

/// <summary>Jobs as the API shows them: those of the board, and what linked folders and the exchange do by themselves.</summary>
internal static class JobViews
{
    public static IReadOnlyList<JobStatus> All(NodeCore core) => [.. core.Jobs.All.Select(Of), .. Links(core), .. Fetches(core)];

    public static JobStatus Of(Jobs.Job job) => new(
        job.Id, job.Kind, job.Title, !job.IsOver ? "running" : job.Problem is null ? "done" : "failed", job.Done, job.Total, job.Unit, job.Started, job.Problem);

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

    private static IEnumerable<JobStatus> Fetches(NodeCore core)
    {
        foreach (var volume in core.Volumes.All)
        {
            if (!core.Sync.Peers().Any(peer => peer.IsOnline && peer.Volumes.Contains(volume.Id))) continue;
            var id = volume.Id.ToHex()[..8];
            if (core.Sync.Compare(volume.Id).Missing is > 0 and var missing)
            {
                var known = volume.Vector.Tips.Sum(tip => (long)tip.Sequence);
                yield return new JobStatus($"changes-{id}", "fetch", volume.Name, "running", known, known + missing, "changes", core.Began, null);
            }
            if (volume.MissingTotals().Contents == 0 || core.Sync.FetchProgress(volume.Id) is not { } progress) continue;
            yield return new JobStatus($"fetch-{id}", "fetch", volume.Name, "running", progress.Done, progress.Total, "bytes", core.Began, null) { PerSecond = progress.PerSecond };
        }
    }
}
