using System.Text;
using PeerDrive.Client;
using PeerDrive.Client.Contracts;
using PeerDrive.Model.Changesets;
using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Members;
using PeerDrive.Storage.Volumes;

namespace PeerDrive.Node.Tests.Offers;

/// <summary>Directories that are offered to a group, by real nodes on the loopback interface.</summary>
public class OfferTests
{
    private const string Group = "LAN";

    [Fact]
    public async Task Who_is_told_of_one_member_only_reads_from_one_folder_what_two_others_offer()
    {
        await using var a = await TestNode.StartAsync("Ada");
        await using var b = await TestNode.StartAsync("Bob");
        await using var c = await TestNode.StartAsync("Cy");
        await a.Client.CreateVolumeAsync(new CreateVolume(Group, WithRecoveryKey: false), default);
        await JoinAsync(a, b);
        await OfferAsync(a, "movies", ("KillBill", "a film of Ada's"), ("plan.txt", "Ada's plan"), ("same", "equal"));
        await OfferAsync(b, "movies", ("TheMatrix", "a film of Bob's"), ("plan.txt", "Bob's plan"), ("same", "equal"));
        await JoinAsync(a, c);

        string[] shown = ["/movies/KillBill", "/movies/TheMatrix", "/movies/plan (Ada).txt", "/movies/plan (Bob).txt", "/movies/same"];
        foreach (var node in new[] { c, a, b }) await Until.TrueAsync(async () => (await ListAsync(node, "/movies")).SequenceEqual(shown));
        Assert.Equal(["/movies"], await ListAsync(c, "/"));
        Assert.Equal("a film of Ada's", await ReadAsync(c, "/movies/KillBill"));
        Assert.Equal("a film of Bob's", await ReadAsync(c, "/movies/TheMatrix"));
        Assert.Equal("Bob's plan", await ReadAsync(c, "/movies/plan (Bob).txt"));
        Assert.Equal("equal", await ReadAsync(c, "/movies/same"));

        Assert.Equal(["Bob"], (await c.Client.WhereCommonAsync(Group, "/movies/TheMatrix", default)).Owners.Select(owner => owner.Owner));
        Assert.Equal(["Ada", "Bob"], (await c.Client.WhereCommonAsync(Group, "/movies/same", default)).Owners.Select(owner => owner.Owner).Order());
        Assert.Equal(["Ada", "Bob"], (await c.Client.WhereCommonAsync(Group, "/movies", default)).Owners.Select(owner => owner.Owner).Order());
        var offers = await c.Client.OffersAsync(default);
        Assert.Equal([("Ada", "movies", 3L, "shown", false, true), ("Bob", "movies", 3L, "shown", false, true)], offers.Select(offer => (offer.Owner, offer.Path, offer.Files, offer.State, offer.IsOwn, offer.IsOnline)));

        // Offers are no volumes of the person's: they are not listed, and their names are nobody's.
        Assert.Equal([Group], (await c.Client.VolumesAsync(default)).Select(volume => volume.Name));
        Assert.Equal(nameof(ErrorKind.NotFound), (await TestNode.ProblemAsync(() => c.Client.ListAsync("movies", "/", false, default))).Kind);
        Assert.Equal(Role.Reader, c.Node.Core.Volumes.Offers[0].Volume.OwnRole);
    }

    [Fact]
    public async Task What_changes_in_an_offered_directory_shows_and_a_withdrawn_offer_goes_and_leaves_the_directory_as_it_was()
    {
        await using var a = await TestNode.StartAsync("Ada");
        await using var b = await TestNode.StartAsync("Bob");
        await a.Client.CreateVolumeAsync(new CreateVolume(Group, WithRecoveryKey: false), default);
        await JoinAsync(a, b);
        var large = new byte[3 << 20];
        new Random(1).NextBytes(large);
        var directory = await OfferAsync(b, "films", ("one", "1"));
        await File.WriteAllBytesAsync(Path.Combine(directory, "large"), large);
        await Until.TrueAsync(async () => (await ListAsync(a, "/films")).SequenceEqual(["/films/large", "/films/one"]));
        Assert.Equal(large, await BytesAsync(a, "/films/large"));
        // The bytes of a large file are not stored twice.
        Assert.InRange(SizeOf(Path.Combine(b.Home, "volumes"), "*.pack"), 0, 1 << 20);

        Assert.Equal(nameof(ErrorKind.NotFound), (await TestNode.ProblemAsync(() => b.Client.StopOfferAsync("/nowhere", default))).Kind);
        await b.Client.StopOfferAsync(directory, default);
        Assert.Empty(await b.Client.OffersAsync(default));
        await Until.TrueAsync(async () => (await a.Client.OffersAsync(default)).Count == 0 && (await ListAsync(a, "/")).Count == 0);
        Assert.Equal(["large", "one"], Directory.EnumerateFileSystemEntries(directory).Select(path => Path.GetFileName(path)!).Order());
        Assert.Equal(large, await File.ReadAllBytesAsync(Path.Combine(directory, "large")));
        await OfferAsync(b, "films", ("two", "2"));
        await Until.TrueAsync(async () => (await ListAsync(a, "/films")).Contains("/films/two"));
    }

