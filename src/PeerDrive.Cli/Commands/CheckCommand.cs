using System.CommandLine;
using PeerDrive.Cli.Rendering;
using PeerDrive.Cli.Running;
using PeerDrive.Client.Contracts;

namespace PeerDrive.Cli.Commands;

/// <summary>Reads and verifies what is stored.</summary>
internal static class CheckCommand
{
    private static readonly Argument<string?> Volume = new("VOLUME") { Description = "A volume's name or id (else all)", Arity = ArgumentArity.ZeroOrOne };
    private static readonly Option<bool> Rebuild = new("--rebuild") { Description = "Derive the catalog anew from log and packs first" };

    public static Command Create(Shell shell)
    {
        var command = shell.Define(
            "check", "Verify everything stored, and heal it from peers", RunAsync, "peerdrive check", "peerdrive check Pictures --rebuild");
        command.Add(Volume);
        command.Add(Rebuild);
        return command;
    }

    private static async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        var client = call.Connect();

        // Reading a whole disk takes as long as it takes; that the node is alive is seen from its jobs.
        var patient = call.Connect(Timeout.InfiniteTimeSpan);
        IReadOnlyList<string> volumes = call.Get(Volume) is { } one
            ? [one]
            : [.. (await client.VolumesAsync(cancellation).ConfigureAwait(false)).Select(volume => volume.Id)];
        var found = new List<CheckStatus>();
        foreach (var volume in volumes)
        {
            var request = patient.CheckAsync(volume, call.Get(Rebuild), cancellation);
            found.Add(await new JobProgress(call, client).WhileAsync(request, job => job.Kind == "check", cancellation).ConfigureAwait(false));
        }
        var all = Total(found);
        call.Answer(all, _ => Tell(call.Output, all));
        return all.IsClean ? ExitCodes.Success : ExitCodes.Corrupt;
    }

    private static CheckStatus Total(List<CheckStatus> found) => new(
        found.Sum(each => each.Chunks), found.Sum(each => each.Bytes), [.. found.SelectMany(each => each.Damaged)],
        found.Sum(each => each.Healed), [.. found.SelectMany(each => each.Problems)], found.TrueForAll(each => each.IsClean));

    private static void Tell(TextWriter output, CheckStatus found)
    {
        foreach (var problem in found.Problems) output.WriteLine($"Problem: {problem}");
        foreach (var path in found.Damaged) output.WriteLine($"Damaged: {path}");
        output.WriteLine($"{JobText.Count(found.Chunks)} chunks, {ByteSize.Show(found.Bytes)}, {found.Healed} healed: " +
            (found.IsClean ? "everything is as it should be." : "not everything could be healed; connect a peer that has the content and check again."));
    }
}
