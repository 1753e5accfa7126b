using System.Net.Http.Json;
using PeerDrive.Client.Contracts;
using PeerDrive.Model.Errors;

namespace PeerDrive.Node.Tests;

public class VolumeApiTests
{
    [Fact]
    public async Task A_new_volume_is_listed_with_its_owner_and_found_by_name_id_and_prefix()
    {
        await using var node = await TestNode.StartAsync();
        var created = await node.Client.CreateVolumeAsync(new CreateVolume("Photos", false), default);
        Assert.Null(created.RecoveryKey);
        var volume = Assert.Single(await node.Client.VolumesAsync(default));
        Assert.Equal((created.Id, "Photos", "owner", true), (volume.Id, volume.Name, volume.Role, volume.IsInSync));
        Assert.Equal("Ada", Assert.Single(volume.Members).Name);
        foreach (var name in new[] { "Photos", created.Id, created.Id[..6] }) Assert.Equal(created.Id, (await node.Client.VolumeAsync(name, default)).Id);
    }

    [Fact]
    public async Task A_recovery_key_is_a_second_owner_and_its_text_is_given_once()
    {
        await using var node = await TestNode.StartAsync();
        var created = await node.Client.CreateVolumeAsync(new CreateVolume("Photos", true), default);
        Assert.StartsWith("PDR1-", created.RecoveryKey, StringComparison.Ordinal);
        Assert.Equal(["Ada", "recovery key of Photos"], (await node.Client.VolumeAsync("Photos", default)).Members.Select(member => member.Name).Order());
    }

    [Fact]
    public async Task The_number_of_copies_is_set_told_and_taken_back()
    {
        await using var node = await TestNode.StartAsync();
        await node.Client.CreateVolumeAsync(new CreateVolume("Photos", false), default);
        Assert.Null((await node.Client.VolumeAsync("Photos", default)).Copies);
        Assert.Equal(2, (await node.Client.SetCopiesAsync("Photos", new CopiesRequest(2), default)).Copies?.Wanted);
        var log = node.Volume("Photos").Vector;
        Assert.Equal(2, (await node.Client.SetCopiesAsync("Photos", new CopiesRequest(2), default)).Copies?.Wanted);
        Assert.Equal(log, node.Volume("Photos").Vector);
        foreach (var wrong in new[] { 0, -1, 17, int.MaxValue })
            Assert.Equal(nameof(ErrorKind.Invalid), (await TestNode.ProblemAsync(() => node.Client.SetCopiesAsync("Photos", new CopiesRequest(wrong), default))).Kind);
        await node.Volume("Photos").WriteAsync("a.txt", "alone");
        await Until.TrueAsync(async () => (await node.Client.VolumeAsync("Photos", default)).Copies!.FewContents == 1);
        var where = await node.Client.WhereAsync("Photos", "/a.txt", default);
        Assert.Equal((2, 1L, 5L), (where.Copies, where.FewFiles, where.FewBytes));
        Assert.Null((await node.Client.SetCopiesAsync("Photos", new CopiesRequest(null), default)).Copies);
    }

