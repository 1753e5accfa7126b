using System.CommandLine;
using PeerDrive.Cli.Arguments;
using PeerDrive.Cli.Running;
using PeerDrive.Client.Contracts;

namespace PeerDrive.Cli.Commands;

/// <summary>Makes versions of what was being written when the node ended without warning.</summary>
internal static class KeepCommand
{
    private static readonly Argument<VolumePath> Place = VolumePath.Argument("The draft; VOLUME alone: all of them", needsPath: false);

    public static Command Create(Shell shell)
    {
        var command = shell.Define("keep", "Keep drafts from before a crash as new versions", RunAsync, "peerdrive keep Work:/plan.txt", "peerdrive keep Work");
        command.Add(Place);
        return command;
    }

    private static async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        var place = call.Get(Place);
        await call.Connect().KeepAsync(place.Volume, new PathRequest(place.Path == "/" ? null : place.Path, null), cancellation).ConfigureAwait(false);
        return call.Done($"The drafts of {(place.Path == "/" ? place.Volume : place)} are versions now.");
    }
}
