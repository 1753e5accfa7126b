using System.CommandLine;
using System.Text.Json;
using PeerDrive.Cli.Running;
using PeerDrive.Client;
using PeerDrive.Client.Contracts;

namespace PeerDrive.Cli.Commands;

/// <summary>Tells what happens on the node, as it happens.</summary>
internal static class EventsCommand
{
    private static readonly Option<string?> After = new("--after") { Description = "Begin with what came after this event (its id, as --json tells it)", HelpName = "ID" };

    public static Command Create(Shell shell)
    {
        var command = shell.Define("events", "Tell what happens, as it happens, until Ctrl-C; with --json one line each", RunAsync, "peerdrive events", "peerdrive events --json | jq .paths");
        command.Add(After);
        return command;
    }

    private static async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        var client = call.Connect();
        var names = new Dictionary<string, string>();
        try
        {
            await foreach (var happened in client.EventsAsync(call.Get(After), cancellation).ConfigureAwait(false))
            {
                if (call.IsJson) call.Output.WriteLine(JsonSerializer.Serialize(happened, PeerDriveClient.JsonLine));
                else call.Output.WriteLine($"{happened.Time.ToLocalTime():HH:mm:ss}  {await DescribeAsync(client, happened, names, cancellation).ConfigureAwait(false)}");
                await call.Output.FlushAsync(cancellation).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return ExitCodes.Success;
        }
        throw new PeerDriveProblemException(new Problem("Unreachable", ExitCodes.Unreachable, "The node has stopped."));
    }

    private static async Task<string> DescribeAsync(PeerDriveClient client, NodeEvent happened, Dictionary<string, string> names, CancellationToken cancellation)
    {
        if (happened.Volume is { } id && !names.ContainsKey(id))
        {
            foreach (var volume in await client.VolumesAsync(cancellation).ConfigureAwait(false)) names[volume.Id] = volume.Name;
        }
        var where = happened.Volume is { } known ? names.GetValueOrDefault(known, known) : "";
        return happened.Kind switch
        {
            "changes" when happened.Paths.Count > 0 => $"{where}: {string.Join(", ", happened.Paths)}{(happened.HasMore ? " and more" : "")}",
            "changes" => $"{where}: {(happened.HasMore ? "much changed" : "members or settings")}",
            "contents" => $"{where}: contents arrived",
            "status" => "volumes, peers or jobs",
            _ => "what was between is not known any more",
        };
    }
}