    [Fact]
    public async Task Volumes_are_there_again_after_a_restart()
    {
        var root = Directory.CreateTempSubdirectory("peerdrive-node-");
        var home = Path.Combine(root.FullName, "home");
        await using (var node = await TestNode.StartAsync(home: home))
        {
            await node.Client.CreateVolumeAsync(new CreateVolume("Photos", false), default);
            await node.Volume("Photos").WriteAsync("a.txt", "kept");
        }
        await using (var node = await TestNode.StartAsync(home: home)) Assert.Equal("kept", await node.TextAsync("Photos", "/a.txt"));
        root.Delete(recursive: true);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a/b")]
    [InlineData("a:b")]
    [InlineData("-rf")]
    [InlineData(" x")]
    [InlineData("..")]
    [InlineData("a\nb")]
    public async Task A_name_that_no_volume_can_have_is_invalid(string name)
    {
        await using var node = await TestNode.StartAsync();
        var problem = await TestNode.ProblemAsync(() => node.Client.CreateVolumeAsync(new CreateVolume(name, false), default));
        Assert.Equal(nameof(ErrorKind.Invalid), problem.Kind);
        Assert.Equal(ErrorKind.Invalid.Codes().Exit, problem.Code);
    }

    [Fact]
    public async Task A_second_volume_of_the_same_name_is_refused()
    {
        await using var node = await TestNode.StartAsync();
        await node.Client.CreateVolumeAsync(new CreateVolume("Photos", false), default);
        Assert.Equal(nameof(ErrorKind.AlreadyExists), (await TestNode.ProblemAsync(() => node.Client.CreateVolumeAsync(new CreateVolume("Photos", false), default))).Kind);
    }

    [Fact]
    public async Task An_unknown_volume_is_answered_with_those_that_there_are()
    {
        await using var node = await TestNode.StartAsync();
        Assert.Contains("peerdrive create", (await TestNode.ProblemAsync(() => node.Client.VolumeAsync("x", default))).Detail, StringComparison.Ordinal);
        await node.Client.CreateVolumeAsync(new CreateVolume("b", false), default);
        await node.Client.CreateVolumeAsync(new CreateVolume("a", false), default);
        var problem = await TestNode.ProblemAsync(() => node.Client.VolumeAsync("x", default));
        Assert.Equal((nameof(ErrorKind.NotFound), 3, "There is no volume 'x'; there are: a, b."), (problem.Kind, problem.Code, problem.Detail));
    }

    [Fact]
    public async Task The_last_owner_cannot_be_removed_but_a_second_one_can()
    {
        await using var node = await TestNode.StartAsync();
        await node.Client.CreateVolumeAsync(new CreateVolume("alone", false), default);
        Assert.Equal(nameof(ErrorKind.Conflict), (await TestNode.ProblemAsync(() => node.Client.RemoveMemberAsync("alone", "Ada", default))).Kind);
        await node.Client.CreateVolumeAsync(new CreateVolume("two", true), default);
        await node.Client.RemoveMemberAsync("two", "recovery key of two", default);
        Assert.Equal("Ada", Assert.Single((await node.Client.VolumeAsync("two", default)).Members).Name);
        Assert.Equal(nameof(ErrorKind.NotFound), (await TestNode.ProblemAsync(() => node.Client.RemoveMemberAsync("two", "nobody", default))).Kind);
    }

    [Fact]
    public async Task An_invited_person_joins_and_sees_the_files()
    {
        await using var ada = await TestNode.StartAsync();
        await using var bob = await TestNode.StartAsync("Bob");
        await ada.Client.CreateVolumeAsync(new CreateVolume("Photos", false), default);
        await ada.Volume("Photos").WriteAsync("a.txt", "hello");
        var ticket = await ada.Client.InviteAsync("Photos", new CreateTicket("writer", 3600, []), default);
        var joined = await bob.Client.JoinAsync(new JoinRequest(ticket.Ticket, null, "keep"), default);
        Assert.Equal(("Photos", "writer"), (joined.Name, joined.Role));
        await Until.TrueAsync(async () => (await bob.Client.VolumesAsync(default)) is [{ Files: 1, MissingContents: 0, Name: "Photos" }]);
        Assert.Equal("hello", await bob.TextAsync("Photos", "/a.txt"));
        await Until.TrueAsync(async () => (await bob.Client.PeersAsync(default)) is [{ IsOnline: true, IsConnected: true, Via: null, Shares: [{ Name: "Photos", Role: "owner", Policy: "full", IsInStep: true }] }]);
        Assert.NotEmpty(Assert.Single(await bob.Client.PeersAsync(default)).Addresses);
        Assert.Equal(["Ada", "Bob"], (await ada.Client.VolumeAsync("Photos", default)).Members.Select(member => member.Name).Order());

        await ada.Client.RemoveMemberAsync("Photos", "Bob", default);
        Assert.Equal("Ada", Assert.Single((await ada.Client.VolumeAsync("Photos", default)).Members).Name);
    }

    [Fact]
    public async Task Two_volumes_of_one_name_are_told_apart_by_id()
    {
        await using var ada = await TestNode.StartAsync();
        await using var bob = await TestNode.StartAsync("Bob");
        var theirs = await ada.Client.CreateVolumeAsync(new CreateVolume("v", false), default);
        var own = await bob.Client.CreateVolumeAsync(new CreateVolume("v", false), default);
        var ticket = await ada.Client.InviteAsync("v", new CreateTicket("reader", 3600, []), default);
        await bob.Client.JoinAsync(new JoinRequest(ticket.Ticket, null, "keep"), default);
        await Until.TrueAsync(async () => (await bob.Client.VolumesAsync(default)).All(volume => volume.Name == "v"));
        var problem = await TestNode.ProblemAsync(() => bob.Client.VolumeAsync("v", default));
        Assert.Equal(nameof(ErrorKind.Conflict), problem.Kind);
        Assert.Contains(theirs.Id, problem.Detail, StringComparison.Ordinal);
        Assert.Contains(own.Id, problem.Detail, StringComparison.Ordinal);
        Assert.Equal("reader", (await bob.Client.VolumeAsync(theirs.Id, default)).Role);
    }

    [Fact]
    public async Task A_member_finds_the_inviter_again_after_a_restart()
    {
        await using var ada = await TestNode.StartAsync();
        var root = Directory.CreateTempSubdirectory("peerdrive-node-");
        var home = Path.Combine(root.FullName, "home");
        await ada.Client.CreateVolumeAsync(new CreateVolume("v", false), default);
        await using (var bob = await TestNode.StartAsync("Bob", home))
        {
            var ticket = await ada.Client.InviteAsync("v", new CreateTicket("reader", 3600, []), default);
            await bob.Client.JoinAsync(new JoinRequest(ticket.Ticket, null, "keep"), default);
            await Until.TrueAsync(async () => (await bob.Client.VolumesAsync(default)) is [{ Name: "v" }]);
        }
        await ada.Volume("v").WriteAsync("later.txt", "x");
        await using (var bob = await TestNode.StartAsync("Bob", home))
            await Until.TrueAsync(async () => (await bob.Client.VolumeAsync("v", default)) is { Files: 1, MissingContents: 0 });
        root.Delete(recursive: true);
    }

    [Fact]
    public async Task A_damaged_volume_is_named_and_the_others_work()
    {
        var root = Directory.CreateTempSubdirectory("peerdrive-node-");
        var home = Path.Combine(root.FullName, "home");
        CreatedVolume bad;
        await using (var node = await TestNode.StartAsync(home: home))
        {
            await node.Client.CreateVolumeAsync(new CreateVolume("good", false), default);
            bad = await node.Client.CreateVolumeAsync(new CreateVolume("bad", false), default);
        }
        await File.WriteAllTextAsync(Path.Combine(home, "volumes", bad.Id, "state.db"), new string('x', 10_000));
        await using (var node = await TestNode.StartAsync(home: home))
        {
            var status = await node.Client.StatusAsync(default);
            Assert.Equal("good", Assert.Single(status.Volumes).Name);
            Assert.Contains(bad.Id, Assert.Single(status.Problems), StringComparison.Ordinal);
        }
        root.Delete(recursive: true);
    }

    [Fact]
    public async Task What_is_no_invitation_is_said_so_and_roles_and_times_are_checked()
    {
        await using var node = await TestNode.StartAsync();
        await node.Client.CreateVolumeAsync(new CreateVolume("Photos", false), default);
        Assert.Equal(nameof(ErrorKind.Invalid), (await TestNode.ProblemAsync(() => node.Client.JoinAsync(new JoinRequest("hello", null, "keep"), default))).Kind);
        foreach (var request in new[] { new CreateTicket("boss", 60, []), new CreateTicket("reader", 0, []), new CreateTicket("reader", long.MaxValue, []), new CreateTicket("reader", 60, ["not an address"]) })
            Assert.Equal(nameof(ErrorKind.Invalid), (await TestNode.ProblemAsync(() => node.Client.InviteAsync("Photos", request, default))).Kind);
    }

    [Fact]
    public async Task A_request_that_makes_no_sense_is_answered_with_a_problem_and_not_with_a_crash()
    {
        await using var node = await TestNode.StartAsync();
        using var http = RawClient.For(node.Node.SocketPath);
        foreach (var body in new[] { "", "null", "[]", "{", "{\"name\":null,\"withRecoveryKey\":true}", "{\"withRecoveryKey\":true}", "\"x\"" })
        {
            using var content = new StringContent(body);
            var answer = await http.PostAsync("http://node/api/v1/volumes", content);
            Assert.Equal(400, (int)answer.StatusCode);
            Assert.Equal("Invalid", (await answer.Content.ReadFromJsonAsync<Problem>())!.Kind);
        }
        // The node refuses by the length alone, before the bytes are sent.
        http.DefaultRequestHeaders.ExpectContinue = true;
        using var huge = new ByteArrayContent(new byte[3 << 20]);
        Assert.Equal(413, (int)(await http.PostAsync("http://node/api/v1/volumes", huge)).StatusCode);
        Assert.Equal(404, (int)(await http.GetAsync("http://node/api/v1/nothing")).StatusCode);
        Assert.Equal("Ada", (await node.Client.StatusAsync(default)).PersonName);
    }
}
