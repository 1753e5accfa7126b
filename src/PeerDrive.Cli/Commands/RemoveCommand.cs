using System.CommandLine;
using PeerDrive.Cli.Arguments;
using PeerDrive.Cli.Running;

namespace PeerDrive.Cli.Commands;

/// <summary>Puts something into the trash.</summary>
internal static class RemoveCommand
{
    private static readonly Argument<VolumePath> Place = VolumePath.Argument("A file, or a folder with all that is in it", needsPath: true);

    public static Command Create(Shell shell)
    {
        var command = shell.Define("rm", "Put a file or folder into the trash", RunAsync, "peerdrive rm Work:/plan.txt", "peerdrive undelete Work:/plan.txt");
        command.Add(Place);
        return command;
    }

    private static async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        var place = call.Get(Place);
        var gone = await call.Connect().DeleteAsync(place.Volume, place.Path, cancellation).ConfigureAwait(false);
        return call.Answer(gone, _ => call.Output.WriteLine($"{place.Volume}:{gone.Path} is in the trash. Back with: peerdrive undelete {place.Volume} --entry {gone.Entry[..8]}"));
    }
}
