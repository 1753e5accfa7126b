using System.CommandLine;
using PeerDrive.Cli.Arguments;
using PeerDrive.Cli.Rendering;
using PeerDrive.Cli.Running;
using PeerDrive.Client.Contracts;

namespace PeerDrive.Cli.Commands;

/// <summary>Puts a file or folder into a second volume as the same document.</summary>
internal static class ReplicateCommand
{
    private static readonly Argument<VolumePath> Place = VolumePath.Argument("A file or folder; VOLUME alone is all of it", needsPath: false);
    private static readonly Argument<string> To = new("OTHER:/path") { Description = "A folder of another volume, or a new name in one" };
    private static readonly Option<bool> InStep = new("--in-step") { Description = "From now on too, by a rule: what changes in one changes in the other. A single file may be moved, and its delete stays where it was done; of a folder both have what either has" };

    public static Command Create(Shell shell)
    {
        var command = shell.Define(
            "replicate", "Put a file or folder into a second volume as the same document, with its history; `save --as` and cp make a new one", RunAsync,
            "peerdrive replicate Work:/plan.txt Archive:/", "peerdrive replicate Work:/reports Archive:/reports-2026 --in-step");
        command.Add(Place);
        command.Add(To);
        command.Add(InStep);
        return command;
    }

    private static async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        var place = call.Get(Place);
        if (VolumePath.Parse(call.Get(To)) is not { } target) throw new UsageException($"\"{call.Get(To)}\" names no place in a volume: write VOLUME:/path");
        var request = call.Connect(Timeout.InfiniteTimeSpan).ReplicateAsync(place.Volume, new ReplicateRequest(place.Path, target.Volume, target.Path) { InStep = call.Get(InStep) }, cancellation);
        var made = await new JobProgress(call, call.Connect()).WhileAsync(request, job => job.Kind == "replicate", cancellation).ConfigureAwait(false);
        return call.Answer(made, _ =>
        {
            call.Output.WriteLine(made.Folders == 0
                ? $"{place} is {made.Volume}:{made.Path} too."
                : $"{place} is {made.Volume}:{made.Path} too: {JobText.Count(made.Files)} {(made.Files == 1 ? "file" : "files")}, {JobText.Count(made.Folders)} {(made.Folders == 1 ? "folder" : "folders")}.");
            if (made.Rule is { } rule) call.Output.WriteLine($"Rule {rule.Rule} keeps them in step: {RuleText.Direction(rule)}");
            RuleText.WriteProblems(call.Output, made.Problems);
        });
    }
}
