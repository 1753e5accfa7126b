using System.CommandLine;
using PeerDrive.Cli.Arguments;
using PeerDrive.Cli.Rendering;
using PeerDrive.Cli.Running;

namespace PeerDrive.Cli.Commands;

/// <summary>Shows what differs between two revisions of a file.</summary>
internal static class DiffCommand
{
    private static readonly Argument<VolumePath> Place = VolumePath.Argument("The file", needsPath: true);
    private static readonly Argument<string?> Before = new("A") { Description = "A revision (else the parent of B)", Arity = ArgumentArity.ZeroOrOne };
    private static readonly Argument<string?> After = new("B") { Description = "A revision (else the shown one)", Arity = ArgumentArity.ZeroOrOne };

    public static Command Create(Shell shell)
    {
        var command = shell.Define("diff", "Show what changed between two revisions", RunAsync, "peerdrive diff Work:/plan.txt", "peerdrive diff Work:/plan.txt 4f2a 91bc");
        command.Add(Place);
        command.Add(Before);
        command.Add(After);
        return command;
    }

    private static async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        var place = call.Get(Place);
        var diff = await call.Connect(call.Limit * 3)
            .DiffAsync(place.Volume, place.Path, call.Get(Before) ?? "", call.Get(After) ?? "", cancellation).ConfigureAwait(false);
        return call.Answer(diff, _ =>
        {
            call.Output.WriteLine($"{(diff.Before.Length == 0 ? "nothing" : ShortId.Show(diff.Before))} → {ShortId.Show(diff.After)}");
            foreach (var field in diff.Fields) call.Output.WriteLine($"{field.Field}: {field.Before} → {field.After}");
            if (diff.Text is { } text) call.Output.Write(text.EndsWith('\n') || text.Length == 0 ? text : text + "\n");
        });
    }
}
