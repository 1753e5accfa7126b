using System.CommandLine;
using PeerDrive.Cli.Arguments;
using PeerDrive.Cli.Running;
using PeerDrive.Client.Contracts;

namespace PeerDrive.Cli.Commands;

/// <summary>Files one document in several folders, and takes it out of one again.</summary>
internal static class PlaceCommand
{
    private static readonly Argument<VolumePath> Place = VolumePath.Argument("A file", needsPath: true);
    private static readonly Option<string?> In = new("--in") { Description = "File it in this folder of its volume, too", HelpName = "FOLDER" };
    private static readonly Option<string?> As = new("--as") { Description = "What it is called there (else as it is called already)", HelpName = "NAME" };
    private static readonly Option<bool> Remove = new("--remove") { Description = "Take it out of the place that is named; it stays in the others" };

    public static Command Create(Shell shell)
    {
        var command = shell.Define(
            "place", "Show or change the folders that a file is in: one file with one history, however many places it has", RunAsync,
            "peerdrive place Work:/plan.odt", "peerdrive place Work:/plan.odt --in Work:/clients/harbour", "peerdrive place Work:/plan.odt --in /archive --as plan-2026.odt", "peerdrive place Work:/archive/plan.odt --remove");
        command.Add(Place);
        foreach (var option in new Option[] { In, As, Remove }) command.Add(option);
        return command;
    }

    private static async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        var place = call.Get(Place);
        var client = call.Connect();
        if (call.Get(Remove) && call.Get(In) is not null) throw new UsageException("--remove and --in exclude each other.");
        if (call.Get(As) is not null && call.Get(In) is null) throw new UsageException("--as goes with --in FOLDER.");
        DocumentStatus document;
        if (call.Get(Remove)) document = await client.RemovePlaceAsync(place.Volume, place.Path, cancellation).ConfigureAwait(false);
        else if (call.Get(In) is { } folder)
            document = await client.PlaceAsync(place.Volume, new CreatePlace(place.Path, await FolderAsync(client, place, folder, cancellation).ConfigureAwait(false), call.Get(As)), cancellation).ConfigureAwait(false);
        else document = await client.DocumentAsync(place.Volume, place.Path, null, cancellation).ConfigureAwait(false);
        return call.Answer(document, _ =>
        {
            foreach (var path in document.Places) call.Output.WriteLine($"{document.Volume}:{path}");
        });
    }

    /// <summary>A folder of the same volume: VOLUME:/folder, /folder or an address.</summary>
    private static async Task<string> FolderAsync(Client.PeerDriveClient client, VolumePath place, string text, CancellationToken cancellation)
    {
        if (text.StartsWith('/')) return text;
        var folder = VolumePath.Parse(text) ?? throw new UsageException(VolumePath.Fault(text));
        if (folder.IsAddress || folder.Volume == place.Volume) return folder.Path;
        var (own, other) = (await client.VolumeAsync(place.Volume, cancellation).ConfigureAwait(false), await client.VolumeAsync(folder.Volume, cancellation).ConfigureAwait(false));
        return own.Id == other.Id ? folder.Path : throw new UsageException($"{place} has places in its own volume only, and {folder} is in another one. Link to it instead: peerdrive ln");
    }
}
