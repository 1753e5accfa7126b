using PeerDrive.Model.Changesets;
using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Members;
using PeerDrive.Model.Revisions;
using PeerDrive.Storage.Volumes;

namespace PeerDrive.Sync.Tests.Sessions;

public sealed class TwoDevicesTests
{
    [Fact]
    public async Task A_file_arrives_after_an_invitation_was_accepted()
    {
        await using var a = new TestNode("a");
        await using var b = new TestNode("b");
        await a.CreateVolumeAsync("photos");
        await a.WriteAsync("small", "hello"u8.ToArray());
        await a.WriteAsync("large", Bytes(5_000_000, 1));
        await b.JoinAsync(a.Invite());
        await b.UntilAsync(() => b.Read("small") is not null && b.Read("large") is not null);
        Assert.Equal("hello"u8.ToArray(), b.Read("small"));
        Assert.Equal(Bytes(5_000_000, 1), b.Read("large"));
        Assert.Equal("photos", b.Volume.Name);
        Assert.Equal(Role.Writer, b.Volume.OwnRole);
    }

    [Fact]
    public async Task While_a_large_file_is_fetched_subscribers_are_told_that_it_grows()
    {
        await using var alice = new TestNode("alice");
        await using var bob = new TestNode("bob");
        await alice.CreateVolumeAsync("photos");
        await bob.JoinAsync(alice.Invite());
        using var changes = bob.Volume.Subscribe();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var bytes = new byte[48 << 20];
        new Random(3).NextBytes(bytes);
        var root = (await alice.WriteAsync("film", bytes)).Shown!.Value.Content.Root;
        var grew = false;
        while (bob.Read("film") is null) grew |= (await changes.NextAsync(limit.Token)).Growing.Contains(root);
        Assert.True(grew);
        Assert.Equal(bytes, bob.Read("film"));
    }

    [Fact]
    public async Task Edits_go_both_ways_as_they_are_made()
    {
        await using var a = new TestNode("a");
        await using var b = new TestNode("b");
        await a.CreateVolumeAsync("photos");
        await b.JoinAsync(a.Invite());
        await b.UntilAsync(() => b.Volume.OwnRole == Role.Writer);
        await b.WriteAsync("from b", "1"u8.ToArray());
        await a.UntilAsync(() => a.Read("from b") is not null);
        await a.WriteAsync("from b", "2"u8.ToArray());
        await b.UntilAsync(() => b.Read("from b") is [(byte)'2']);
    }

    [Fact]
    public async Task Devices_that_were_stopped_catch_up_when_they_meet_again()
    {
        await using var a = new TestNode("a");
        await using var b = new TestNode("b");
        await a.CreateVolumeAsync("photos");
        await b.JoinAsync(a.Invite());
        await b.UntilAsync(() => b.Volume.OwnRole == Role.Writer);
        await a.StopAsync();
        await a.WriteAsync("a", Bytes(300_000, 2));
        await b.WriteAsync("b", Bytes(300_000, 3));
        a.Start();
        a.Engine.AddAddress(b.Identity.Device, b.Address);
        await b.UntilAsync(() => b.Read("a") is not null);
        await a.UntilAsync(() => a.Read("b") is not null);
    }

    [Fact]
    public async Task A_device_restored_from_an_old_image_takes_its_log_back_before_it_goes_on()
    {
        await using var a = new TestNode("a");
        await using var b = new TestNode("b");
        await a.CreateVolumeAsync("photos");
        await b.JoinAsync(a.Invite());
        await b.UntilAsync(() => b.Volume.OwnRole == Role.Writer);
        await b.WriteAsync("one", "1"u8.ToArray());
        var image = await b.TakeImageAsync();
        await b.WriteAsync("two", "2"u8.ToArray());
        await a.UntilAsync(() => a.Read("one") is not null && a.Read("two") is not null);
        await b.RestoreImageAsync(image);
        b.Engine.AddAddress(a.Identity.Device, a.Address);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        while (b.Engine.ToldBy(a.Identity.Device, b.Volume.Id) is null) await tick.WaitForNextTickAsync(limit.Token);
        await b.WriteAsync("three", "3"u8.ToArray());
        await a.UntilAsync(() => a.Read("three") is not null);
        Assert.Empty(a.Volume.Reader.ForkedDevices());
        Assert.NotNull(b.Volume.Reader.Find(EntryId.Root, EntryName.Create("two")));
        while (b.Engine.Compare(b.Volume.Id).Missing > 0) await tick.WaitForNextTickAsync(limit.Token);
        Assert.Equal(1, b.Engine.Compare(b.Volume.Id).Devices);
    }

