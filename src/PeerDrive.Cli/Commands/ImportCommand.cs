using System.CommandLine;
using PeerDrive.Cli.Arguments;
using PeerDrive.Cli.Rendering;
using PeerDrive.Cli.Running;
using PeerDrive.Client.Contracts;

namespace PeerDrive.Cli.Commands;

/// <summary>Copies a directory into a volume once.</summary>
internal static class ImportCommand
{
    private static readonly Argument<string> Source = new("DIR") { Description = "The directory to copy" };
    private static readonly Argument<VolumePath> Place = VolumePath.Argument("Where to", needsPath: false);

    public static Command Create(Shell shell)
    {
        var command = shell.Define("import", "Copy a directory into a volume, without linking it", RunAsync, "peerdrive import ~/old Archive:/2020");
        command.Add(Source);
        command.Add(Place);
        return command;
    }

    private static async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        var place = call.Get(Place);
        var directory = Path.GetFullPath(call.Get(Source));
        var client = call.Connect();
        var job = await client.ImportAsync(new ImportRequest(place.Volume, place.Path, directory), cancellation).ConfigureAwait(false);
        var ended = await new JobProgress(call, client).UntilDoneAsync(job, cancellation).ConfigureAwait(false);
        return call.Answer(ended, _ => call.Output.WriteLine($"Imported {directory} into {place}: {JobText.Progress(ended)}."));
    }
}
