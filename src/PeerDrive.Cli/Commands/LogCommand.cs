using System.CommandLine;
using PeerDrive.Cli.Arguments;
using PeerDrive.Cli.Rendering;
using PeerDrive.Cli.Running;

namespace PeerDrive.Cli.Commands;

/// <summary>Lists every revision of what is at a path.</summary>
internal static class LogCommand
{
    private static readonly Argument<VolumePath> Place = VolumePath.Argument("A file or folder", needsPath: false);
    private static readonly Option<bool> Graph = new("--graph") { Description = "Draw how the revisions follow from each other" };

    public static Command Create(Shell shell)
    {
        var command = shell.Define("log", "List every revision of a file", RunAsync, "peerdrive log Work:/plan.txt", "peerdrive log Work:/plan.txt --graph");
        command.Add(Place);
        command.Add(Graph);
        return command;
    }

    private static async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        var place = call.Get(Place);
        var log = await call.Connect().LogAsync(place.Volume, place.Path, cancellation).ConfigureAwait(false);
        return call.Answer(log, _ =>
        {
            var lines = call.Get(Graph)
                ? RevisionGraph.Draw(log, revision => RevisionText.Line(revision, call.Now))
                : RevisionGraph.NewestFirst(log).Select(revision => RevisionText.Line(revision, call.Now));
            foreach (var line in lines) call.Output.WriteLine(line);
        });
    }
}