    [Fact]
    public async Task Twenty_thousand_changes_arrive_in_order()
    {
        await using var a = new TestNode("a");
        await using var b = new TestNode("b");
        await a.CreateVolumeAsync("many");
        await a.Volume.CommitAsync(edit =>
        {
            for (var i = 0; i < 20_000; i++) edit.Create(EntryId.Root, EntryName.Create($"f{i}"), new RevisionState { Kind = DocumentKind.Folder, Mode = 0x1ED });
        });
        await b.JoinAsync(a.Invite());
        await b.UntilAsync(() => b.Volume.Reader.Totals().Folders == 20_000);
    }

    [Fact]
    public async Task A_ticket_works_once()
    {
        await using var a = new TestNode("a");
        await using var b = new TestNode("b");
        await using var c = new TestNode("c");
        await a.CreateVolumeAsync("photos");
        var ticket = a.Invite();
        await b.JoinAsync(ticket);
        var refused = await Assert.ThrowsAsync<PeerDriveException>(() => c.JoinAsync(ticket));
        Assert.Equal(ErrorKind.Forbidden, refused.Kind);
        Assert.DoesNotContain(c.Engine.Peers(), peer => peer.Volumes.Count > 0);
    }

    [Fact]
    public async Task A_guessed_ticket_and_one_of_an_unknown_volume_get_the_same_answer()
    {
        await using var a = new TestNode("a");
        await using var c = new TestNode("c");
        await a.CreateVolumeAsync("photos");
        var ticket = a.Invite();
        var guessed = await Assert.ThrowsAsync<PeerDriveException>(() => c.JoinAsync(ticket with { Secret = new byte[16] }));
        var unknown = await Assert.ThrowsAsync<PeerDriveException>(() => c.JoinAsync(ticket with { Volume = default }));
        Assert.Equal(guessed.Message, unknown.Message);
        Assert.Equal(guessed.Kind, unknown.Kind);
    }

    [Fact]
    public async Task A_removed_member_is_refused_at_once_and_its_later_changes_everywhere()
    {
        await using var a = new TestNode("a");
        await using var b = new TestNode("b");
        await a.CreateVolumeAsync("photos");
        await b.JoinAsync(a.Invite());
        await b.UntilAsync(() => b.Volume.OwnRole == Role.Writer);
        await b.WriteAsync("before", "1"u8.ToArray());
        await a.UntilAsync(() => a.Read("before") is not null);
        var tips = a.Volume.Vector.Tips.Where(tip => tip.Author == AuthorId.Of(b.Identity.Device, 0));
        await a.Volume.CommitAsync(edit => edit.Administer(new Operation.RemoveMember(b.Person.Person, [.. tips])), Role.Owner);
        try
        {
            await b.WriteAsync("after", "2"u8.ToArray());
        }
        catch (PeerDriveException e) when (e.Kind == ErrorKind.Forbidden)
        {
            // The removal had come already, so the device refuses by itself.
        }
        var missing = b.Volume.ReadMissing(a.Volume.Vector, int.MaxValue);
        var outcome = await a.Volume.ApplyAsync(missing);
        Assert.Null(a.Read("after"));
        Assert.NotNull(a.Read("before"));
        Assert.True(outcome.Refusal is not null || a.Volume.Reader.Find(EntryId.Root, EntryName.Create("after")) is null);
        Assert.Equal(Role.None, a.Volume.Members.RoleOf(b.Identity.Device));
    }

    private static byte[] Bytes(int length, int seed)
    {
        var bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }
}
