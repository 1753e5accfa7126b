using System.CommandLine;
using PeerDrive.Cli.Rendering;
using PeerDrive.Cli.Running;
using PeerDrive.Client.Contracts;

namespace PeerDrive.Cli.Commands;

/// <summary>Gives back the room of what nothing refers to any more.</summary>
internal static class CollectCommand
{
    private static readonly Argument<string> Volume = new("VOLUME") { Description = "A volume's name or id" };
    private static readonly Option<bool> DryRun = new("--dry-run") { Description = "Only tell how much" };

    public static Command Create(Shell shell)
    {
        var command = shell.Define(
            "collect", "Give back to the disk what no kept version needs, while the volume is in use", RunAsync, "peerdrive collect Pictures --dry-run", "peerdrive collect Pictures");
        command.Add(Volume);
        command.Add(DryRun);
        return command;
    }

    private static async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        // It reads all chunk lists and writes packs again; that the node is alive is seen from its jobs.
        var request = call.Connect(Timeout.InfiniteTimeSpan).CollectAsync(call.Get(Volume), call.Get(DryRun), cancellation);
        var collected = await new JobProgress(call, call.Connect()).WhileAsync(request, job => job.Kind == "collect", cancellation).ConfigureAwait(false);
        return call.Answer(collected, _ => Tell(call.Output, collected));
    }

    private static void Tell(TextWriter output, CollectStatus collected)
    {
        output.WriteLine(collected.DryRun
            ? $"{ByteSize.Show(collected.Bytes)} would be given back; nothing was changed."
            : $"{ByteSize.Show(collected.Bytes)} were given back.");
        if (collected.Postponed is { } why) output.WriteLine(why);
        output.WriteLine($"On disk: {NodeText.DiskUse(collected.Use)}.");
    }
}
