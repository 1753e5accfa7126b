using System.CommandLine;
using PeerDrive.Cli.Arguments;
using PeerDrive.Cli.Rendering;
using PeerDrive.Cli.Running;
using PeerDrive.Client.Contracts;

namespace PeerDrive.Cli.Commands;

/// <summary>Sets and takes away fields of any name.</summary>
internal static class AnnotateCommand
{
    private static readonly Argument<string[]> Words = new("VOLUME:/path FIELD=VALUE")
    {
        Description = "A file or folder (none with --where), then fields and their values: comment=…, title=…, or any name. A set has commas between its texts, a list or a map is JSON",
        Arity = ArgumentArity.ZeroOrMore,
    };

    private static readonly Option<string?> Type = new("--type", "-t")
    {
        Description = "Of the values: text, number, boolean, time, set, link, list or map (else what the field is known to be, else text)",
        HelpName = "TYPE",
    };

    private static readonly Option<string[]> Unset = new("--unset", "-u") { Description = "Take this field away (repeatable)", HelpName = "FIELD", DefaultValueFactory = _ => [] };
    private static readonly Option<VolumePath[]> Also = AlsoOption.Create();

    public static Command Create(Shell shell)
    {
        var command = shell.Define(
            "annotate", "Set fields of a file or folder", RunAsync,
            "peerdrive annotate Photos:/beach.jpg title=Beach 'comment=The last day'", "peerdrive annotate Work:/plan.odt budget=1200 --type number", "peerdrive annotate Work:/plan.odt --unset budget",
            "peerdrive annotate --where 'in:/2025 type:document' --volume Work project=Harbour");
        command.Add(Words);
        command.Add(Type);
        command.Add(Unset);
        command.Add(Also);
        WhereOption.AddTo(command);
        return command;
    }

    private static async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        var words = call.Get(Words) ?? [];
        var isBulk = WhereOption.IsUsed(call, call.Get(Also).Length > 0);
        if (!isBulk && words.Length == 0) throw new UsageException("Say what to annotate: VOLUME:/path FIELD=VALUE, or --where QUERY FIELD=VALUE.");
        var edits = (isBulk ? words : words[1..]).Select(text => Edit(text, call.Get(Type))).ToList();
        var unset = call.Get(Unset);
        if (edits.Count + unset.Length == 0) throw new UsageException("Say what to set, as FIELD=VALUE, or what to --unset; 'peerdrive fields' shows what there is.");
        if (isBulk) return await WhereOption.RunAsync(call, request => request with { Set = edits, Unset = unset }, cancellation).ConfigureAwait(false);
        var changed = await AlsoOption.AnnotateAsync(call, VolumePath.Require(words[0]), call.Get(Also), request => request with { Set = edits, Unset = unset }, cancellation).ConfigureAwait(false);
        return call.Answer(changed, _ =>
        {
            foreach (var file in changed) FieldsText.Write(call.Output, file, withPath: changed.Count > 1);
        });
    }

    private static FieldEdit Edit(string text, string? type)
    {
        var at = text.IndexOf('=', StringComparison.Ordinal);
        return at > 0 ? new FieldEdit(text[..at], text[(at + 1)..]) { Type = type } : throw new UsageException($"\"{text}\" is no field and value: write FIELD=VALUE.");
    }
}
