using System.CommandLine;
using PeerDrive.Cli.Arguments;
using PeerDrive.Cli.Rendering;
using PeerDrive.Cli.Running;
using PeerDrive.Client.Contracts;

namespace PeerDrive.Cli.Commands;

/// <summary>Shows what differs between two revisions of a file, or in a folder between two times.</summary>
internal static class DiffCommand
{
    private static readonly Argument<VolumePath> Place = VolumePath.Argument("A file; or with --from a folder, VOLUME alone is all of it", needsPath: false);
    private static readonly Argument<string?> Before = new("A") { Description = "A revision (else the parent of B)", Arity = ArgumentArity.ZeroOrOne };
    private static readonly Argument<string?> After = new("B") { Description = "A revision (else the shown one)", Arity = ArgumentArity.ZeroOrOne };
    private static readonly Option<string?> From = new("--from") { Description = "As it was then: 2026-03-01T12:00, 2h for two hours ago, or an id", HelpName = "TIME" };
    private static readonly Option<string?> To = new("--to") { Description = "And as it was then (else now)", HelpName = "TIME" };
    private static readonly Option<bool> SideBySide = new("--side-by-side", "-y") { Description = "Text in two columns" };

    public static Command Create(Shell shell)
    {
        var command = shell.Define(
            "diff", "Show what changed between two revisions or times", RunAsync, "peerdrive diff Work:/plan.txt", "peerdrive diff Work:/plan.txt 4f2a 91bc --side-by-side",
            "peerdrive diff Work:/reports --from 2026-03-01 --to 2d");
        command.Add(Place);
        command.Add(Before);
        command.Add(After);
        foreach (var option in new Option[] { From, To, SideBySide }) command.Add(option);
        return command;
    }

    private static async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        var place = call.Get(Place);
        var client = call.Connect(call.Limit * 3);
        var (before, after) = (call.Get(Before) ?? "", call.Get(After) ?? "");
        if (call.Get(From) is not { } from)
        {
            if (call.Get(To) is not null) throw new UsageException("--to goes with --from.");
            if (place.Path == "/") throw new UsageException("Name a file, or say --from TIME for a folder.");
            return Tell(call, await client.DiffAsync(place.Volume, place.Path, before, after, cancellation).ConfigureAwait(false));
        }
        if (before.Length > 0) throw new UsageException("Name either revisions or times.");
        var since = Moment.Require(from, call.Now);
        var until = call.Get(To) is { } to ? Moment.Require(to, call.Now) : "";
        if (await IsFileAsync(client, place, since, until, cancellation).ConfigureAwait(false))
            return Tell(call, await client.DiffTimesAsync(place.Volume, place.Path, since, until, cancellation).ConfigureAwait(false));
        var compared = await client.CompareAsync(place.Volume, place.Path, since, until, cancellation).ConfigureAwait(false);
        return call.Answer(compared, _ => Tell(call.Output, compared));
    }

    /// <summary>Whether a path meant a file at one of the times.</summary>
    private static async Task<bool> IsFileAsync(Client.PeerDriveClient client, VolumePath place, string from, string to, CancellationToken cancellation)
    {
        if (place.Path == "/") return false;
        foreach (var at in new[] { to, from })
        {
            try
            {
                var listed = at.Length == 0
                    ? await client.ListAsync(place.Volume, place.Path, false, cancellation).ConfigureAwait(false)
                    : await client.ListAtAsync(place.Volume, place.Path, at, false, cancellation).ConfigureAwait(false);
                return listed is [{ Kind: not "folder" } only] && only.Path.TrimEnd('/') == place.Path;
            }
            catch (Client.PeerDriveProblemException e) when (e.Problem.Kind == "NotFound")
            {
                // It may have been there at the other time.
            }
        }
        return false;
    }

    private static int Tell(Call call, DiffStatus diff) => call.Answer(diff, _ =>
    {
        call.Output.WriteLine($"{(diff.Before.Length == 0 ? "nothing" : ShortId.Show(diff.Before))} → {ShortId.Show(diff.After)}");
        foreach (var field in diff.Fields) call.Output.WriteLine($"{field.Field}: {field.Before} → {field.After}");
        foreach (var member in diff.Members ?? []) call.Output.WriteLine($"{member.Action,-8}  {member.Name}{Sizes(member.Action, member.Before, member.After)}");
        if (diff.Text is not { } text) return;
        if (call.Get(SideBySide))
        {
            foreach (var line in SideBySideText.Of(text, call.Terminal.ShowsOutput ? TerminalWidth.Now : 160)) call.Output.WriteLine(line);
            return;
        }
        call.Output.Write(text.EndsWith('\n') || text.Length == 0 ? text : text + "\n");
    });

    private static void Tell(TextWriter output, CompareStatus compared)
    {
        if (compared.Entries.Count == 0) output.WriteLine("Nothing differs.");
        foreach (var entry in compared.Entries)
        {
            var where = entry.From is { } from ? $"{from} -> {entry.Path}" : entry.Path;
            output.WriteLine($"{entry.Action,-8}  {where}{(entry.Kind == "folder" ? "/" : entry.Kind == "file" ? Sizes(entry.Action, entry.Before, entry.After) : "")}");
        }
    }

    private static string Sizes(string action, long before, long after) => action switch
    {
        "added" => $"  {ByteSize.Show(after)}",
        "removed" => $"  {ByteSize.Show(before)}",
        "renamed" => "",
        _ => $"  {ByteSize.Show(before)} → {ByteSize.Show(after)}",
    };
}
