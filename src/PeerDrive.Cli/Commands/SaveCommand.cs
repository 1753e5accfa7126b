using System.CommandLine;
using PeerDrive.Cli.Arguments;
using PeerDrive.Cli.Rendering;
using PeerDrive.Cli.Running;
using PeerDrive.Client.Contracts;

namespace PeerDrive.Cli.Commands;

/// <summary>Puts an old version of a file, or a folder as it was, somewhere else as new files.</summary>
internal static class SaveCommand
{
    private static readonly Argument<VolumePath> Place = VolumePath.Argument("A file or folder, as it is or was called", needsPath: true);
    private static readonly Option<string?> Revision = new("--revision") { Description = "A revision's id or its beginning; of a folder, the moment at which it was made", HelpName = "ID" };
    private static readonly Option<string?> At = new("--at") { Description = "As it was then: 2026-03-01T12:00, or 2h for two hours ago", HelpName = "TIME" };
    private static readonly Option<string> As = new("--as") { Description = "Where to: VOLUME:/path, where nothing is", HelpName = "VOLUME:/path", Required = true };

    public static Command Create(Shell shell)
    {
        var command = shell.Define(
            "save", "Save an old version as a new file or folder", RunAsync,
            "peerdrive save Work:/plan.txt --revision 4f2a --as Work:/plan-of-march.txt", "peerdrive save Work:/reports --at 2026-03-01 --as Archive:/reports-march");
        command.Add(Place);
        foreach (var option in new Option[] { Revision, At, As }) command.Add(option);
        return command;
    }

    private static async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        var place = call.Get(Place);
        var (revision, at) = (call.Get(Revision), call.Get(At));
        if (revision is null && at is null) revision = place.Revision;
        if (revision is null == at is null) throw new UsageException("Say which: --revision ID (see `peerdrive log`) or --at TIME.");
        if (VolumePath.Parse(call.Get(As)) is not { } target || target.Path == "/") throw new UsageException(VolumePath.Fault(call.Get(As)));
        var request = new SaveRequest(place.Path, revision, at is null ? null : Moment.RequireTime(at, call.Now), target.Volume, target.Path);
        var saving = call.Connect(Timeout.InfiniteTimeSpan).SaveAsync(place.Volume, request, cancellation);
        var saved = await new JobProgress(call, call.Connect()).WhileAsync(saving, job => job.Kind == "save", cancellation).ConfigureAwait(false);
        return call.Answer(saved, _ => call.Output.WriteLine(saved.Folders == 0
            ? $"Saved {place} as {target}, {ByteSize.Show(saved.Bytes)}."
            : $"Saved {place} as {target}: {JobText.Count(saved.Files)} files, {JobText.Count(saved.Folders)} folders, {ByteSize.Show(saved.Bytes)}."));
    }
}
