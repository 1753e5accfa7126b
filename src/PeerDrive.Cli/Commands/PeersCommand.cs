using System.CommandLine;
using PeerDrive.Cli.Rendering;
using PeerDrive.Cli.Running;

namespace PeerDrive.Cli.Commands;

/// <summary>Lists other devices.</summary>
internal static class PeersCommand
{
    public static Command Create(Shell shell) =>
        shell.Define("peers", "List the other devices, and which are online", RunAsync, "peerdrive peers", "peerdrive peers --json");

    private static async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        var peers = await call.Connect().PeersAsync(cancellation).ConfigureAwait(false);
        return call.Answer(peers, _ =>
        {
            if (peers.Count == 0) call.Output.WriteLine("No peers yet: invite one with `peerdrive invite VOLUME`.");
            NodeText.WritePeers(call.Output, peers, call.Now);
            NodeText.WriteShares(call.Output, peers);
        });
    }
}
