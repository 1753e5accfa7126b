using System.CommandLine;
using PeerDrive.Cli.Arguments;
using PeerDrive.Cli.Rendering;
using PeerDrive.Cli.Running;

namespace PeerDrive.Cli.Commands;

/// <summary>Lists what leads to a document.</summary>
internal static class BacklinksCommand
{
    private static readonly Argument<VolumePath> Place = VolumePath.Argument("A file or folder", needsPath: true);

    public static Command Create(Shell shell)
    {
        var command = shell.Define("backlinks", "List what leads to a file or folder: its places, and links in all volumes of this node", RunAsync, "peerdrive backlinks Work:/plan.odt");
        command.Add(Place);
        return command;
    }

    private static async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        var place = call.Get(Place);
        var found = await call.Connect().BacklinksAsync(place.Volume, place.Path, cancellation).ConfigureAwait(false);
        return call.Answer(found, _ =>
        {
            foreach (var link in found.Links) call.Output.WriteLine($"link   {link.Volume}:{link.Path}{(link.Pinned is { } version ? $" (version {ShortId.Show(version)})" : "")}");
            if (found.Places.Count > 1) foreach (var path in found.Places) call.Output.WriteLine($"place  {path}");
            if (found.Links.Count == 0) call.Output.WriteLine("No link leads here.");
            if (found.IsCut) call.Output.WriteLine("There are more links.");
        });
    }
}
