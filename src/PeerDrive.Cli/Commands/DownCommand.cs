using System.CommandLine;
using PeerDrive.Cli.Running;
using PeerDrive.Client;
using PeerDrive.Client.Contracts;

namespace PeerDrive.Cli.Commands;

/// <summary>Stops the node, and returns when its process has ended.</summary>
internal static class DownCommand
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(20);

    public static Command Create(Shell shell) => shell.Define("down", "Stop the node", RunAsync, "peerdrive down");

    private static async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        var client = call.Connect();
        var process = (await client.StatusAsync(cancellation).ConfigureAwait(false)).ProcessId;
        await client.StopAsync(cancellation).ConfigureAwait(false);
        var start = call.Time.GetTimestamp();
        while (IsRunning(process))
        {
            if (call.Time.GetElapsedTime(start) > Limit)
                throw new PeerDriveProblemException(new Problem("Busy", 9, $"The node (process {process}) was told to stop but is still busy."));
            await Task.Delay(Pace, call.Time, cancellation).ConfigureAwait(false);
        }
        return call.Done("The node has stopped.");
    }

    /// <summary>A process that ended but was not waited for by its parent counts as ended.</summary>
    private static bool IsRunning(int process)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{process}/stat");
            return !stat.AsSpan(stat.LastIndexOf(')') + 1).TrimStart().StartsWith("Z");
        }
        catch (IOException)
        {
            return false;
        }
    }
}
