using System.CommandLine;
using PeerDrive.Cli.Arguments;
using PeerDrive.Cli.Running;

namespace PeerDrive.Cli.Commands;

/// <summary>Makes a folder in a volume.</summary>
internal static class MakeFolderCommand
{
    private static readonly Argument<VolumePath> Place = VolumePath.Argument("The new folder, in one that is there", needsPath: true);

    public static Command Create(Shell shell)
    {
        var command = shell.Define("mkdir", "Make a folder in a volume", RunAsync, "peerdrive mkdir Work:/plans");
        command.Add(Place);
        return command;
    }

    private static async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        var place = call.Get(Place);
        var made = await call.Connect().MakeFolderAsync(place.Volume, place.Path, cancellation).ConfigureAwait(false);
        return call.Answer(made, _ => call.Output.WriteLine($"{place.Volume}:{made.Path} is there."));
    }
}
