using System.CommandLine;
using PeerDrive.Cli.Arguments;
using PeerDrive.Cli.Rendering;
using PeerDrive.Cli.Running;
using PeerDrive.Client;
using PeerDrive.Client.Contracts;

namespace PeerDrive.Cli.Commands;

/// <summary>Lists who changed what, when and where: of a file, a folder or a whole volume.</summary>
internal static class LogCommand
{
    /// <summary>Changes that one answer of the node has at most.</summary>
    private const int PageLimit = 500;

    private static readonly Argument<VolumePath> Place = VolumePath.Argument("A file or folder; VOLUME alone is all of it", needsPath: false);
    private static readonly Option<bool> Graph = new("--graph") { Description = "Draw how the revisions of a file follow from each other" };
    private static readonly Option<string?> By = new("--by") { Description = "Only what this device or person did", HelpName = "NAME" };
    private static readonly Option<string?> Since = new("--since") { Description = "Only from then on: 2026-03-01T12:00, or 2h for two hours ago", HelpName = "TIME" };
    private static readonly Option<string?> Until = new("--until") { Description = "Only up to then", HelpName = "TIME" };
    private static readonly Option<string?> Kind = new("--kind") { Description = "Only created, edited, attributes, annotations, renamed, moved, linked, deleted, undeleted, restored, merged, members or settings; several with commas", HelpName = "KINDS" };
    private static readonly Option<string?> Grep = new("--grep") { Description = "Only with this in the comment", HelpName = "TEXT" };
    private static readonly Option<int> Limit = new("--limit", "-n") { Description = "At most so many (else 100)", HelpName = "N", DefaultValueFactory = _ => 100 };

    public static Command Create(Shell shell)
    {
        var command = shell.Define(
            "log", "List who changed what, when and where", RunAsync, "peerdrive log Work", "peerdrive log Work:/plan.txt", "peerdrive log Work:/plan.txt --graph",
            "peerdrive log Work:/reports --by laptop --since 2d --kind deleted,moved");
        command.Add(Place);
        foreach (var option in new Option[] { Graph, By, Since, Until, Kind, Grep, Limit }) command.Add(option);
        return command;
    }

    private static async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        var place = call.Get(Place);
        if (call.Get(Graph)) return await DrawAsync(call, place, cancellation).ConfigureAwait(false);
        var limit = call.Get(Limit);
        if (limit < 1) throw new UsageException("--limit is a number from 1 on.");
        var filter = new ChangeFilter(
            call.Get(By), call.Get(Since) is { } since ? Moment.RequireTime(since, call.Now) : null, call.Get(Until) is { } until ? Moment.RequireTime(until, call.Now) : null,
            call.Get(Kind), call.Get(Grep));
        var changes = await ReadAsync(call.Connect(), place, filter, limit, cancellation).ConfigureAwait(false);
        return call.Answer(changes, _ =>
        {
            if (changes.Places is { } places) call.Output.WriteLine($"One history of {places.Count} places: {string.Join(", ", places)}");
            foreach (var change in changes.Changes) call.Output.WriteLine(ChangeText.Line(change, call.Now));
            if (changes.Next is not null) call.Terminal.Error.WriteLine($"There is more; --limit {limit * 10} shows it.");
        });
    }

    /// <summary>Page after page until there are enough, or no more.</summary>
    private static async Task<ChangePage> ReadAsync(PeerDriveClient client, VolumePath place, ChangeFilter filter, int limit, CancellationToken cancellation)
    {
        var all = new List<ChangeStatus>();
        string? next = null;
        IReadOnlyList<string>? places;
        do
        {
            var page = await client.ChangesAsync(place.Volume, place.Path, filter with { Limit = Math.Min(limit - all.Count, PageLimit), After = next }, cancellation).ConfigureAwait(false);
            all.AddRange(page.Changes);
            next = page.Next;
            places = page.Places;
        }
        while (next is not null && all.Count < limit);
        return new ChangePage(all, next) { Places = places };
    }

    private static async Task<int> DrawAsync(Call call, VolumePath place, CancellationToken cancellation)
    {
        var log = await call.Connect().LogAsync(place.Volume, place.Path, cancellation).ConfigureAwait(false);
        return call.Answer(log, _ =>
        {
            foreach (var line in RevisionGraph.Draw(log, revision => RevisionText.Line(revision, call.Now))) call.Output.WriteLine(line);
        });
    }
}
