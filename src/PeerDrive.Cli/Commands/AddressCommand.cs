using System.CommandLine;
using PeerDrive.Cli.Arguments;
using PeerDrive.Cli.Running;

namespace PeerDrive.Cli.Commands;

/// <summary>Prints what a document or a version is called for ever.</summary>
internal static class AddressCommand
{
    private static readonly Argument<VolumePath> Place = VolumePath.Argument("A file or folder; VOLUME alone: the volume", needsPath: false);
    private static readonly Option<string?> Revision = new("--revision") { Description = "Of this version: its id or the beginning of it", HelpName = "ID" };
    private static readonly Option<bool> Pinned = new("--pinned") { Description = "Of the version that is shown now" };

    public static Command Create(Shell shell)
    {
        var command = shell.Define(
            "address", "Print the address of a file or folder, which every command takes instead of a path, on every device, wherever the file moves", RunAsync,
            "peerdrive address Work:/plan.odt", "peerdrive address Work:/plan.odt --revision 4f2a", "peerdrive cat $(peerdrive address Work:/plan.odt --pinned)");
        command.Add(Place);
        command.Add(Revision);
        command.Add(Pinned);
        return command;
    }

    private static async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        var (place, revision) = (call.Get(Place), call.Get(Revision));
        if (call.Get(Pinned) && revision is not null) throw new UsageException("--pinned and --revision exclude each other.");
        var client = call.Connect();
        if (place.Path == "/")
        {
            if (call.Get(Pinned) || revision is not null) throw new UsageException("A volume has no version; name something in it.");
            var volume = await client.VolumeAsync(place.Volume, cancellation).ConfigureAwait(false);
            return call.Answer(volume, _ => call.Output.WriteLine($"pd:{volume.Id}"));
        }
        var document = await client.DocumentAsync(place.Volume, place.Path, revision, cancellation).ConfigureAwait(false);
        if (call.Get(Pinned) && !document.IsPinned) document = await client.DocumentAsync(place.Volume, place.Path, document.Revision, cancellation).ConfigureAwait(false);
        return call.Answer(document, _ => call.Output.WriteLine(document.Address));
    }
}