    [Fact]
    public async Task Offers_are_there_again_after_a_restart_of_either_side_and_withdrawn_ones_are_deleted()
    {
        await using var a = await TestNode.StartAsync("Ada");
        var home = Directory.CreateTempSubdirectory("peerdrive-offer-");
        try
        {
            var options = TestNode.Options(Path.Combine(home.FullName, "home"), "Bob");
            await a.Client.CreateVolumeAsync(new CreateVolume(Group, WithRecoveryKey: false), default);
            VolumeId withdrawn;
            await using (var b = await TestNode.StartAsync("Bob", options.Home))
            {
                await JoinAsync(a, b);
                await OfferInAsync(b, home.FullName, "kept", ("one", "1"));
                await OfferInAsync(b, home.FullName, "gone", ("two", "2"));
                await OfferAsync(a, "hers", ("three", "3"));
                await Until.TrueAsync(async () => (await ListAsync(a, "/")).Count == 3 && (await ListAsync(b, "/hers")).Count == 1);
                withdrawn = b.Node.Core.Volumes.Offers.Single(offer => offer.Volume.Setting(VolumeSettings.OfferPlace) == "gone").Volume.Id;
                await b.Client.StopOfferAsync("gone", default);
            }
            await using (var b = await TestNode.StartAsync("Bob", options.Home))
            {
                Assert.False(Directory.Exists(Path.Combine(options.Home, "volumes", withdrawn.ToHex())));
                await Until.TrueAsync(async () => (await ListAsync(b, "/hers")).Count == 1);
                Assert.Equal("3", await ReadAsync(b, "/hers/three"));
                await Until.TrueAsync(async () => (await a.Client.OffersAsync(default)).Select(offer => offer.Path).SequenceEqual(["hers", "kept"]));
            }
        }
        finally
        {
            home.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task Who_is_no_member_of_the_group_any_more_may_not_read_what_is_offered_to_it()
    {
        await using var a = await TestNode.StartAsync("Ada");
        await using var b = await TestNode.StartAsync("Bob");
        await a.Client.CreateVolumeAsync(new CreateVolume(Group, WithRecoveryKey: false), default);
        await JoinAsync(a, b);
        await OfferAsync(a, "films", ("one", "1"));
        await Until.TrueAsync(async () => (await ListAsync(b, "/films")).Count == 1);
        await a.Client.RemoveMemberAsync(Group, "Bob", default);
        await Until.TrueAsync(() => Task.FromResult(a.Node.Core.Volumes.Offers.Single().Volume.Members.All.Count == 1));
    }

    [Fact]
    public async Task Who_only_serves_brings_nothing_and_who_only_views_offers_nothing_until_it_does_again()
    {
        var home = Directory.CreateTempSubdirectory("peerdrive-offer-");
        try
        {
            await using var a = await TestNode.StartAsync("Ada", change: options => options with { ServesOnly = true });
            await a.Client.CreateVolumeAsync(new CreateVolume(Group, WithRecoveryKey: false), default);
            await OfferAsync(a, "hers", ("one", "1"));
            await using (var b = await TestNode.StartAsync("Bob", home.FullName))
            {
                await JoinAsync(a, b);
                await OfferInAsync(b, Directory.CreateDirectory(home.FullName + "-offered").FullName, "his", ("two", "2"));
                await Until.TrueAsync(async () => (await ListAsync(b, "/")).SequenceEqual(["/hers", "/his"]));
                Assert.Equal(nameof(ErrorKind.Forbidden), (await TestNode.ProblemAsync(() => a.Client.ListCommonAsync(Group, "/", false, default))).Kind);
            }
            await using var c = await TestNode.StartAsync("Cy");
            await JoinAsync(a, c);
            await Until.TrueAsync(async () => (await ListAsync(c, "/hers")).Count == 1);
            await using (var b = await TestNode.StartAsync("Bob", home.FullName, options => options with { ViewsOnly = true }))
            {
                await Until.TrueAsync(async () => (await ListAsync(b, "/hers")).Count == 1 && (await c.Client.PeersAsync(default)).Count(peer => peer.IsOnline) == 2);
                Assert.Equal(nameof(ErrorKind.Forbidden), (await TestNode.ProblemAsync(() => b.Client.OfferAsync(new CreateOffer(b.Beside, Group, null), default))).Kind);
                Assert.DoesNotContain("/his", await ListAsync(c, "/"));
            }
            await using (var b = await TestNode.StartAsync("Bob", home.FullName)) await Until.TrueAsync(async () => (await ListAsync(c, "/his")).Count == 1);
            Assert.Equal(["hers"], (await a.Client.OffersAsync(default)).Select(offer => offer.Path));
        }
        finally
        {
            home.Delete(recursive: true);
            Directory.Delete(home.FullName + "-offered", recursive: true);
        }
    }

    [Fact]
    public async Task A_wrong_directory_place_or_group_is_refused()
    {
        await using var a = await TestNode.StartAsync("Ada");
        var directory = Directory.CreateDirectory(Path.Combine(a.Beside, "films")).FullName;
        Assert.Equal(nameof(ErrorKind.NotFound), (await TestNode.ProblemAsync(() => a.Client.OfferAsync(new CreateOffer(directory, null, null), default))).Kind);
        await a.Client.CreateVolumeAsync(new CreateVolume(Group, WithRecoveryKey: false), default);
        foreach (var (offer, kind) in new[]
        {
            (new CreateOffer(directory, "nobody", null), ErrorKind.NotFound), (new CreateOffer(directory + "/missing", Group, null), ErrorKind.NotFound),
            (new CreateOffer("films", Group, null), ErrorKind.Invalid), (new CreateOffer(directory, Group, "a/../b"), ErrorKind.Invalid),
            (new CreateOffer(directory, Group, "a\0b"), ErrorKind.Invalid), (new CreateOffer(directory, Group, new string('a', 256)), ErrorKind.Invalid),
            (new CreateOffer(a.Home, Group, null), ErrorKind.Conflict),
        }) Assert.Equal(kind.ToString(), (await TestNode.ProblemAsync(() => a.Client.OfferAsync(offer, default))).Kind);
        Assert.Empty(await a.Client.OffersAsync(default));
        await a.Client.OfferAsync(new CreateOffer(directory, null, "/deep/er/"), default);
        Assert.Equal(["/deep", "/deep/er"], (await a.Client.ListCommonAsync(Group, "/", true, default)).Select(entry => entry.Path));
        Assert.Equal(nameof(ErrorKind.Conflict), (await TestNode.ProblemAsync(() => a.Client.OfferAsync(new CreateOffer(directory, null, null), default))).Kind);
        Assert.Equal(nameof(ErrorKind.NotFound), (await TestNode.ProblemAsync(() => a.Client.ListCommonAsync(Group, "/deep/less", false, default))).Kind);
    }

    [Theory]
    [InlineData("..")]
    [InlineData("films/../../etc")]
    [InlineData("a\\x00b")]
    [InlineData("a\\q")]
    [InlineData("a/b/c/d/e/f/g/h/i/j/k/l/m/n/o/p/q")]
    public async Task What_a_hostile_member_offers_under_an_impossible_place_is_not_shown_and_given_back(string place)
    {
        await using var a = await TestNode.StartAsync("Ada");
        await using var b = await TestNode.StartAsync("Mallory");
        await a.Client.CreateVolumeAsync(new CreateVolume(Group, WithRecoveryKey: false), default);
        await JoinAsync(a, b);
        await OfferAsync(b, "films", ("one", "1"));
        await Until.TrueAsync(async () => (await ListAsync(a, "/")).Count == 1);
        await b.Node.Core.Volumes.Offers.Single().Volume.CommitAsync(edit => edit.Administer(new Operation.Setting(VolumeSettings.OfferPlace, place)), Role.Owner);
        await Until.TrueAsync(async () => (await a.Client.OffersAsync(default)).Count == 0);
        Assert.Empty(await ListAsync(a, "/"));
    }

    [Fact]
    public async Task A_member_who_offers_more_than_anybody_may_and_what_is_not_his_fills_nobodys_node()
    {
        await using var a = await TestNode.StartAsync("Ada");
        await using var b = await TestNode.StartAsync("Mallory");
        await a.Client.CreateVolumeAsync(new CreateVolume(Group, WithRecoveryKey: false), default);
        await a.Client.CreateVolumeAsync(new CreateVolume("Diary", WithRecoveryKey: false), default);
        await a.Volume("Diary").WriteAsync("secret", "mine");
        await JoinAsync(a, b);
        await OfferAsync(b, "films", ("one", "1"));
        var random = new Random(1);
        var ids = Enumerable.Range(0, 5000).Select(_ =>
        {
            var bytes = new byte[VolumeId.Size];
            random.NextBytes(bytes);
            return VolumeId.Read(bytes);
        }).ToList();
        b.Node.Core.Sync.OnNews = null;
        // Her own first, then a volume of the other's, then what nobody has.
        List<VolumeId> offered = [b.Node.Core.Volumes.Offers.Single().Volume.Id, a.Volume("Diary").Id, .. ids];
        await Until.TrueAsync(() =>
        {
            b.Node.Core.Sync.SetOffers(b.Volume(Group).Id, offered);
            return Task.FromResult(a.Node.Core.Volumes.Offers.Count >= 31);
        });
        await Until.TrueAsync(async () => (await ListAsync(a, "/")).Count == 1);
        Assert.Equal(["/films"], await ListAsync(a, "/"));
        Assert.Equal(31, a.Node.Core.Volumes.Offers.Count);
        Assert.Equal(["Diary", Group], (await a.Client.VolumesAsync(default)).Select(volume => volume.Name).Order(StringComparer.Ordinal));
        Assert.Equal(32, a.Node.Core.Sync.OffersIn(a.Volume(Group).Id).Single().Value.Length);
    }

    private static async Task JoinAsync(TestNode inviter, TestNode guest)
    {
        var ticket = await inviter.Client.InviteAsync(Group, new CreateTicket("reader", 3600, []), default);
        await guest.Client.JoinAsync(new JoinRequest(ticket.Ticket, null, "keep"), default);
        await Until.TrueAsync(async () => (await guest.Client.VolumesAsync(default)).Any(volume => volume is { Name: Group, Role: "reader" }));
    }

    private static Task<string> OfferAsync(TestNode node, string name, params (string Name, string Text)[] files) => OfferInAsync(node, node.Beside, name, files);

    private static async Task<string> OfferInAsync(TestNode node, string parent, string name, params (string Name, string Text)[] files)
    {
        var directory = Directory.CreateDirectory(Path.Combine(parent, name)).FullName;
        foreach (var file in files) await File.WriteAllTextAsync(Path.Combine(directory, file.Name), file.Text);
        await node.Client.OfferAsync(new CreateOffer(directory, Group, null), default);
        return directory;
    }

    /// <summary>Empty when there is no such folder yet.</summary>
    private static async Task<List<string>> ListAsync(TestNode node, string path)
    {
        try
        {
            return [.. (await node.Client.ListCommonAsync(Group, path, false, default)).Select(entry => entry.Path)];
        }
        catch (PeerDriveProblemException e) when (e.Problem.Kind == nameof(ErrorKind.NotFound))
        {
            return [];
        }
    }

    private static async Task<string> ReadAsync(TestNode node, string path) => Encoding.UTF8.GetString(await BytesAsync(node, path));

    private static async Task<byte[]> BytesAsync(TestNode node, string path)
    {
        await using var stream = await node.Client.ReadCommonAsync(Group, path, default);
        using var read = new MemoryStream();
        await stream.CopyToAsync(read);
        return read.ToArray();
    }

    private static long SizeOf(string folder, string pattern) => Directory.EnumerateFiles(folder, pattern, SearchOption.AllDirectories).Sum(file => new FileInfo(file).Length);
}
