using PeerDrive.Client.Contracts;
using PeerDrive.Node.Jobs;
using PeerDrive.Node.Views;
using PeerDrive.Storage.Volumes;

namespace PeerDrive.Node.Api;

/// <summary>Jobs, and pausing the exchange.</summary>
internal static class JobRoutes
{
    public static void Map(ApiRoutes api, PeerDriveNode node)
    {
        api.Get("jobs", new("What the node is doing.") { Answers = typeof(IReadOnlyList<JobStatus>) }, call => call.AnswerAsync(JobViews.All(node.Core)));
        api.Post("jobs/{job}/{action}", new("Pauses, resumes, cancels or skips a job.") { Answers = typeof(JobStatus) }, async call =>
            await call.AnswerAsync(await JobActions.DoAsync(node.Core, call.Route("job"), call.Route("action")).ConfigureAwait(false)).ConfigureAwait(false));
        api.Get("pauses", new("What a person paused.") { Answers = typeof(PauseStatus) }, call => call.AnswerAsync(node.Core.Pauses.Status));
        api.Post("pause", new("Pauses the exchange with all, or with some.") { Takes = typeof(PauseRequest), Answers = typeof(PauseStatus) }, call => PauseAsync(call, node.Core, node.Core.Pauses.PauseAsync));
        api.Post("resume", new("Goes on with the exchange.") { Takes = typeof(PauseRequest), Answers = typeof(PauseStatus) }, call => PauseAsync(call, node.Core, node.Core.Pauses.ResumeAsync));
    }

    private static async Task PauseAsync(ApiCall call, NodeCore core, Func<Volume?, Task> change)
    {
        var request = await call.BodyAsync<PauseRequest>().ConfigureAwait(false);
        await change(request.Volume is { } name ? core.Volumes.Require(name) : null).ConfigureAwait(false);
        await call.AnswerAsync(core.Pauses.Status).ConfigureAwait(false);
    }
}
