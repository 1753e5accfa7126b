using System.CommandLine;
using PeerDrive.Cli.Arguments;
using PeerDrive.Cli.Rendering;
using PeerDrive.Cli.Running;
using PeerDrive.Client.Contracts;

namespace PeerDrive.Cli.Commands;

/// <summary>Makes an old revision the newest.</summary>
internal static class RestoreCommand
{
    private static readonly Argument<VolumePath> Place = VolumePath.Argument("The file", needsPath: true);
    private static readonly Option<string?> Revision = new("--revision") { Description = "A revision's id or its beginning", HelpName = "ID" };
    private static readonly Option<string?> At = new("--at") { Description = "As it was then: 2026-03-01T12:00, or 2h for two hours ago", HelpName = "TIME" };

    public static Command Create(Shell shell)
    {
        var command = shell.Define(
            "restore", "Make an old revision of a file the newest; nothing is lost", RunAsync,
            "peerdrive restore Work:/plan.txt --revision 4f2a", "peerdrive restore Work:/plan.txt --at 2h");
        command.Add(Place);
        command.Add(Revision);
        command.Add(At);
        return command;
    }

    private static async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        var place = call.Get(Place);
        var (revision, at) = (call.Get(Revision), call.Get(At));
        if (revision is null == at is null) throw new UsageException("Say which: --revision ID (see `peerdrive log`) or --at TIME.");
        DateTimeOffset? time = at is null
            ? null
            : PointInTime.Parse(at, call.Now) ?? throw new UsageException($"\"{at}\" is no time: write 2026-03-01T12:00, or 2h for two hours ago.");
        var request = new RestoreRequest(place.Path, revision, time);
        var restored = await call.Connect().RestoreAsync(place.Volume, request, cancellation).ConfigureAwait(false);
        return call.Answer(restored, _ => call.Output.WriteLine($"Restored {place}; the newest revision is {ShortId.Show(restored.Revision)}."));
    }
}
