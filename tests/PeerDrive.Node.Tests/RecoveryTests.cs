using PeerDrive.Client.Contracts;
using PeerDrive.Model.Errors;

namespace PeerDrive.Node.Tests;

public class RecoveryTests
{
    [Fact]
    public async Task A_new_machine_becomes_owner_by_the_key_though_only_a_reader_still_has_the_volume()
    {
        await using var reader = await TestNode.StartAsync("Bob");
        string key;
        await using (var lost = await TestNode.StartAsync("Ada"))
        {
            key = (await lost.Client.CreateVolumeAsync(new CreateVolume("v", true), default)).RecoveryKey!;
            await lost.Volume("v").WriteAsync("a.txt", "precious");
            var ticket = await lost.Client.InviteAsync("v", new CreateTicket("reader", 60, []), default);
            await reader.Client.JoinAsync(new JoinRequest(ticket.Ticket, null, "keep"), default);
            await UntilTextAsync(reader, "precious");
        }

        await using var fresh = await TestNode.StartAsync("Ada again");
        var recovered = Assert.Single(await fresh.Client.RecoverAsync(new RecoverRequest(key.ToLowerInvariant(), null, [await PlaceAsync(reader)]), default));
        Assert.Equal(("v", "owner", true), (recovered.Name, recovered.Role, recovered.IsNew));
        Assert.Equal(["Bob's laptop"], recovered.Told);
        await UntilTextAsync(fresh, "precious");

        // It is an owner to the others too: they take what it writes, and whom it removes.
        await fresh.Volume("v").WriteAsync("a.txt", "safe");
        await UntilTextAsync(reader, "safe");
        await fresh.Client.RemoveMemberAsync("v", "Ada", default);
        await Until.TrueAsync(async () => (await reader.Client.VolumeAsync("v", default)).Members.All(member => member.Name != "Ada"));
        Assert.Contains((await reader.Client.VolumeAsync("v", default)).Members, member => member is { Name: "Ada again", Role: "owner" });

        // Once more does no harm.
        recovered = Assert.Single(await fresh.Client.RecoverAsync(new RecoverRequest(key, "v", []), default));
        Assert.Equal(("owner", false), (recovered.Role, recovered.IsNew));
    }

    [Fact]
    public async Task A_data_directory_whose_identity_was_lost_is_owned_again_without_any_peer()
    {
        var root = Directory.CreateTempSubdirectory("peerdrive-recovery-");
        var home = Path.Combine(root.FullName, "home");
        string key;
        await using (var first = await TestNode.StartAsync("Ada", home))
        {
            key = (await first.Client.CreateVolumeAsync(new CreateVolume("v", true), default)).RecoveryKey!;
            await first.Volume("v").WriteAsync("a.txt", "one");
        }
        Directory.Delete(Path.Combine(home, "identity"), recursive: true);
        await using (var second = await TestNode.StartAsync("Ada", home))
        {
            Assert.Equal("none", (await second.Client.VolumeAsync("v", default)).Role);
            var recovered = Assert.Single(await second.Client.RecoverAsync(new RecoverRequest(key, null, []), default));
            Assert.Equal(("owner", false, 0), (recovered.Role, recovered.IsNew, recovered.Told.Count));
            await second.Volume("v").WriteAsync("a.txt", "two");
            Assert.Equal("two", await second.TextAsync("v", "/a.txt"));
            Assert.True((await second.Client.CheckAsync("v", rebuild: true, default)).IsClean);
            Assert.Equal("owner", (await second.Client.VolumeAsync("v", default)).Role);
        }
        root.Delete(recursive: true);
    }

    [Trait("speed", "slow")]
    [Fact]
    public async Task A_key_that_is_mistyped_or_of_another_volume_gives_nothing()
    {
        await using var node = await TestNode.StartAsync();
        var own = (await node.Client.CreateVolumeAsync(new CreateVolume("v", true), default)).RecoveryKey!;
        var other = (await node.Client.CreateVolumeAsync(new CreateVolume("w", true), default)).RecoveryKey!;
        var swapped = own[..^2] + own[^1] + own[^2];
        if (swapped == own) swapped = own[..^1] + (own[^1] == 'A' ? 'B' : 'A');
        Assert.Equal(nameof(ErrorKind.Invalid), (await ProblemAsync(node, swapped, "v")).Kind);
        Assert.Equal(nameof(ErrorKind.Invalid), (await ProblemAsync(node, own[..^8], "v")).Kind);
        Assert.Equal(nameof(ErrorKind.Forbidden), (await ProblemAsync(node, other, "v")).Kind);
        Assert.Equal(nameof(ErrorKind.Invalid), (await ProblemAsync(node, own, "v", "somewhere")).Kind);

        await using var stranger = await TestNode.StartAsync("Eve");
        Assert.Equal(nameof(ErrorKind.Unreachable), (await ProblemAsync(stranger, own, null)).Kind);
        var foreign = (await stranger.Client.CreateVolumeAsync(new CreateVolume("foreign", true), default)).RecoveryKey!;
        await using var fresh = await TestNode.StartAsync("Fay");
        Assert.Equal(nameof(ErrorKind.NotFound), (await ProblemAsync(fresh, foreign, null, await PlaceAsync(node))).Kind);
        Assert.Empty(await fresh.Client.VolumesAsync(default));
        Assert.Equal(2, (await node.Client.VolumeAsync("v", default)).Members.Count);
    }

    [Fact]
    public async Task A_key_that_was_removed_from_the_volume_is_refused()
    {
        await using var node = await TestNode.StartAsync();
        var key = (await node.Client.CreateVolumeAsync(new CreateVolume("v", true), default)).RecoveryKey!;
        await node.Client.RemoveMemberAsync("v", "recovery key of v", default);
        Assert.Equal(nameof(ErrorKind.Forbidden), (await ProblemAsync(node, key, "v")).Kind);
    }

    private static Task<Problem> ProblemAsync(TestNode node, string key, string? volume, params string[] from) =>
        TestNode.ProblemAsync(() => node.Client.RecoverAsync(new RecoverRequest(key, volume, from), default));

    private static async Task<string> PlaceAsync(TestNode node)
    {
        var status = await node.Client.StatusAsync(default);
        return $"{status.Device}@127.0.0.1:{status.Port}";
    }

    private static Task UntilTextAsync(TestNode node, string text) => Until.TrueAsync(async () =>
    {
        var volume = Assert.Single(await node.Client.VolumesAsync(default));
        return (await node.Client.ListAsync(volume.Id, "/", false, default)) is [{ IsHere: true }] && await node.TextAsync(volume.Id, "/a.txt") == text;
    });
}
