using System.CommandLine;
using PeerDrive.Cli.Rendering;
using PeerDrive.Cli.Running;

namespace PeerDrive.Cli.Commands;

/// <summary>Lists what takes long.</summary>
internal static class JobsCommand
{
    private static readonly Option<bool> Watch = new("--watch") { Description = "Follow them until none is running" };

    public static Command Create(Shell shell)
    {
        var command = shell.Define("jobs", "List what the node is busy with", RunAsync, "peerdrive jobs", "peerdrive jobs --watch");
        command.Add(Watch);
        return command;
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
