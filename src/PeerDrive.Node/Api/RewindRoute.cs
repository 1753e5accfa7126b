using PeerDrive.Client.Contracts;
using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Node.Views;
using PeerDrive.Storage.History;

namespace PeerDrive.Node.Api;

/// <summary>Undoes what a device, a person or a span of time did, and keeps what others did since.</summary>
internal static class RewindRoute
{
    public static async Task RunAsync(ApiCall call, NodeCore core)
    {
        var volume = core.Volumes.Require(call.Route("volume"));
        var request = await call.BodyAsync<RewindRequest>().ConfigureAwait(false);
        var byDevice = request.Device is { Length: > 0 };
        var byPerson = request.Person is { Length: > 0 };
        if (byDevice && byPerson) throw new PeerDriveException(ErrorKind.Invalid, "Name either a device or a person, not both.");
        if (!byDevice && !byPerson && (request.Since is null || request.Until is null)) throw new PeerDriveException(ErrorKind.Invalid, "Name a device or a person, or both a first and a last time.");
        var now = core.Time.GetUtcNow();
        if (request is { Since: { } first, Until: { } last } && first > last) throw new PeerDriveException(ErrorKind.Invalid, "The span ends before it begins.");
        var folder = VolumePaths.Resolve(volume, request.Path.Length == 0 ? "/" : request.Path);
        if (folder is { IsFolder: false }) throw new PeerDriveException(ErrorKind.NotAFolder, $"'{request.Path}' is not a folder; a file goes back with 'peerdrive restore'.");
        var devices = byDevice ? Makers.OfDevice(volume, request.Device!) : byPerson ? Makers.OfPerson(volume, request.Person!) : null;
        // The clock of the device may be ahead: without an end all counts that is here.
        var scope = new RewindScope(
            devices, request.Since is { } since ? EntryViews.Nanoseconds(since) : long.MinValue, request.Until is { } until ? EntryViews.Nanoseconds(until) : long.MaxValue, folder?.Id ?? EntryId.Root);
        var rewind = new Rewind(volume, scope, $"rewound {request.Device ?? request.Person ?? "all"} as of {now:u}");
        var steps = request.IsDryRun
            ? rewind.Plan()
            : await core.Jobs.RunAsync(
                new Jobs.KeptJob("rewind", $"{volume.Name}:{request.Path}", "peerdrive rewind"), "entries", (job, cancellation) => rewind.RunAsync(job.Report, cancellation)).ConfigureAwait(false);
        await call.AnswerAsync(new RewindStatus(
            request.Path, request.IsDryRun, Count(steps, RewindAction.Undelete), Count(steps, RewindAction.Move), Count(steps, RewindAction.Revise), Count(steps, RewindAction.Delete),
            Count(steps, RewindAction.Keep), [.. steps.Select(step => new RewoundEntry(step.Action.ToString().ToLowerInvariant(), step.Path, step.From, step.Note))])).ConfigureAwait(false);
    }

    private static int Count(IReadOnlyList<RewindStep> steps, RewindAction action) => steps.Count(step => step.Action == action);
}
