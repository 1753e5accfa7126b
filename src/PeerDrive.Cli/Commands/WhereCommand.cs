using System.CommandLine;
using PeerDrive.Cli.Arguments;
using PeerDrive.Cli.Rendering;
using PeerDrive.Cli.Running;
using PeerDrive.Client.Contracts;

namespace PeerDrive.Cli.Commands;

/// <summary>Tells who holds a file or the files in a folder.</summary>
internal static class WhereCommand
{
    private static readonly Argument<VolumePath> Place = VolumePath.Argument("A file or folder; VOLUME alone is all of it", needsPath: false);

    private static readonly Option<bool> Common = ListCommand.CreateCommonOption();

    public static Command Create(Shell shell)
    {
        var command = shell.Define(
            "where", "Ask which devices hold a file, or the files in a folder; with --common, whose it is", RunAsync,
            "peerdrive where Pictures:/2026/beach.jpg", "peerdrive where --common Friends:/movies/KillBill");
        command.Add(Place);
        command.Add(Common);
        return command;
    }

    private static async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        var place = call.Get(Place);
        if (call.Get(Common)) return await ShowOwnersAsync(call, place, cancellation).ConfigureAwait(false);
        var where = await call.Connect(call.Limit * 4).WhereAsync(place.Volume, place.Path, cancellation).ConfigureAwait(false);
        return call.Answer(where, _ =>
        {
            call.Output.WriteLine($"{place}: {JobText.Count(where.Files)} files, {ByteSize.Show(where.Bytes)}{(where.IsPinned ? ", pinned here" : "")}");
            if (where.Places is { } places) call.Output.WriteLine($"One file in {places.Count} places: {string.Join(", ", places)}");
            var table = new TextTable("DEVICE", ">FILES", ">SIZE", "STATE");
            table.Add("this one", JobText.Count(where.HereFiles), ByteSize.Show(where.HereBytes), "");
            foreach (var device in where.Devices)
            {
                if (device.Answered) table.Add(device.Name, JobText.Count(device.Files), ByteSize.Show(device.Bytes), "online");
                else table.Add(device.Name, "", "", State(call, device));
            }
            table.WriteTo(call.Output);
            foreach (var other in where.Volumes)
            {
                call.Output.WriteLine(where.Files == 1
                    ? $"Also in {other.Volume}:{other.Path}{(other.CurrentFiles == 1 ? "" : ", another version")}"
                    : $"Also in {other.Volume}: {JobText.Count(other.Files)} of the files, {JobText.Count(other.CurrentFiles)} in the same version");
            }
            if (where is { Copies: { } copies, FewFiles: > 0 }) call.Output.WriteLine(
                $"{JobText.Count(where.FewFiles)} of the files, {ByteSize.Show(where.FewBytes)}, {(where.FewFiles == 1 ? "is" : "are")} on fewer than {copies + 1} devices: what one holds is to lie on {copies} more.");
        });
    }

    private static async Task<int> ShowOwnersAsync(Call call, VolumePath place, CancellationToken cancellation)
    {
        var where = await call.Connect(call.Limit * 4).WhereCommonAsync(place.Volume, place.Path, cancellation).ConfigureAwait(false);
        return call.Answer(where, _ =>
        {
            call.Output.WriteLine($"{place}: {where.Kind}{(where.Kind == "file" ? $", {ByteSize.Show(where.Size)}" : "")}");
            var table = new TextTable("OWNER", "PATH", "STATE");
            foreach (var owner in where.Owners) table.Add(owner.Owner, owner.Path ?? "", (owner.IsHere, owner.IsOnline) switch
            {
                (true, true) => "here, online",
                (true, false) => "here",
                (false, true) => "online",
                _ => "",
            });
            table.WriteTo(call.Output);
        });
    }

    private static string State(Call call, HolderStatus device) =>
        device.IsOnline ? "does not answer" : device.LastSeen is { } seen ? $"seen {RelativeTime.Show(seen, call.Now)}" : "not seen yet";
}
