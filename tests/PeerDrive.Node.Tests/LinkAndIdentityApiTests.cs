using PeerDrive.Client.Contracts;
using PeerDrive.Model.Errors;

namespace PeerDrive.Node.Tests;

public class LinkAndIdentityApiTests
{
    [Fact]
    public async Task A_directory_is_linked_to_a_folder_that_is_made_and_unlinked_by_its_path()
    {
        await using var node = await NodeWithVolumeAsync();
        var directory = Path.Combine(node.Beside, "docs");
        var link = await node.Client.LinkAsync(new CreateLink("v", "/work/docs", directory, "keep", ["*.o"], false), default);
        Assert.Equal((directory, "/work/docs", "keep"), (link.Directory, link.Folder, link.Space));
        Assert.NotNull(link.NeededBytes);
        Assert.True(Directory.Exists(directory));
        Assert.Equal(["/work", "/work/docs"], (await node.Client.ListAsync("v", "/", true, default)).Select(entry => entry.Path));
        Assert.Equal(link.Id, Assert.Single((await node.Client.VolumeAsync("v", default)).Links).Id);
        await node.Client.UnlinkAsync(directory, default);
        Assert.Empty((await node.Client.VolumeAsync("v", default)).Links);
        Assert.True(Directory.Exists(directory));
        Assert.Equal(nameof(ErrorKind.NotFound), (await TestNode.ProblemAsync(() => node.Client.UnlinkAsync(directory, default))).Kind);
    }

    [Fact]
    public async Task A_lean_link_tells_its_risk_and_gives_back_what_it_holds_when_it_ends()
    {
        await using var node = await NodeWithVolumeAsync();
        var directory = Directory.CreateDirectory(Path.Combine(node.Beside, "films")).FullName;
        var bytes = new byte[5 << 20];
        new Random(1).NextBytes(bytes);
        var film = Path.Combine(directory, "film");
        await File.WriteAllBytesAsync(film, bytes);
        var link = await node.Client.LinkAsync(new CreateLink("v", "/", directory, "lean", [], false), default);
        Assert.Equal("lean", link.Space);
        Assert.InRange(link.NeededBytes!.Value, 1, 100_000);
        Assert.Contains("in place", link.Risk, StringComparison.Ordinal);
        await Until.TrueAsync(async () => (await node.Client.ListAsync("v", "/", true, default)).Any(entry => entry.Path == "/film"));
        var first = Assert.Single(await node.Client.LogAsync("v", "/film", default));
        Assert.True(first.IsHere);
        using (var file = File.OpenWrite(film)) file.Write("overwritten"u8);
        await Until.TrueAsync(async () => (await node.Client.LogAsync("v", "/film", default)) is { Count: 2 } log && !log.Single(revision => revision.Revision == first.Revision).IsHere);
        var second = (await node.Client.LogAsync("v", "/film", default)).Single(revision => revision.Revision != first.Revision);
        Assert.True(second.IsHere);
        await node.Client.UnlinkAsync(directory, default);
        await File.WriteAllTextAsync(film, "gone");
        await using var stream = await node.Client.ReadAsync("v", "/film", second.Revision, default);
        using var read = new MemoryStream();
        await stream.CopyToAsync(read);
        "overwritten"u8.CopyTo(bytes);
        Assert.Equal(bytes, read.ToArray());
    }

