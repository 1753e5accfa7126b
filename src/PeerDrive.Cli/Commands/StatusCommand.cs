using System.CommandLine;
using PeerDrive.Cli.Rendering;
using PeerDrive.Cli.Running;
using PeerDrive.Client.Contracts;

namespace PeerDrive.Cli.Commands;

/// <summary>What the node is and does.</summary>
internal static class StatusCommand
{
    public static Command Create(Shell shell) =>
        shell.Define("status", "What the node has, does and is connected to", RunAsync, "peerdrive status", "peerdrive status --json");

    private static async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        var status = await call.Connect().StatusAsync(cancellation).ConfigureAwait(false);
        return call.Answer(status, _ => Tell(call, status));
    }

    private static void Tell(Call call, NodeStatus status)
    {
        var output = call.Output;
        output.WriteLine($"{status.DeviceName} of {status.PersonName}, PeerDrive {status.Version}, up {RelativeTime.Span(call.Now - status.Started)}");
        output.WriteLine($"Device   {status.Device}");
        output.WriteLine($"Home     {status.Home}");
        output.WriteLine($"Process  {status.ProcessId}, port {status.Port}, memory {ByteSize.Show(status.MemoryBytes)}, " +
            $"sent {ByteSize.Show(status.BytesSent)}, received {ByteSize.Show(status.BytesReceived)}");
        Section(output, "Volumes", status.Volumes.Count, "none yet: peerdrive volume create NAME, or peerdrive join TICKET");
        NodeText.WriteVolumes(output, status.Volumes, "  ");
        NodeText.WriteFewCopies(output, status.Volumes, "  ");
        NodeText.WriteDiskUse(output, status.Volumes, "  ");
        var links = status.Volumes.SelectMany(volume => volume.Links.Select(link => (volume, link))).ToList();
        if (status.Volumes.Count > 0) Section(output, "Linked folders", links.Count, "none: peerdrive link VOLUME DIR");
        NodeText.WriteLinks(output, links, "  ");
        Section(output, "Peers", status.Peers.Count, "none yet: peerdrive invite VOLUME");
        NodeText.WritePeers(output, status.Peers, call.Now, "  ");
        if (status.Mount.Directory is { } mounted) output.WriteLine($"  Mounted at {mounted}{(status.Mount.Pending > 0 ? $", {status.Mount.Pending} changes to commit" : "")}");
        if (status.Mount.Problem is { } problem) output.WriteLine($"  Problem of the mount: {problem}");
        if (NodeText.PausedLine(status.Paused) is { } paused) output.WriteLine($"  {paused}");
        if (status.Problems.Count > 0 || status.Volumes.Any(volume => volume.Problems.Count > 0)) output.WriteLine();
        NodeText.WriteProblems(output, status.Volumes, status.Problems);
        var running = status.Jobs.Where(job => job.State != "done").ToList();
        if (running.Count == 0) return;
        Section(output, "Jobs", running.Count, "");
        NodeText.WriteJobs(output, running, call.Now, "  ");
    }

    private static void Section(TextWriter output, string title, int count, string whenEmpty)
    {
        output.WriteLine();
        output.WriteLine(count == 0 ? $"{title}: {whenEmpty}" : title);
    }
}
