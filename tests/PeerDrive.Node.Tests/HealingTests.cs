using PeerDrive.Client.Contracts;

namespace PeerDrive.Node.Tests;

public class HealingTests
{
    [Fact]
    public async Task A_flipped_bit_is_healed_from_a_peer_while_the_check_waits()
    {
        await using var ada = await TestNode.StartAsync();
        await using var bob = await TestNode.StartAsync("Bob");
        await ada.Client.CreateVolumeAsync(new CreateVolume("v", false), default);
        await ada.Volume("v").WriteAsync("a.txt", new string('a', 3000) + "end");
        var ticket = await ada.Client.InviteAsync("v", new CreateTicket("writer", 3600, []), default);
        await bob.Client.JoinAsync(new JoinRequest(ticket.Ticket, null, "keep"), default);
        await Until.TrueAsync(async () => (await bob.Client.VolumesAsync(default)) is [{ Files: 1, MissingContents: 0 }]);
        bob.Volume("v").Contents.Chunks.FlushIndex();

        var pack = Directory.EnumerateFiles(Path.Combine(bob.Volume("v").Folder, "packs")).Single();
        await using (var file = new FileStream(pack, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite))
        {
            file.Position = file.Length - 2;
            var before = file.ReadByte();
            file.Position = file.Length - 2;
            file.WriteByte((byte)(before ^ 1));
        }
        var found = await bob.Client.CheckAsync("v", rebuild: false, default);
        Assert.Equal((["/a.txt"], 1, true), (found.Damaged.ToArray(), found.Healed, found.IsClean), EqualityComparer<(string[], int, bool)>.Create(
            (a, b) => a.Item1.SequenceEqual(b.Item1) && (a.Item2, a.Item3) == (b.Item2, b.Item3)));
        Assert.Equal(new string('a', 3000) + "end", await bob.TextAsync("v", "/a.txt"));
    }
}
