using System.CommandLine;
using PeerDrive.Cli.Arguments;
using PeerDrive.Cli.Rendering;
using PeerDrive.Cli.Running;

namespace PeerDrive.Cli.Commands;

/// <summary>Lists the fields of a file or folder, or those that a volume knows.</summary>
internal static class FieldsCommand
{
    private static readonly Argument<VolumePath> Place = VolumePath.Argument("A file or folder; VOLUME alone: which fields its documents can have", needsPath: false);
    private static readonly Option<string?> Revision = new("--revision") { Description = "Those of an old version: its id or the beginning of it", HelpName = "ID" };

    public static Command Create(Shell shell)
    {
        var command = shell.Define(
            "fields", "List the fields of a file: what was set, and what was read out of it", RunAsync,
            "peerdrive fields Photos:/beach.jpg", "peerdrive fields Photos:/beach.jpg --revision 3fa9", "peerdrive fields Photos");
        command.Add(Place);
        command.Add(Revision);
        return command;
    }

    private static async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        var place = call.Get(Place);
        if (place.Path == "/")
        {
            if (call.Get(Revision) is not null) throw new UsageException("--revision is one of a file or folder: write VOLUME:/path.");
            var names = await call.Connect().FieldNamesAsync(place.Volume, cancellation).ConfigureAwait(false);
            return call.Answer(names, _ =>
            {
                var table = new TextTable("FIELD", "TYPE", "USED");
                foreach (var name in names) table.Add(name.Name, name.Type, name.IsUsed ? "yes" : "");
                table.WriteTo(call.Output);
            });
        }
        var file = await call.Connect().FieldsAsync(place.Volume, place.Path, call.Get(Revision), cancellation).ConfigureAwait(false);
        return call.Answer(file, _ => FieldsText.Write(call.Output, file, withPath: false));
    }
}
