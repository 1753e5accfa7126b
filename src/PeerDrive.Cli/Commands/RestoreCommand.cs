using System.CommandLine;
using PeerDrive.Cli.Arguments;
using PeerDrive.Cli.Rendering;
using PeerDrive.Cli.Running;
using PeerDrive.Client.Contracts;

namespace PeerDrive.Cli.Commands;

/// <summary>Brings a file, a folder or a whole volume back to what it was.</summary>
internal static class RestoreCommand
{
    /// <summary>Lines told of what was done; a dry run tells all.</summary>
    private const int Told = 20;

    private static readonly Argument<VolumePath> Place = VolumePath.Argument("A file or folder; VOLUME alone is all of it", needsPath: false);
    private static readonly Option<string?> Revision = new("--revision") { Description = "A revision's id or its beginning; of a folder, the moment at which it was made", HelpName = "ID" };
    private static readonly Option<string?> At = new("--at") { Description = "As it was then: 2026-03-01T12:00, or 2h for two hours ago", HelpName = "TIME" };
    private static readonly Option<bool> DryRun = new("--dry-run") { Description = "Only say what would be done" };

    public static Command Create(Shell shell)
    {
        var command = shell.Define(
            "restore", "Make a file or folder what it was; what is there now stays in history and trash", RunAsync,
            "peerdrive restore Work:/plan.txt --revision 4f2a", "peerdrive restore Work:/reports --at 2h --dry-run", "peerdrive restore Work --at 2026-03-01");
        command.Add(Place);
        foreach (var option in new Option[] { Revision, At, DryRun }) command.Add(option);
        return command;
    }

    private static async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        var place = call.Get(Place);
        var (revision, at) = (call.Get(Revision), call.Get(At));
        if (revision is null && at is null) revision = place.Revision;
        if (revision is null == at is null) throw new UsageException("Say which: --revision ID (see `peerdrive log`) or --at TIME.");
        DateTimeOffset? time = at is null
            ? null
            : PointInTime.Parse(at, call.Now) ?? throw new UsageException($"\"{at}\" is no time: write 2026-03-01T12:00, or 2h for two hours ago.");

        // A large folder takes as long as it takes; that the node is alive is seen from its jobs.
        var request = call.Connect(Timeout.InfiniteTimeSpan).RestoreAsync(place.Volume, new RestoreRequest(place.Path, revision, time, call.Get(DryRun)), cancellation);
        var restored = await new JobProgress(call, call.Connect()).WhileAsync(request, job => job.Kind == "restore", cancellation).ConfigureAwait(false);
        return call.Answer(restored, _ => Tell(call.Output, place, restored));
    }

    private static void Tell(TextWriter output, VolumePath place, RestoreStatus restored)
    {
        if (restored.Entries.Count == 0)
        {
            output.WriteLine($"{place} is as it was; nothing {(restored.IsDryRun ? "would be" : "was")} done.");
            return;
        }
        var told = restored.IsDryRun ? restored.Entries.Count : Told;
        foreach (var entry in restored.Entries.Take(told))
            output.WriteLine($"{entry.Action,-8}  {(entry.From is null ? entry.Path : $"{entry.From} -> {entry.Path}")}");
        if (restored.Entries.Count > told) output.WriteLine($"… and {JobText.Count(restored.Entries.Count - told)} more");
        var counts = $"{JobText.Count(restored.Undeleted)} undeleted, {JobText.Count(restored.Moved)} moved, {JobText.Count(restored.Revised)} revised, " +
            $"{JobText.Count(restored.Deleted)} deleted (to the trash)";
        if (restored.IsDryRun) output.WriteLine($"Nothing was done. It would be: {counts}.");
        else if (restored.Revision is { } revision) output.WriteLine($"Restored {place}; the newest revision is {ShortId.Show(revision)}.");
        else output.WriteLine($"Restored {place}: {counts}.");
    }
}
