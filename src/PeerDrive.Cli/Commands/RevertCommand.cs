using System.CommandLine;
using PeerDrive.Cli.Arguments;
using PeerDrive.Cli.Running;
using PeerDrive.Client.Contracts;

namespace PeerDrive.Cli.Commands;

/// <summary>Undoes edits made where this device may not write.</summary>
internal static class RevertCommand
{
    private static readonly Argument<VolumePath> Place = VolumePath.Argument("The draft; VOLUME alone: all of them", needsPath: false);

    public static Command Create(Shell shell)
    {
        var command = shell.Define("revert", "Undo edits that this device may not share", RunAsync, "peerdrive revert Work:/plan.txt", "peerdrive revert Work");
        command.Add(Place);
        return command;
    }

    private static async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        var place = call.Get(Place);
        var request = new PathRequest(place.Path == "/" ? null : place.Path, null);
        await call.Connect().RevertAsync(place.Volume, request, cancellation).ConfigureAwait(false);
        return call.Done($"{(place.Path == "/" ? place.Volume : place)} is again as it was shared.");
    }
}