    [Fact]
    public async Task Directories_that_overlap_links_or_the_home_are_refused_also_through_symbolic_links()
    {
        await using var node = await NodeWithVolumeAsync();
        var directory = Directory.CreateDirectory(Path.Combine(node.Beside, "docs", "deep")).Parent!.FullName;
        await node.Client.LinkAsync(new CreateLink("v", "/", directory, "keep", [], false), default);
        File.CreateSymbolicLink(Path.Combine(node.Beside, "alias"), directory);
        foreach (var refused in new[] { directory, Path.Combine(directory, "deep"), node.Beside, node.Home, Path.Combine(node.Home, "inside"), Path.Combine(node.Beside, "alias", "deep") })
        {
            var problem = await TestNode.ProblemAsync(() => node.Client.LinkAsync(new CreateLink("v", "/other", refused, "keep", [], false), default));
            Assert.Equal(nameof(ErrorKind.Conflict), problem.Kind);
        }
        Assert.Equal(nameof(ErrorKind.Invalid), (await TestNode.ProblemAsync(() => node.Client.LinkAsync(new CreateLink("v", "/", "relative", "keep", [], false), default))).Kind);
        Assert.Equal(nameof(ErrorKind.Invalid), (await TestNode.ProblemAsync(() => node.Client.LinkAsync(new CreateLink("v", "/", Path.Combine(node.Beside, "x"), "huge", [], false), default))).Kind);
    }

    [Fact]
    public async Task An_import_runs_as_a_job()
    {
        await using var node = await NodeWithVolumeAsync();
        var directory = Directory.CreateDirectory(Path.Combine(node.Beside, "old")).FullName;
        var job = await node.Client.ImportAsync(new ImportRequest("v", "/old", directory), default);
        Assert.Equal(("import", directory), (job.Kind, job.Title));
        await Until.TrueAsync(async () => (await node.Client.JobsAsync(default)).Single(known => known.Id == job.Id).State == "done");
        Assert.Equal(nameof(ErrorKind.NotFound), (await TestNode.ProblemAsync(() => node.Client.ImportAsync(new ImportRequest("v", "/", "/nonexistent"), default))).Kind);
    }

    [Fact]
    public async Task A_person_moves_to_a_second_device_under_a_passphrase()
    {
        await using var first = await TestNode.StartAsync();
        await using var second = await TestNode.StartAsync("Nobody");
        var export = await first.Client.ExportIdentityAsync(new PassphraseRequest("correct horse", null), default);
        Assert.Equal(nameof(ErrorKind.Forbidden), (await TestNode.ProblemAsync(() => second.Client.ImportIdentityAsync(new PassphraseRequest("wrong", export.Text), default))).Kind);
        var device = (await second.Client.IdentityAsync(default)).Device;
        var imported = await second.Client.ImportIdentityAsync(new PassphraseRequest("correct horse", export.Text), default);
        var original = await first.Client.IdentityAsync(default);
        Assert.Equal((original.Person, "Ada", device, true), (imported.Person, imported.PersonName, imported.Device, imported.HoldsPersonKey));

        // It acts as that person from now on.
        await first.Client.CreateVolumeAsync(new CreateVolume("v", false), default);
        var ticket = await first.Client.InviteAsync("v", new CreateTicket("reader", 60, []), default);
        await second.Client.JoinAsync(new JoinRequest(ticket.Ticket, null, "keep"), default);
        await Until.TrueAsync(async () => (await second.Client.VolumesAsync(default)) is [{ Role: "owner" }]);
        Assert.Equal(2, Assert.Single((await first.Client.VolumeAsync("v", default)).Members).Devices.Count);
    }

