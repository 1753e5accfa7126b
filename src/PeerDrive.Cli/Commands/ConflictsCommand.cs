using System.CommandLine;
using PeerDrive.Cli.Rendering;
using PeerDrive.Cli.Running;
using PeerDrive.Client.Contracts;

namespace PeerDrive.Cli.Commands;

/// <summary>Lists documents with several heads.</summary>
internal static class ConflictsCommand
{
    private static readonly Argument<string> Volume = new("VOLUME") { Description = "A volume's name or id" };

    public static Command Create(Shell shell)
    {
        var command = shell.Define("conflicts", "List what was changed in two ways at once", RunAsync, "peerdrive conflicts Work");
        command.Add(Volume);
        return command;
    }

    private static async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        var volume = call.Get(Volume);
        var conflicts = await call.Connect().ConflictsAsync(volume, cancellation).ConfigureAwait(false);
        return call.Answer(conflicts, _ => Tell(call, volume, conflicts));
    }

    private static void Tell(Call call, string volume, IReadOnlyList<ConflictStatus> conflicts)
    {
        if (conflicts.Count == 0) call.Output.WriteLine("Nothing is in conflict.");
        foreach (var conflict in conflicts)
        {
            call.Output.WriteLine($"{volume}:{conflict.Path}");
            foreach (var head in conflict.Heads) call.Output.WriteLine("  " + RevisionText.Line(head, call.Now));
        }
        if (conflicts.Count > 0) call.Output.WriteLine($"Choose one with: peerdrive resolve {volume}:{conflicts[0].Path} --revision ID");
    }
}
