using System.CommandLine;
using PeerDrive.Cli.Running;

namespace PeerDrive.Cli.Commands;

/// <summary>Ends a link; directory and volume keep what they have.</summary>
internal static class UnlinkCommand
{
    private static readonly Argument<string> Link = new("DIR") { Description = "The linked directory, or the link's id" };

    public static Command Create(Shell shell)
    {
        var command = shell.Define("unlink", "Stop mirroring a directory; nothing is deleted", RunAsync, "peerdrive unlink ~/Pictures");
        command.Add(Link);
        return command;
    }

    private static async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        var named = call.Get(Link);
        var client = call.Connect();
        var links = (await client.VolumesAsync(cancellation).ConfigureAwait(false)).SelectMany(volume => volume.Links);
        var link = links.Any(each => each.Id == named) ? named : Path.GetFullPath(named);
        await client.UnlinkAsync(link, cancellation).ConfigureAwait(false);
        return call.Done($"{link} is no longer linked; its files stay, and so does the volume.");
    }
}
