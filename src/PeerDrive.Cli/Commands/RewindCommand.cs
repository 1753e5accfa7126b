using System.CommandLine;
using PeerDrive.Cli.Arguments;
using PeerDrive.Cli.Rendering;
using PeerDrive.Cli.Running;
using PeerDrive.Client.Contracts;

namespace PeerDrive.Cli.Commands;

/// <summary>Undoes what one device or person did, or all in a span of time, and keeps what others did since.</summary>
internal static class RewindCommand
{
    /// <summary>Lines told of what was done; a dry run tells all.</summary>
    private const int Told = 20;

    private static readonly Argument<VolumePath> Place = VolumePath.Argument("A folder; VOLUME alone is all of it", needsPath: false);
    private static readonly Option<string?> Device = new("--device") { Description = "What this device did: its name or the beginning of its id", HelpName = "D" };
    private static readonly Option<string?> Person = new("--person") { Description = "What all devices of this person did", HelpName = "P" };
    private static readonly Option<string?> Since = new("--since") { Description = "From then on: 2026-03-01T12:00, or 2h for two hours ago", HelpName = "TIME" };
    private static readonly Option<string?> Until = new("--until") { Description = "Up to then (else now)", HelpName = "TIME" };
    private static readonly Option<bool> DryRun = new("--dry-run") { Description = "Only say what would be done" };

    public static Command Create(Shell shell)
    {
        var command = shell.Define(
            "rewind", "Undo what a device, a person or a span of time did, and keep what others did since", RunAsync,
            "peerdrive rewind Work --device laptop --since 2h --dry-run", "peerdrive rewind Work:/reports --person Bob", "peerdrive rewind Work --since 2026-03-01T10:00 --until 2026-03-01T10:42");
        command.Add(Place);
        foreach (var option in new Option[] { Device, Person, Since, Until, DryRun }) command.Add(option);
        return command;
    }

    private static async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        var place = call.Get(Place);
        var (device, person, since, until) = (call.Get(Device), call.Get(Person), call.Get(Since), call.Get(Until));
        if (device is not null && person is not null) throw new UsageException("Name either a device or a person.");
        if (device is null && person is null && (since is null || until is null)) throw new UsageException("Say whose: --device D or --person P; or --since and --until for all that was done between.");
        var request = new RewindRequest(
            place.Path, device, person, since is null ? null : Moment.RequireTime(since, call.Now), until is null ? null : Moment.RequireTime(until, call.Now), call.Get(DryRun));
        var rewinding = call.Connect(Timeout.InfiniteTimeSpan).RewindAsync(place.Volume, request, cancellation);
        var rewound = await new JobProgress(call, call.Connect()).WhileAsync(rewinding, job => job.Kind == "rewind", cancellation).ConfigureAwait(false);
        return call.Answer(rewound, _ => Tell(call.Output, place, rewound));
    }

    private static void Tell(TextWriter output, VolumePath place, RewindStatus rewound)
    {
        if (rewound.Entries.Count == 0)
        {
            output.WriteLine($"There is nothing to undo in {place}.");
            return;
        }
        // What is kept is what a person has to look at: all of it is told.
        var kept = rewound.Entries.Where(entry => entry.Action == "keep").ToList();
        var done = rewound.Entries.Where(entry => entry.Action != "keep").ToList();
        foreach (var entry in (rewound.IsDryRun ? done : done.Take(Told)).Concat(kept))
            output.WriteLine($"{entry.Action,-8}  {(entry.From is null ? entry.Path : $"{entry.From} -> {entry.Path}")}{(entry.Note is null ? "" : $"  ({entry.Note})")}");
        if (!rewound.IsDryRun && done.Count > Told) output.WriteLine($"… and {JobText.Count(done.Count - Told)} more");
        var counts = $"{JobText.Count(rewound.Undeleted)} undeleted, {JobText.Count(rewound.Moved)} moved, {JobText.Count(rewound.Revised)} revised, "
            + $"{JobText.Count(rewound.Deleted)} deleted (to the trash), {JobText.Count(rewound.Kept)} kept as others changed them";
        output.WriteLine(rewound.IsDryRun ? $"Nothing was done. It would be: {counts}." : $"Rewound {place}: {counts}.");
    }
}