    [Fact]
    public async Task Importing_a_person_keeps_the_volumes_and_lets_the_person_into_those_that_are_owned()
    {
        await using var node = await NodeWithVolumeAsync();
        await node.Volume("v").WriteAsync("a.txt", "mine");
        var directory = Path.Combine(node.Beside, "docs");
        await node.Client.LinkAsync(new CreateLink("v", "/", directory, "keep", [], false), default);
        await using var guest = await TestNode.StartAsync("Cleo");
        await guest.Client.JoinAsync(new JoinRequest((await node.Client.InviteAsync("v", new CreateTicket("reader", 60, []), default)).Ticket, null, "keep"), default);
        await Until.TrueAsync(async () => (await guest.Client.VolumesAsync(default)) is [{ Role: "reader" }]);
        await using var other = await TestNode.StartAsync("Bob");
        var former = await node.Client.IdentityAsync(default);
        var export = await other.Client.ExportIdentityAsync(new PassphraseRequest("secret", null), default);

        var now = await node.Client.ImportIdentityAsync(new PassphraseRequest("secret", export.Text), default);
        Assert.Equal(("Bob", former.DeviceName, true), (now.PersonName, now.DeviceName, now.HoldsPersonKey));
        Assert.NotEqual(former.Device, now.Device);
        var volume = await node.Client.VolumeAsync("v", default);
        Assert.Equal("owner", volume.Role);
        Assert.Equal(["Ada owner", "Bob owner", "Cleo reader"], volume.Members.Select(member => $"{member.Name} {member.Role}").Order());
        Assert.Equal(directory, Assert.Single(volume.Links).Directory);

        // What it writes from now on is Bob's, and others take it.
        await node.Volume("v").WriteAsync("a.txt", "bob's");
        Assert.Equal(["Bob", "Ada"], (await node.Client.LogAsync("v", "/a.txt", default)).Select(revision => revision.Creator));
        var status = await guest.Client.StatusAsync(default);
        guest.Node.Core.Sync.AddAddress(node.Node.Core.Identity.Device.Device, new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, (await node.Client.StatusAsync(default)).Port));
        node.Node.Core.Sync.AddAddress(guest.Node.Core.Identity.Device.Device, new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, status.Port));
        await Until.TrueAsync(async () => (await guest.Client.LogAsync("v", "/a.txt", default)).Count == 2);
    }

    [Fact]
    public async Task A_person_that_an_owner_would_have_to_let_in_is_not_imported_and_nothing_changes()
    {
        await using var owner = await NodeWithVolumeAsync();
        await using var node = await TestNode.StartAsync("Ben");
        await using var other = await TestNode.StartAsync("Bob");
        await node.Client.JoinAsync(new JoinRequest((await owner.Client.InviteAsync("v", new CreateTicket("writer", 60, []), default)).Ticket, null, "keep"), default);
        await Until.TrueAsync(async () => (await node.Client.VolumesAsync(default)) is [{ Role: "writer" }]);
        await node.Client.CreateVolumeAsync(new CreateVolume("own", false), default);
        var export = await other.Client.ExportIdentityAsync(new PassphraseRequest("secret", null), default);
        var problem = await TestNode.ProblemAsync(() => node.Client.ImportIdentityAsync(new PassphraseRequest("secret", export.Text), default));
        Assert.Equal(nameof(ErrorKind.Conflict), problem.Kind);
        Assert.Contains("Bob is no member of v,", problem.Detail, StringComparison.Ordinal);
        Assert.Equal("Ben", (await node.Client.IdentityAsync(default)).PersonName);
        Assert.Single((await node.Client.VolumeAsync("own", default)).Members);

        // Once Bob is a member, his new device lets itself in.
        await other.Client.JoinAsync(new JoinRequest((await owner.Client.InviteAsync("v", new CreateTicket("writer", 60, []), default)).Ticket, null, "keep"), default);
        await Until.TrueAsync(async () => (await node.Client.VolumeAsync("v", default)).Members.Any(member => member.Name == "Bob"));
        await node.Client.ImportIdentityAsync(new PassphraseRequest("secret", export.Text), default);
        await node.Volume("v").WriteAsync("a.txt", "from the new device");
        await Until.TrueAsync(async () => (await owner.Client.ListAsync("v", "/", false, default)).Count == 1);
        Assert.Equal("Bob", (await owner.Client.LogAsync("v", "/a.txt", default))[0].Creator);
    }

    private static async Task<TestNode> NodeWithVolumeAsync()
    {
        var node = await TestNode.StartAsync();
        await node.Client.CreateVolumeAsync(new CreateVolume("v", false), default);
        return node;
    }
}
