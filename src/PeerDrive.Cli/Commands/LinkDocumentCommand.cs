using System.CommandLine;
using PeerDrive.Cli.Arguments;
using PeerDrive.Cli.Running;
using PeerDrive.Client.Contracts;

namespace PeerDrive.Cli.Commands;

/// <summary>Makes a link document.</summary>
internal static class LinkDocumentCommand
{
    private static readonly Argument<VolumePath> Target = VolumePath.Argument("A file or folder of any volume; an address of a version pins the link to it", needsPath: true);
    private static readonly Argument<VolumePath> Place = new("LINK")
    {
        Description = "Where the link goes: VOLUME:/path, or a folder in which it is called as its target",
        CustomParser = result =>
        {
            if (VolumePath.Parse(result.Tokens[0].Value) is { } place) return place;
            result.AddError(VolumePath.Fault(result.Tokens[0].Value));
            return null;
        },
    };

    private static readonly Option<string?> Revision = new("--revision") { Description = "Pin the link to this version: a revision's id or its beginning (see `peerdrive log`)", HelpName = "ID" };
    private static readonly Option<bool> Pinned = new("--pinned") { Description = "Pin the link to what the target shows now" };

    public static Command Create(Shell shell)
    {
        var command = shell.Define(
            "ln", "Link to a file or folder; the link follows it wherever it goes, also into another volume's", RunAsync,
            "peerdrive ln Work:/plan.odt Private:/plan.odt", "peerdrive ln Work:/reports Private:/", "peerdrive ln Work:/plan.odt Work:/signed.odt --revision 4f2a", "peerdrive ln Work:/plan.odt Work:/as-sent.odt --pinned");
        command.Add(Target);
        command.Add(Place);
        command.Add(Revision);
        command.Add(Pinned);
        return command;
    }

    private static async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        var (target, place, revision) = (call.Get(Target), call.Get(Place), call.Get(Revision));
        if (call.Get(Pinned) && (revision is not null || target.Revision is not null)) throw new UsageException("--pinned takes what is shown now; leave it or the version away.");
        var client = call.Connect();
        if (call.Get(Pinned)) revision = (await client.DocumentAsync(target.Volume, target.Path, null, cancellation).ConfigureAwait(false)).Revision;
        var link = await client.CreateDocumentLinkAsync(place.Volume, new CreateDocumentLink(place.Path, target.Volume, target.Path, revision), cancellation).ConfigureAwait(false);
        return call.Answer(link, _ => call.Output.WriteLine($"{link.Volume}:{link.Places[0]} -> {link.Target}"));
    }
}
