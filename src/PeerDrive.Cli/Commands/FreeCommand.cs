using System.CommandLine;
using PeerDrive.Cli.Arguments;
using PeerDrive.Cli.Rendering;
using PeerDrive.Cli.Running;
using PeerDrive.Client.Contracts;

namespace PeerDrive.Cli.Commands;

/// <summary>Makes room: drops contents from this device that others hold.</summary>
internal static class FreeCommand
{
    private static readonly Argument<VolumePath> Place = VolumePath.Argument("A file or folder; VOLUME alone is all of it", needsPath: false);

    public static Command Create(Shell shell)
    {
        var command = shell.Define("free", "Drop from this device what other devices confirm to hold", RunAsync, "peerdrive free Pictures:/2019");
        command.Add(Place);
        return command;
    }

    private static async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        var place = call.Get(Place);
        // Others are asked for every file; that the node is alive is seen from its jobs.
        var request = call.Connect(Timeout.InfiniteTimeSpan).FreeAsync(place.Volume, new PathRequest(place.Path, null), cancellation);
        var freed = await new JobProgress(call, call.Connect()).WhileAsync(request, job => job.Kind == "free", cancellation).ConfigureAwait(false);
        return call.Answer(freed, _ =>
        {
            call.Output.WriteLine(freed.FreedContents == 0
                ? $"Nothing of {place} is on this device."
                : $"{JobText.Count(freed.FreedContents)} contents are on other devices only now; {ByteSize.Show(freed.FreedBytes)} were given back.");
            foreach (var kept in freed.Kept)
                call.Output.WriteLine($"Stays: {kept.Path} ({ByteSize.Show(kept.Bytes)}), confirmed by {(kept.Devices.Count == 0 ? "nobody" : string.Join(", ", kept.Devices))}");
            if (freed.SilentDevices.Count > 0) call.Output.WriteLine($"No answer came from {string.Join(", ", freed.SilentDevices)}.");
        });
    }
}
