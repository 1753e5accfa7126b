using System.CommandLine;
using PeerDrive.Cli.Arguments;
using PeerDrive.Cli.Running;
using PeerDrive.Client.Contracts;

namespace PeerDrive.Cli.Commands;

/// <summary>Renames or moves within a volume.</summary>
internal static class MoveCommand
{
    private static readonly Argument<VolumePath> Place = VolumePath.Argument("A file or folder", needsPath: true);
    private static readonly Argument<string> To = new("/new/path") { Description = "Where nothing is yet, in a folder of the same volume that is there" };

    public static Command Create(Shell shell)
    {
        var command = shell.Define("mv", "Rename or move a file or folder; history, tags and links stay with it", RunAsync, "peerdrive mv Work:/plan.txt /plans/plan.txt");
        command.Add(Place);
        command.Add(To);
        return command;
    }

    private static async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        var place = call.Get(Place);
        var to = call.Get(To);
        if (to.Contains(":/", StringComparison.Ordinal) && VolumePath.Parse(to) is { } other)
        {
            if (other.Volume != place.Volume) throw new UsageException($"Nothing is moved from one volume to another. The same document in both: peerdrive replicate {place.Volume}:{place.Path} {to}");
            to = other.Path;
        }
        if (!to.StartsWith('/')) throw new UsageException($"A path in a volume begins with a slash: /{to}");
        var moved = await call.Connect().MoveAsync(place.Volume, new MoveRequest(place.Path, to), cancellation).ConfigureAwait(false);
        return call.Answer(moved, _ => call.Output.WriteLine($"{place.Volume}:{place.Path} is {moved.Path} now."));
    }
}
