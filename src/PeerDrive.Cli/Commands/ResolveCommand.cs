using System.CommandLine;
using PeerDrive.Cli.Arguments;
using PeerDrive.Cli.Rendering;
using PeerDrive.Cli.Running;
using PeerDrive.Client.Contracts;

namespace PeerDrive.Cli.Commands;

/// <summary>Ends a conflict: by taking a head, merging with a program, or keeping all as files. What is left stays in history.</summary>
internal static class ResolveCommand
{
    private static readonly Argument<VolumePath> Place = VolumePath.Argument("The file in conflict", needsPath: true);
    private static readonly Option<string?> Take = new("--take", "--revision") { Description = "The head to go on with", HelpName = "ID" };
    private static readonly Option<string?> Tool = new("--tool")
    {
        Description = "Merge with a program: kdiff3, meld, vimdiff, …, or a command with $BASE, $LOCAL, $REMOTE and $MERGED (else MERGETOOL says which)",
        HelpName = "CMD",
        Arity = ArgumentArity.ZeroOrOne,
    };
    private static readonly Option<bool> KeepBoth = new("--keep-both") { Description = "Go on with the shown head, and make files of the others beside it" };

    public static Command Create(Shell shell)
    {
        var command = shell.Define(
            "resolve", "End a conflict by choosing, merging or keeping both", RunAsync,
            "peerdrive resolve Work:/plan.txt --take 4f2a", "peerdrive resolve Work:/plan.txt --tool meld", "peerdrive resolve Work:/plan.txt --keep-both");
        command.Add(Place);
        foreach (var option in new Option[] { Take, Tool, KeepBoth }) command.Add(option);
        return command;
    }

    private static async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        var place = call.Get(Place);
        var take = call.Get(Take);
        var usesTool = call.Has(Tool);
        if ((take is null ? 0 : 1) + (usesTool ? 1 : 0) + (call.Get(KeepBoth) ? 1 : 0) != 1)
            throw new UsageException("Say how, in one way: --take ID (see `peerdrive conflicts`), --tool, or --keep-both.");
        var client = call.Connect(call.Limit * 3);
        RevisionStatus resolved;
        if (usesTool)
        {
            var command = call.Get(Tool) ?? call.Variable("MERGETOOL") ?? throw new UsageException("Name the program: --tool meld, or set MERGETOOL.");
            var sides = await client.ConflictAsync(place.Volume, place.Path, cancellation).ConfigureAwait(false);
            if (sides.Heads.Count < 2) throw new UsageException($"{place} is not in conflict.");
            using var tool = new MergeTool(client, place, sides);
            var merged = await tool.RunAsync(command, cancellation).ConfigureAwait(false);
            resolved = await client.ResolveAsync(place.Volume, new ResolveRequest(place.Path, "") { MergedFile = merged, Heads = [.. sides.Heads.Select(head => head.Revision)] }, cancellation).ConfigureAwait(false);
        }
        else
        {
            resolved = await client.ResolveAsync(place.Volume, new ResolveRequest(place.Path, take ?? "") { KeepsBoth = call.Get(KeepBoth) }, cancellation).ConfigureAwait(false);
        }
        return call.Answer(resolved, _ => call.Output.WriteLine($"{place} is no longer in conflict; the newest revision is {ShortId.Show(resolved.Revision)}."));
    }
}
