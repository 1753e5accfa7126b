using System.CommandLine;
using PeerDrive.Cli.Arguments;
using PeerDrive.Cli.Rendering;
using PeerDrive.Cli.Running;
using PeerDrive.Client;
using PeerDrive.Client.Contracts;

namespace PeerDrive.Cli.Commands;

/// <summary>Finds files and folders by a query; keeps, lists and runs saved queries.</summary>
internal static class FindCommand
{
    private const int MaxPage = 500, SnippetLetters = 100;

    private static readonly Argument<string[]> Words = new("QUERY [VOLUME...]")
    {
        Description = "What to find, as one argument, and the volumes to look in; all of them when none is named", Arity = ArgumentArity.ZeroOrMore,
    };

    private static readonly Option<int> Limit = new("--limit", "-n") { Description = "How many matches to show at most", DefaultValueFactory = _ => 50 };
    private static readonly Option<bool> Long = new("--long", "-l") { Description = "With mode, revision, state and whole path" };
    private static readonly Option<string?> Save = new("--save") { Description = "Keep the query as a document of this name", HelpName = "NAME" };
    private static readonly Option<bool> Saved = new("--saved") { Description = "List saved queries" };
    private static readonly Option<string?> Run = new("--run") { Description = "Run a saved query; in its own volume when no other is named", HelpName = "VOLUME:/PATH" };

    public static Command Create(Shell shell)
    {
        var command = shell.Define(
            "find", "Find files and folders by name, text, fields, tags, type, size, time, place or person", RunAsync,
            "peerdrive find 'beach holiday'", "peerdrive find 'type:image rating>=4 modified:\"last month\"' Pictures", "peerdrive find 'name:*.pdf size>10M (budget or invoice)' --long",
            "peerdrive find -- '-tag:done type:document'", "peerdrive find --save Best 'tag:holiday rating>=4' Pictures", "peerdrive find --run Pictures:/Best.query");
        command.Add(Words);
        command.Add(Limit);
        command.Add(Long);
        command.Add(Save);
        command.Add(Saved);
        command.Add(Run);
        return command;
    }

