using System.CommandLine;
using PeerDrive.Cli.Arguments;
using PeerDrive.Cli.Rendering;
using PeerDrive.Cli.Running;
using PeerDrive.Client.Contracts;

namespace PeerDrive.Cli.Commands;

/// <summary>Lists a folder of a volume.</summary>
internal static class ListCommand
{
    private static readonly Argument<VolumePath> Place = VolumePath.Argument("A folder or a file", needsPath: false);
    private static readonly Option<bool> Recursive = new("--recursive", "-R") { Description = "Also what is in the folders below" };
    private static readonly Option<bool> Long = new("--long", "-l") { Description = "With mode, size, time and state" };

    private static readonly Option<string?> At = new("--at") { Description = "As it was then: 2026-03-01T12:00, 2h for two hours ago, or the beginning of an id", HelpName = "TIME" };

    /// <summary>Also an option of cat and where.</summary>
    public static Option<bool> CreateCommonOption() => new("--common") { Description = "In the common tree: the volume and all that is offered to its members, in one" };

    private static readonly Option<string?> Fields = new("--fields") { Description = "With the values of these fields, such as tags,rating,width", HelpName = "A,B" };

    private static readonly Option<bool> Common = CreateCommonOption();

    public static Command Create(Shell shell)
    {
        var command = shell.Define(
            "ls", "List a folder of a volume", RunAsync, "peerdrive ls Pictures", "peerdrive ls Pictures:/2024 -R -l", "peerdrive ls Pictures --fields tags,rating", "peerdrive ls Work --at 2026-03-01", "peerdrive ls --common Friends:/movies");
        command.Add(Place);
        command.Add(Common);
        command.Add(Recursive);
        command.Add(Long);
        command.Add(Fields);
        command.Add(At);
        return command;
    }

    private static async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        var place = call.Get(Place);
        var recursive = call.Get(Recursive);
        var fields = (call.Get(Fields) ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (call.Get(Common) && fields.Length > 0) throw new UsageException("--fields and --common do not go together: name a volume.");
        var client = call.Connect();
        var at = call.Get(At);
        if (at is not null && call.Get(Common)) throw new UsageException("The common tree has no history; leave --at or --common away.");
        var entries = at is not null ? await client.ListAtAsync(place.Volume, place.Path, Moment.Require(at, call.Now), recursive, cancellation).ConfigureAwait(false)
            : call.Get(Common)
            ? await client.ListCommonAsync(place.Volume, place.Path, recursive, cancellation).ConfigureAwait(false)
            : await client.ListAsync(place.Volume, place.Path, recursive, fields, cancellation).ConfigureAwait(false);
        return call.Answer(entries, _ =>
        {
            if (fields.Length > 0) WriteFields(call, entries, recursive, fields);
            else if (call.Get(Long)) WriteLong(call, entries, recursive);
            else foreach (var entry in entries) call.Output.WriteLine(ShownName(entry, recursive));
        });
    }

    private static void WriteLong(Call call, IReadOnlyList<EntryStatus> entries, bool recursive)
    {
        var table = new TextTable("MODE", ">SIZE", "MODIFIED", "REVISION", "NAME");
        foreach (var entry in entries)
        {
            var size = entry.Kind == "file" ? ByteSize.Show(entry.Size) : "";
            var target = entry.Target is null ? "" : $" -> {entry.Target}";
            var here = entry.IsHere || entry.Kind != "file" ? "" : " (not here)";
            var heads = entry.Heads > 1 ? $" ({entry.Heads} heads: in conflict)" : "";
            table.Add(
                entry.Mode, size, RelativeTime.Show(entry.Modified, call.Now), ShortId.Show(entry.Revision),
                ShownName(entry, recursive) + target + here + heads);
        }
        table.WriteTo(call.Output, withHeadings: false);
    }

    private static void WriteFields(Call call, IReadOnlyList<EntryStatus> entries, bool recursive, string[] fields)
    {
        var table = new TextTable(["NAME", .. fields.Select(field => FieldsText.OneLine(field).ToUpperInvariant())]);
        foreach (var entry in entries)
            table.Add([ShownName(entry, recursive), .. fields.Select(field => entry.Fields?.GetValueOrDefault(field) is { } value ? FieldsText.OneLine(value) : "")]);
        table.WriteTo(call.Output);
    }

    private static string ShownName(EntryStatus entry, bool recursive) => (recursive ? entry.Path : entry.Name) + (entry.Kind == "folder" ? "/" : "");
}
