using System.CommandLine;
using PeerDrive.Cli.Rendering;
using PeerDrive.Cli.Running;
using PeerDrive.Client.Contracts;

namespace PeerDrive.Cli.Commands;

/// <summary>Makes and shows volumes, and removes their members.</summary>
internal static class VolumeCommand
{
    private static readonly Argument<string> NewName = new("NAME") { Description = "The new volume's name" };
    private static readonly Argument<string> Volume = new("VOLUME") { Description = "A volume's name or id" };
    private static readonly Argument<string> Person = new("PERSON") { Description = "A member's name, id, or the beginning of the id" };
    private static readonly Option<bool> RecoveryKey = new("--recovery-key") { Description = "Make a key to keep on paper: an owner that no lost disk takes along" };

    public static Command Create(Shell shell)
    {
        var create = shell.Define("create", "Make a volume", CreateAsync, "peerdrive volume create Pictures --recovery-key");
        create.Add(NewName);
        create.Add(RecoveryKey);
        var list = shell.Define("list", "List the volumes", ListAsync, "peerdrive volume list");
        var show = shell.Define("show", "Show a volume", ShowAsync, "peerdrive volume show Pictures");
        show.Add(Volume);
        var members = shell.Define("members", "List a volume's members and their devices", MembersAsync, "peerdrive volume members Pictures");
        members.Add(Volume);
        var remove = shell.Define("remove", "Remove a member from a volume", RemoveAsync, "peerdrive volume remove Pictures Bob");
        remove.Add(Volume);
        remove.Add(Person);
        return shell.Group("volume", "Make, show and recover volumes, remove members", create, list, show, members, remove, PolicyCommand.Create(shell), CopiesCommand.Create(shell), RecoverCommand.Create(shell));
    }

    private static async Task<int> CreateAsync(Call call, CancellationToken cancellation)
    {
        var request = new CreateVolume(call.Get(NewName), call.Get(RecoveryKey));
        var made = await call.Connect().CreateVolumeAsync(request, cancellation).ConfigureAwait(false);
        return call.Answer(made, _ =>
        {
            call.Output.WriteLine($"Made {made.Name} ({made.Id}).");
            if (made.RecoveryKey is not null)
                call.Output.WriteLine($"Recovery key, shown only now. Write it down and keep it away from this machine:\n\n  {made.RecoveryKey}\n\nIt is used with: peerdrive volume recover");
            call.Output.WriteLine($"Next: peerdrive link {made.Name} DIR");
        });
    }

    private static async Task<int> ListAsync(Call call, CancellationToken cancellation)
    {
        var volumes = await call.Connect().VolumesAsync(cancellation).ConfigureAwait(false);
        return call.Answer(volumes, _ => NodeText.WriteVolumes(call.Output, volumes));
    }

    private static async Task<int> ShowAsync(Call call, CancellationToken cancellation)
    {
        // Counting reads all chunk lists.
        await call.Connect(Timeout.InfiniteTimeSpan).DiskUseAsync(call.Get(Volume), cancellation).ConfigureAwait(false);
        var volume = await call.Connect().VolumeAsync(call.Get(Volume), cancellation).ConfigureAwait(false);
        return call.Answer(volume, _ =>
        {
            call.Output.WriteLine($"{volume.Name} ({volume.Id}), you are its {volume.Role}");
            call.Output.WriteLine($"{JobText.Count(volume.Files)} files in {JobText.Count(volume.Folders)} folders, {ByteSize.Show(volume.Bytes)}; " +
                $"stored with history {ByteSize.Show(volume.StoredBytes)}; {NodeText.State(volume)}");
            call.Output.WriteLine(NodeText.Policy(volume));
            if (volume.DiskUse is { } use) call.Output.WriteLine($"On disk: {NodeText.DiskUse(use)}; retention {volume.Retention}");
            if (volume.Copies is not null) call.Output.WriteLine(NodeText.Copies(volume));
            NodeText.WriteLinks(call.Output, volume.Links.Select(link => (volume, link)));
            WriteMembers(call, volume);
            NodeText.WriteProblems(call.Output, [volume], []);
        });
    }

    private static async Task<int> MembersAsync(Call call, CancellationToken cancellation)
    {
        var volume = await call.Connect().VolumeAsync(call.Get(Volume), cancellation).ConfigureAwait(false);
        return call.Answer(volume.Members, _ => WriteMembers(call, volume));
    }

    private static async Task<int> RemoveAsync(Call call, CancellationToken cancellation)
    {
        var (volume, person) = (call.Get(Volume), call.Get(Person));
        await call.Connect().RemoveMemberAsync(volume, person, cancellation).ConfigureAwait(false);
        return call.Done($"{person} is no longer a member of {volume}. What they already have stays with them.");
    }

    private static string Describe(DeviceStatus device)
    {
        var marks = new List<string>();
        if (device.IsOnline) marks.Add("online");
        if (device.IsForked) marks.Add("FORKED");
        return marks.Count == 0 ? device.Name : $"{device.Name} ({string.Join(", ", marks)})";
    }

    private static void WriteMembers(Call call, VolumeStatus volume)
    {
        var table = new TextTable("PERSON", "ROLE", "ID", "DEVICES");
        foreach (var member in volume.Members)
        {
            var devices = member.Devices.Select(Describe);
            table.Add(member.Name, member.Role, ShortId.Show(member.Person), string.Join(", ", devices));
        }
        table.WriteTo(call.Output);
    }
}