    private static async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        var words = call.Get(Words) ?? [];
        var client = call.Connect();
        if (call.Get(Limit) < 1) throw new UsageException("--limit is at least 1");
        if (new[] { call.Get(Saved), call.Get(Run) is not null, call.Get(Save) is not null }.Count(isAsked => isAsked) > 1) throw new UsageException("--save, --saved and --run exclude each other");
        if (call.Get(Saved)) return Tell(call, await client.SavedQueriesAsync(words, cancellation).ConfigureAwait(false));
        if (call.Get(Run) is { } place)
        {
            if (VolumePath.Parse(place) is not { Path: not "/" } path) throw new UsageException($"\"{place}\" names no document: write VOLUME:/path");
            var saved = await client.SavedQueryAsync(path.Volume, path.Path, cancellation).ConfigureAwait(false);
            return await FindAsync(call, client, saved.Query ?? "", words.Length > 0 ? words : [saved.VolumeId], cancellation).ConfigureAwait(false);
        }
        if (words.Length == 0) throw new UsageException("what to find is missing; see: peerdrive find --help");
        if (call.Get(Save) is not { } name) return await FindAsync(call, client, words[0], words[1..], cancellation).ConfigureAwait(false);
        if (words.Length > 2) throw new UsageException("a query is saved in one volume");
        var kept = await client.SaveQueryAsync(words.Length == 2 ? words[1] : await OnlyVolumeAsync(client, cancellation).ConfigureAwait(false), new SaveQuery(name, words[0]), cancellation).ConfigureAwait(false);
        return call.Answer(kept, _ => call.Output.WriteLine($"Saved as {kept.Volume}:{kept.Path}"));
    }

    private static async Task<string> OnlyVolumeAsync(PeerDriveClient client, CancellationToken cancellation)
    {
        var volumes = await client.VolumesAsync(cancellation).ConfigureAwait(false);
        return volumes.Count == 1 ? volumes[0].Id : throw new UsageException("name the volume to save the query in: peerdrive find --save NAME QUERY VOLUME");
    }

    private static int Tell(Call call, IReadOnlyList<SavedQuery> saved) => call.Answer(saved, _ =>
    {
        var table = new TextTable("PLACE", "QUERY");
        foreach (var each in saved) table.Add($"{each.Volume}:{each.Path}", each.Query is null ? "(not here)" : each.Problem is null ? each.Query : $"{each.Query.ReplaceLineEndings(" ")} ({each.Problem})");
        if (table.IsEmpty) call.Output.WriteLine("No query is saved.");
        table.WriteTo(call.Output);
    });

    private static async Task<int> FindAsync(Call call, PeerDriveClient client, string query, IReadOnlyList<string> volumes, CancellationToken cancellation)
    {
        var limit = call.Get(Limit);
        var page = await client.SearchAsync(query, volumes, null, Math.Min(limit, MaxPage), false, cancellation).ConfigureAwait(false);
        var matches = page.Matches.ToList();
        while (page.Next is { } next && matches.Count < limit)
        {
            page = await client.SearchAsync(query, volumes, next, Math.Min(limit - matches.Count, MaxPage), false, cancellation).ConfigureAwait(false);
            matches.AddRange(page.Matches);
        }
        var answer = page with { Matches = matches };
        return call.Answer(answer, _ => Tell(call, answer));
    }

    private static void Tell(Call call, SearchStatus answer)
    {
        if (answer.Matches.Count == 0) call.Output.WriteLine("Nothing matches.");
        if (call.Get(Long)) Lines(call, answer).WriteTo(call.Output, withHeadings: false);
        else Table(call, answer).WriteTo(call.Output);
        if (answer.Next is not null) call.Output.WriteLine($"{answer.Matches.Count} of {answer.Total} are shown; --limit shows more.");
        if (answer.IsPartial) call.Output.WriteLine("The index is being made; some matches may be missing ('peerdrive jobs').");
    }

    private static TextTable Table(Call call, SearchStatus answer)
    {
        var hasTexts = answer.Matches.Any(match => match.Snippet is not null);
        var table = hasTexts ? new TextTable("NAME", "PLACE", ">SIZE", "MODIFIED", "TEXT") : new TextTable("NAME", "PLACE", ">SIZE", "MODIFIED");
        foreach (var match in answer.Matches)
        {
            var entry = match.Entry;
            var folder = entry.Path[..Math.Max(1, entry.Path.LastIndexOf('/'))];
            string[] cells =
            [
                entry.Name + (entry.Kind == "folder" ? "/" : ""), $"{match.Volume}:{folder}{(match.IsDeleted ? " (deleted)" : "")}", entry.Kind == "file" ? ByteSize.Show(entry.Size) : "",
                RelativeTime.Show(entry.Modified, call.Now),
            ];
            var text = match.Snippet ?? "";
            table.Add(hasTexts ? [.. cells, text.Length > SnippetLetters ? text[..SnippetLetters] + "…" : text] : cells);
        }
        return table;
    }

    private static TextTable Lines(Call call, SearchStatus answer)
    {
        var table = new TextTable("MODE", ">SIZE", "MODIFIED", "REVISION", "PATH");
        foreach (var match in answer.Matches)
        {
            var entry = match.Entry;
            var state = (match.IsDeleted ? " (deleted)" : "") + (entry.IsHere || entry.Kind != "file" ? "" : " (not here)") + (entry.Heads > 1 ? $" ({entry.Heads} heads: in conflict)" : "");
            table.Add(
                entry.Mode, entry.Kind == "file" ? ByteSize.Show(entry.Size) : "", RelativeTime.Show(entry.Modified, call.Now), ShortId.Show(entry.Revision),
                $"{match.Volume}:{entry.Path}{(entry.Kind == "folder" ? "/" : "")}{state}");
        }
        return table;
    }
}
