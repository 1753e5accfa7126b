using System.CommandLine;
using PeerDrive.Cli.Rendering;
using PeerDrive.Cli.Running;

namespace PeerDrive.Cli.Commands;

/// <summary>Lists what takes long, and pauses, resumes, cancels it, or lets it leave something out.</summary>
internal static class JobsCommand
{
    private static readonly Option<bool> Watch = new("--watch") { Description = "Follow them until none is running" };

    public static Command Create(Shell shell)
    {
        var command = shell.Define("jobs", "List what the node is busy with", RunAsync, "peerdrive jobs", "peerdrive jobs --watch", "peerdrive jobs pause fetch-1a2b3c4d");
        command.Add(Watch);
        command.Add(Action(shell, "pause", "Let a job stand still; a fetch stays so over restarts", "is paused"));
        command.Add(Action(shell, "resume", "Let a job go on, also with what it left out", "goes on"));
        command.Add(Action(shell, "cancel", "End a job", "is being ended"));
        command.Add(Action(shell, "skip", "Leave out the document that stands in a fetch's way", "leaves out what stood in its way"));
        return command;
    }

    private static Command Action(Shell shell, string name, string description, string told)
    {
        var id = new Argument<string>("ID") { Description = "The job, as `peerdrive jobs` lists it" };
        var command = shell.Define(name, description, RunOneAsync, $"peerdrive jobs {name} fetch-1a2b3c4d");
        command.Add(id);
        return command;

        async Task<int> RunOneAsync(Call call, CancellationToken cancellation)
        {
            var job = await call.Connect().JobActionAsync(call.Get(id), name, cancellation).ConfigureAwait(false);
            return call.Answer(job, _ =>
            {
                call.Output.WriteLine($"The {job.Kind} of {job.Title} {told}.");
                foreach (var path in job.Skipped) call.Output.WriteLine($"Left out: {path}");
            });
        }
    }

    private static async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        var client = call.Connect();
        if (call.Get(Watch))
        {
            await new JobProgress(call, client).UntilAsync(
                async () =>
                {
                    var now = await client.JobsAsync(cancellation).ConfigureAwait(false);
                    return (now, now.Any(JobText.IsRunning));
                },
                cancellation).ConfigureAwait(false);
        }
        var jobs = await client.JobsAsync(cancellation).ConfigureAwait(false);
        return call.Answer(jobs, _ =>
        {
            if (jobs.Count == 0) call.Output.WriteLine("No jobs.");
            NodeText.WriteJobs(call.Output, jobs, call.Now);
        });
    }
}
