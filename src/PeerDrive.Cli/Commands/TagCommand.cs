using System.CommandLine;
using PeerDrive.Cli.Arguments;
using PeerDrive.Cli.Rendering;
using PeerDrive.Cli.Running;
using PeerDrive.Client.Contracts;

namespace PeerDrive.Cli.Commands;

/// <summary>Shows, adds and removes tags.</summary>
internal static class TagCommand
{
    private const string Tags = "tags";

    private static readonly Argument<VolumePath?> Place = WhereOption.OptionalPlace("A file or folder; none with --where");
    private static readonly Option<VolumePath[]> Also = AlsoOption.Create();
    private static readonly Option<string[]> Add = new("--add", "-a") { Description = "Add this tag; several with commas between them (repeatable)", HelpName = "TAG", DefaultValueFactory = _ => [] };
    private static readonly Option<string[]> Remove = new("--remove", "-r") { Description = "Remove this tag (repeatable)", HelpName = "TAG", DefaultValueFactory = _ => [] };

    public static Command Create(Shell shell)
    {
        var command = shell.Define(
            "tag", "Show or change the tags of a file or folder", RunAsync,
            "peerdrive tag Photos:/beach.jpg", "peerdrive tag Photos:/beach.jpg --add holiday,2026 --remove draft", "peerdrive tag Photos:/a.jpg --also Photos:/b.jpg --add best",
            "peerdrive tag --where 'type:image in:/beach' --volume Photos --add beach --dry-run");
        command.Add(Place);
        command.Add(Also);
        command.Add(Add);
        command.Add(Remove);
        WhereOption.AddTo(command);
        return command;
    }

    private static async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        var (added, removed) = (call.Get(Add), call.Get(Remove));
        var also = call.Get(Also);
        if (WhereOption.IsUsed(call, call.Get(Place) is not null || also.Length > 0))
        {
            if (added.Length + removed.Length == 0) throw new UsageException("Say which tags to --add or to --remove; 'peerdrive find' shows what matches.");
            return await WhereOption.RunAsync(call, request => request with { Add = Edits(added), Remove = Edits(removed) }, cancellation).ConfigureAwait(false);
        }
        var place = call.Get(Place) ?? throw new UsageException("Say what to tag: VOLUME:/path, or --where QUERY.");
        var changed = added.Length + removed.Length > 0
            ? await AlsoOption.AnnotateAsync(call, place, also, request => request with { Add = Edits(added), Remove = Edits(removed) }, cancellation).ConfigureAwait(false)
            : await AllAsync(call, [place, .. also], cancellation).ConfigureAwait(false);
        return call.Answer(changed, _ =>
        {
            if (changed.Count == 1) foreach (var tag in TagsOf(changed[0])) call.Output.WriteLine(tag);
            else foreach (var file in changed) call.Output.WriteLine($"{file.Path}  {string.Join(", ", TagsOf(file))}".TrimEnd());
        });
    }

    private static async Task<IReadOnlyList<FieldsStatus>> AllAsync(Call call, IReadOnlyList<VolumePath> places, CancellationToken cancellation)
    {
        var client = call.Connect();
        var found = new List<FieldsStatus>();
        foreach (var place in places) found.Add(await client.FieldsAsync(place.Volume, place.Path, null, cancellation).ConfigureAwait(false));
        return found;
    }

    private static List<FieldEdit> Edits(string[] tags) => [.. tags.Select(tag => new FieldEdit(Tags, tag))];

    private static IEnumerable<string> TagsOf(FieldsStatus file) => FieldsText.Texts(file.Fields.FirstOrDefault(field => field is { Name: Tags, Source: "annotation" }));
}
