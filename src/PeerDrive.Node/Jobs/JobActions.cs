using PeerDrive.Client.Contracts;
using PeerDrive.Model.Errors;
using PeerDrive.Node.Views;
using PeerDrive.Storage.Volumes;

namespace PeerDrive.Node.Jobs;

/// <summary>What a person may do with a job: pause, resume, cancel, skip. What makes no sense is refused with what does.</summary>
internal static class JobActions
{
    /// <exception cref="PeerDriveException">NotFound: no such job. Invalid: this job cannot do that.</exception>
    public static async Task<JobStatus> DoAsync(NodeCore core, string id, string action)
    {
        if (action is not ("pause" or "resume" or "cancel" or "skip")) throw Invalid($"'{action}' is nothing to do with a job; there are: pause, resume, cancel, skip.");
        if (core.Jobs.All.FirstOrDefault(job => job.Id == id) is { } job)
        {
            Do(job, action);
            return JobViews.Of(job);
        }
        var listed = JobViews.All(core).FirstOrDefault(each => each.Id == id)
            ?? throw new PeerDriveException(ErrorKind.NotFound, $"There is no job '{id}'; 'peerdrive jobs' lists them.");
        if (!id.StartsWith("fetch-", StringComparison.Ordinal)) throw Refusal(listed);
        var volume = core.Volumes.Require(id["fetch-".Length..]);
        return await FetchAsync(core, volume, listed, action).ConfigureAwait(false);
    }

    private static void Do(Job job, string action)
    {
        if (job.IsOver) throw Invalid($"Job {job.Id} is over.");
        if (action == "pause") job.Pause();
        else if (action == "resume") job.Resume();
        else if (action == "cancel") job.Cancel();
        else throw Invalid($"A {job.Kind} leaves nothing out by itself; end it with 'peerdrive jobs cancel {job.Id}'.");
    }

    private static async Task<JobStatus> FetchAsync(NodeCore core, Volume volume, JobStatus listed, string action)
    {
        switch (action)
        {
            case "pause":
                await core.Pauses.PauseFetchAsync(volume).ConfigureAwait(false);
                break;
            case "resume":
                core.Sync.TryAgain(volume.Id);
                await core.Pauses.ResumeAsync(volume).ConfigureAwait(false);
                break;
            case "skip":
                if (core.Sync.SkipFetch(volume.Id) is null) throw Invalid($"Nothing of {volume.Name} is being fetched now, so there is nothing to skip.");
                break;
            default:
                throw Invalid($"What a volume lacks is not given up; leave it for later with 'peerdrive jobs pause {listed.Id}', or leave out what stands in the way with 'peerdrive jobs skip {listed.Id}'.");
        }
        return JobViews.All(core).FirstOrDefault(each => each.Id == listed.Id) ?? listed with { State = "done" };
    }

    private static PeerDriveException Refusal(JobStatus job) => Invalid(job.Kind switch
    {
        "index" => $"The index of {job.Title} is needed for searching and is soon made.",
        "fetch" => $"Changes are few bytes and are not paused alone; 'peerdrive pause \"{job.Title}\"' pauses all of the volume.",
        _ => $"The {job.Kind} of {job.Title} belongs to its link; end that with 'peerdrive unlink \"{job.Title}\"'.",
    });

    private static PeerDriveException Invalid(string message) => new(ErrorKind.Invalid, message);
}
