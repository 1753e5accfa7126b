using System.CommandLine;
using PeerDrive.Cli.Arguments;
using PeerDrive.Cli.Rendering;
using PeerDrive.Cli.Running;
using PeerDrive.Client.Contracts;

namespace PeerDrive.Cli.Commands;

/// <summary>Lists what is in conflict in all volumes or in one, or shows one conflict with all its sides.</summary>
internal static class ConflictsCommand
{
    private static readonly Argument<VolumePath?> Place = new("VOLUME[:/path]")
    {
        Description = "A volume; or a file in conflict, to see its sides (else all volumes)",
        Arity = ArgumentArity.ZeroOrOne,
        CustomParser = result =>
        {
            if (VolumePath.Parse(result.Tokens[0].Value) is { } place) return place;
            result.AddError($"\"{result.Tokens[0].Value}\" names no volume and no place in one: write VOLUME or VOLUME:/path");
            return null;
        },
    };

    public static Command Create(Shell shell)
    {
        var command = shell.Define(
            "conflicts", "List what was changed in two ways at once", RunAsync, "peerdrive conflicts", "peerdrive conflicts Work", "peerdrive conflicts Work:/plan.txt");
        command.Add(Place);
        return command;
    }

    private static async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        var client = call.Connect();
        if (call.Get(Place) is not { } place)
        {
            var all = await client.AllConflictsAsync(cancellation).ConfigureAwait(false);
            return call.Answer(all, _ => Tell(call, all));
        }
        if (place.Path == "/")
        {
            var conflicts = await client.ConflictsAsync(place.Volume, cancellation).ConfigureAwait(false);
            return call.Answer(conflicts, _ => Tell(call, [.. conflicts.Select(conflict => conflict with { Volume = place.Volume })]));
        }
        var sides = await call.Connect(call.Limit * 3).ConflictAsync(place.Volume, place.Path, cancellation).ConfigureAwait(false);
        return call.Answer(sides, _ => Tell(call, place, sides));
    }

    private static void Tell(Call call, IReadOnlyList<ConflictStatus> conflicts)
    {
        if (conflicts.Count == 0) call.Output.WriteLine("Nothing is in conflict.");
        foreach (var conflict in conflicts)
        {
            call.Output.WriteLine($"{conflict.Volume}:{conflict.Path}");
            foreach (var head in conflict.Heads) call.Output.WriteLine("  " + RevisionText.Line(head, call.Now));
        }
        if (conflicts.Count > 0) call.Output.WriteLine($"Choose one with: peerdrive resolve {conflicts[0].Volume}:{conflicts[0].Path} --take ID, or --tool, or --keep-both");
    }

    private static void Tell(Call call, VolumePath place, ThreeWayStatus sides)
    {
        if (sides.Heads.Count < 2)
        {
            call.Output.WriteLine($"{place} is not in conflict.");
            return;
        }
        call.Output.WriteLine(sides.Base is { } origin ? $"base  {RevisionText.Line(origin, call.Now)}" : "base  none");
        foreach (var head in sides.Heads) call.Output.WriteLine($"head  {RevisionText.Line(head, call.Now)}");
        if (sides.Text is { } text) call.Output.Write("\n" + (text.EndsWith('\n') || text.Length == 0 ? text : text + "\n"));
    }
}
