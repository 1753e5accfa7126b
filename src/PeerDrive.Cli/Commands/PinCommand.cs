using System.CommandLine;
using PeerDrive.Cli.Arguments;
using PeerDrive.Cli.Rendering;
using PeerDrive.Cli.Running;
using PeerDrive.Client.Contracts;

namespace PeerDrive.Cli.Commands;

/// <summary>Keeps files and folders on this device, whatever the volume's policy is.</summary>
internal static class PinCommand
{
    private static readonly Argument<VolumePath> Place = VolumePath.Argument("A file or folder; VOLUME alone is all of it", needsPath: false);
    private static readonly Argument<string> Volume = new("VOLUME") { Description = "A volume's name or id" };

    private static readonly Option<string?> Revision = new("--revision") { Description = "A version of a file, by its id or the beginning of it: it goes for no retention rule", HelpName = "ID" };

    public static Command Create(Shell shell)
    {
        var command = shell.Define(
            "pin", "Keep a file, a version of it, or all that is or comes into a folder, on this device", PinAsync, "peerdrive pin Pictures:/2026", "peerdrive pin Work:/plan.txt --revision 3f2a91");
        command.Add(Place);
        command.Add(Revision);
        return command;
    }

    public static Command CreateUnpin(Shell shell)
    {
        var command = shell.Define("unpin", "Let go what was pinned; nothing is dropped by that", UnpinAsync, "peerdrive unpin Pictures:/2026");
        command.Add(Place);
        command.Add(Revision);
        return command;
    }

    public static Command CreateList(Shell shell)
    {
        var command = shell.Define("pins", "List what is pinned", ListAsync, "peerdrive pins Pictures");
        command.Add(Volume);
        return command;
    }

    private static async Task<int> PinAsync(Call call, CancellationToken cancellation)
    {
        var place = call.Get(Place);
        var replica = await call.Connect().PinAsync(place.Volume, new PathRequest(place.Path, null) { Revision = call.Get(Revision) }, cancellation).ConfigureAwait(false);
        return call.Answer(replica, _ => call.Output.WriteLine($"{Named(call, place)} is kept on this device; what is not here yet is being fetched."));
    }

    private static async Task<int> UnpinAsync(Call call, CancellationToken cancellation)
    {
        var place = call.Get(Place);
        await call.Connect().UnpinAsync(place.Volume, place.Path, call.Get(Revision), cancellation).ConfigureAwait(false);
        return call.Done(call.Get(Revision) is null ? $"{place} is pinned no more; what is here of it stays until it is freed." : $"{Named(call, place)} is pinned no more; the retention rule says whether it stays.");
    }

    private static string Named(Call call, VolumePath place) => call.Get(Revision) is { } revision ? $"Version {revision} of {place}" : place.ToString();

    private static async Task<int> ListAsync(Call call, CancellationToken cancellation)
    {
        var replica = await call.Connect().ReplicaAsync(call.Get(Volume), cancellation).ConfigureAwait(false);
        return call.Answer(replica.Pins, pins =>
        {
            var table = new TextTable("PATH", "KIND", "VERSION");
            foreach (var pin in pins) table.Add(pin.Path, pin.Kind, pin.Revision is { } revision ? ShortId.Show(revision) : "");
            table.WriteTo(call.Output);
        });
    }
}
