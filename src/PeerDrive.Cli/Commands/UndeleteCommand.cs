using System.CommandLine;
using PeerDrive.Cli.Arguments;
using PeerDrive.Cli.Running;
using PeerDrive.Client.Contracts;

namespace PeerDrive.Cli.Commands;

/// <summary>Brings back what was deleted.</summary>
internal static class UndeleteCommand
{
    private static readonly Argument<VolumePath> Place = VolumePath.Argument("Where it was; VOLUME alone with --entry", needsPath: false);
    private static readonly Option<string?> Entry = new("--entry") { Description = "The id that `peerdrive trash` lists, when several had one path", HelpName = "ID" };

    public static Command Create(Shell shell)
    {
        var command = shell.Define("undelete", "Bring back what was deleted", RunAsync, "peerdrive undelete Work:/plan.txt", "peerdrive undelete Work --entry 7KQ2");
        command.Add(Place);
        command.Add(Entry);
        return command;
    }

    private static async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        var place = call.Get(Place);
        var entry = call.Get(Entry);
        if (place.Path == "/" == entry is null) throw new UsageException("Say what: VOLUME:/path, or VOLUME --entry ID (see `peerdrive trash`).");
        var request = new PathRequest(entry is null ? place.Path : null, entry);
        var back = await call.Connect().UndeleteAsync(place.Volume, request, cancellation).ConfigureAwait(false);
        return call.Answer(back, _ => call.Output.WriteLine($"{place.Volume}:{back.Path} is back."));
    }
}
