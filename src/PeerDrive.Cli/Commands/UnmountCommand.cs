using System.CommandLine;
using PeerDrive.Cli.Running;

namespace PeerDrive.Cli.Commands;

/// <summary>Ends the mount; what was closed is committed first.</summary>
internal static class UnmountCommand
{
    public static Command Create(Shell shell) => shell.Define("unmount", "End the mount; nothing is deleted", RunAsync, "peerdrive unmount");

    private static async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        await call.Connect().UnmountAsync(cancellation).ConfigureAwait(false);
        return call.Done("The drive is not mounted any more.");
    }
}
