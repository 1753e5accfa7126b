using System.CommandLine;
using PeerDrive.Cli.Arguments;
using PeerDrive.Cli.Rendering;
using PeerDrive.Cli.Running;
using PeerDrive.Client.Contracts;

namespace PeerDrive.Cli.Commands;

/// <summary>Sets and takes away fields of any name.</summary>
internal static class AnnotateCommand
{
    private static readonly Argument<VolumePath> Place = VolumePath.Argument("A file or folder", needsPath: true);

    private static readonly Argument<string[]> Values = new("FIELD=VALUE")
    {
        Description = "Fields and their values: comment=…, title=…, or any name. A set has commas between its texts, a list or a map is JSON",
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
            "peerdrive annotate Photos:/beach.jpg title=Beach 'comment=The last day'", "peerdrive annotate Work:/plan.odt budget=1200 --type number", "peerdrive annotate Work:/plan.odt --unset budget");
        command.Add(Place);
        command.Add(Values);
        command.Add(Type);
        command.Add(Unset);
        command.Add(Also);
        return command;
    }

    private static async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        var edits = call.Get(Values).Select(text => Edit(text, call.Get(Type))).ToList();
        var unset = call.Get(Unset);
        if (edits.Count + unset.Length == 0) throw new UsageException("Say what to set, as FIELD=VALUE, or what to --unset; 'peerdrive fields' shows what there is.");
        var changed = await AlsoOption.AnnotateAsync(call, call.Get(Place), call.Get(Also), request => request with { Set = edits, Unset = unset }, cancellation).ConfigureAwait(false);
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
