using System.CommandLine;
using PeerDrive.Cli.Arguments;
using PeerDrive.Cli.Rendering;
using PeerDrive.Cli.Running;
using PeerDrive.Client.Contracts;

namespace PeerDrive.Cli.Commands;

/// <summary>Lets go the contents of old versions that the retention rule does not keep.</summary>
internal static class ThinCommand
{
    private static readonly Argument<VolumePath> Place = VolumePath.Argument("A file or folder; VOLUME alone is all of it", needsPath: false);
    private static readonly Option<bool> DryRun = new("--dry-run") { Description = "Only tell what would go" };

    public static Command Create(Shell shell)
    {
        var command = shell.Define(
            "thin", "Drop from this device the old versions that its retention rule does not keep", RunAsync, "peerdrive thin Pictures --dry-run", "peerdrive thin Pictures:/2019");
        command.Add(Place);
        command.Add(DryRun);
        return command;
    }

    private static async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        var place = call.Get(Place);
        // The history of a large volume takes its time; that the node is alive is seen from its jobs.
        var request = call.Connect(Timeout.InfiniteTimeSpan).ThinAsync(place.Volume, new ThinRequest(place.Path, call.Get(DryRun)), cancellation);
        var thinned = await new JobProgress(call, call.Connect()).WhileAsync(request, job => job.Kind == "thin", cancellation).ConfigureAwait(false);
        return call.Answer(thinned, _ => Tell(call.Output, place, thinned));
    }

    private static void Tell(TextWriter output, VolumePath place, ThinStatus thinned)
    {
        var table = new TextTable("PATH", ">VERSIONS", ">FREES");
        foreach (var document in thinned.Documents) table.Add(document.IsDeleted ? $"{document.Path} (deleted)" : document.Path, JobText.Count(document.Versions), ByteSize.Show(document.Bytes));
        table.WriteTo(output);
        if (thinned.MoreDocuments > 0) output.WriteLine($"and {JobText.Count(thinned.MoreDocuments)} more files");
        if (thinned.Versions == 0) output.WriteLine($"Nothing of {place} goes by the rule: {thinned.Rule}");
        else if (thinned.DryRun) output.WriteLine($"{JobText.Count(thinned.Versions)} versions would go, {ByteSize.Show(thinned.Bytes)} on disk; nothing was changed.");
        else output.WriteLine($"{JobText.Count(thinned.Versions)} versions went, {ByteSize.Show(thinned.Bytes)} on disk; {ByteSize.Show(thinned.FreedBytes)} were given back, the rest by: peerdrive collect {place.Volume}");
    }
}
