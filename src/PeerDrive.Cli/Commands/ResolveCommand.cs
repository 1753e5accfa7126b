using System.CommandLine;
using PeerDrive.Cli.Arguments;
using PeerDrive.Cli.Rendering;
using PeerDrive.Cli.Running;
using PeerDrive.Client.Contracts;

namespace PeerDrive.Cli.Commands;

/// <summary>Ends a conflict by choosing one of the heads; the others stay in history.</summary>
internal static class ResolveCommand
{
    private static readonly Argument<VolumePath> Place = VolumePath.Argument("The file in conflict", needsPath: true);
    private static readonly Option<string> Revision = new("--revision") { Description = "The head to go on with", HelpName = "ID", Required = true };

    public static Command Create(Shell shell)
    {
        var command = shell.Define("resolve", "End a conflict by choosing a revision", RunAsync, "peerdrive resolve Work:/plan.txt --revision 4f2a");
        command.Add(Place);
        command.Add(Revision);
        return command;
    }

    private static async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        var place = call.Get(Place);
        var request = new ResolveRequest(place.Path, call.Get(Revision));
        var chosen = await call.Connect().ResolveAsync(place.Volume, request, cancellation).ConfigureAwait(false);
        return call.Answer(chosen, _ => call.Output.WriteLine($"{place} is no longer in conflict; the newest revision is {ShortId.Show(chosen.Revision)}."));
    }
}
