using PeerDrive.Model.Errors;
using PeerDrive.Model.Revisions;
using PeerDrive.Storage.Maintenance;

namespace PeerDrive.Folders.Tests;

/// <summary>Lean links: current large files only in the directory, and no version lost but by a write in place.</summary>
public sealed class LeanTests : LinkFixture
{
    private const int Large = 3 << 20;

    [Fact]
    public async Task A_large_file_is_kept_once_and_a_small_one_in_the_packs()
    {
        await A.LinkLeanAsync();
        var large = Fill("large", 1);
        A.Write("small", "text");
        await A.IdleAsync();
        Assert.True(StoredSize.Of(A.Volume).Bytes < 10_000);
        Assert.Equal(large, Bytes("large"));
        Assert.Equal("text", A.Content("small"));
        await A.ReopenAsync(withoutCatalog: true);
        Assert.Equal(large, Bytes("large"));
        Assert.Equal((0, 0), A.Volume.MissingTotals());
    }

    [Theory]
    [InlineData("mv big new")]
    [InlineData("mkdir d; mv big d/new; mv d e")]
    [InlineData("chmod 600 big; ln big other; rm big; mv other new")]
    [InlineData("touch -d 2001-02-03 big")]
    public async Task What_leaves_the_bytes_alone_costs_nothing(string change)
    {
        await A.LinkLeanAsync();
        var bytes = Fill("big", 1);
        await A.IdleAsync();
        var content = Shown("big");
        Shell.Run(A.Directory, change);
        await A.IdleAsync();
        Assert.Equal(bytes, Read(content));
        Assert.True(StoredSize.Of(A.Volume).Bytes < 10_000);
        Assert.Single(A.Volume.Contents.Chunks.Lent.Of(A.Settings.Id.Bits));
        Assert.Empty(RawFiles());
    }

    [Theory]
    [InlineData("mv new big", true)]
    [InlineData("mv new big", false)]
    [InlineData("mv big big~; mv new big; rm big~", true)]
    [InlineData("rm big", true)]
    [InlineData("rm big", false)]
    [InlineData("chmod 0 big; rm big", true)]
    public async Task What_is_replaced_by_rename_or_deleted_is_taken_over(string change, bool isRunning)
    {
        await A.LinkLeanAsync();
        var old = Fill("big", 1);
        await A.IdleAsync();
        var content = Shown("big");
        if (!isRunning) await A.ReopenAsync();
        if (change.Contains("new", StringComparison.Ordinal))
        {
            File.WriteAllBytes(Path.Combine(Home, "new"), Random(2));
            change = $"mv {Home}/new .pd~x; mv .pd~x new; {change}";
        }
        Shell.Run(A.Directory, change);
        if (isRunning) await A.IdleAsync();
        else await A.LinkAsync();
        Assert.Equal(old, Read(content));
        Assert.Single(RawFiles());
        Assert.Equal((0, 0), A.Volume.MissingTotals());
        await A.ReopenAsync(withoutCatalog: true);
        Assert.Equal(old, Read(content));
    }

    [Fact]
    public async Task A_version_that_a_peer_replaces_is_taken_over_without_a_copy()
    {
        var b = await InviteAsync();
        await A.LinkLeanAsync();
        await b.LinkAsync();
        var old = Fill("big", 1);
        await A.ExchangeAsync(b);
        var content = Shown("big");
        var inode = Shell.Run(A.Directory, "stat -c %i big");
        File.WriteAllBytes(b.PathOf("big"), Random(2));
        await A.ExchangeAsync(b);
        Assert.Equal(Random(2), File.ReadAllBytes(A.PathOf("big")));
        Assert.Equal(old, Read(content));
        Assert.Equal(inode, Shell.Run("/", $"stat -c %i {Assert.Single(RawFiles())}"));
    }

    [Fact]
    public async Task A_write_in_place_loses_only_what_it_overwrote_and_a_peer_heals_it()
    {
        var b = await InviteAsync();
        await A.LinkLeanAsync();
        await b.LinkAsync();
        var old = Fill("big", 1);
        await A.ExchangeAsync(b);
        var content = Shown("big");
        using (var file = File.OpenWrite(A.PathOf("big"))) file.Write("overwritten"u8);
        await A.IdleAsync();
        Assert.NotEqual(old, Bytes("big"));
        Assert.Single(A.Volume.Contents.Missing(content, 100));
        Assert.Equal(content.Root, Assert.Single(A.Volume.MissingContents(10)).Root);
        Assert.Equal(ErrorKind.NotHere, Assert.Throws<PeerDriveException>(() => Read(content)).Kind);
        await A.ExchangeAsync(b);
        Assert.Equal(old, Read(content));
        Assert.Equal((0, 0), A.Volume.MissingTotals());
        Assert.Equal(Bytes("big"), File.ReadAllBytes(b.PathOf("big")));
    }

    [Theory]
    [InlineData("truncate -s 100 big")]
    [InlineData("truncate -s 0 big")]
    [InlineData("printf x | dd of=big conv=notrunc status=none")]
    [InlineData("cp -p big keep; printf x | dd of=big conv=notrunc status=none; touch -r keep big; rm keep")]
    public async Task Bytes_that_changed_under_us_are_never_given_out(string change)
    {
        await A.LinkLeanAsync();
        Fill("big", 1);
        await A.IdleAsync();
        var content = Shown("big");
        await A.ReopenAsync();
        Shell.Run(A.Directory, change);
        Assert.Equal(ErrorKind.NotHere, Assert.Throws<PeerDriveException>(() => Read(content)).Kind);
        await A.LinkAsync();
        Assert.Equal(1, A.Volume.MissingTotals().Contents);
        var now = File.ReadAllBytes(A.PathOf("big"));
        Assert.Equal(now, Bytes("big"));
        Assert.Equal(2, A.Volume.Reader.History(A.Require("big").Document).Count);
    }

    [Fact]
    public async Task A_file_moved_out_of_the_folder_is_copied_before_it_can_change()
    {
        await A.LinkLeanAsync();
        var old = Fill("big", 1);
        await A.IdleAsync();
        var content = Shown("big");
        Shell.Run(A.Directory, "mv big ../outside");
        await A.IdleAsync();
        File.WriteAllBytes(Path.Combine(A.Directory, "../outside"), Random(2));
        Assert.Equal(old, Read(content));
    }

    [Fact]
    public async Task What_arrives_does_not_stay_in_the_packs()
    {
        var b = await InviteAsync();
        await A.LinkAsync();
        await b.LinkLeanAsync();
        for (var i = 0; i < 4; i++) File.WriteAllBytes(A.PathOf($"big {i}"), Random(i, 40 << 20));
        A.Write("small", "text");
        await A.ExchangeAsync(b);
        // The newest pack is not full and stays.
        Assert.InRange(StoredSize.Of(b.Volume).Bytes, 0, 66 << 20);
        await b.ReopenAsync(withoutCatalog: true);
        Assert.InRange(Directory.GetFiles(b.Volume.Folder, "*", SearchOption.AllDirectories).Where(file => file.Contains("/packs/", StringComparison.Ordinal)).Sum(file => new FileInfo(file).Length), 0, 66 << 20);
        for (var i = 0; i < 4; i++) Assert.Equal(Random(i, 40 << 20), b.Volume.Contents.ReadAll(b.Require($"big {i}").Shown!.Value.Content, 64 << 20));
        Assert.Equal("text", b.Content("small"));
    }

    [Fact]
    public async Task A_folder_that_is_unlinked_gives_its_contents_back_first()
    {
        await A.LinkLeanAsync();
        var bytes = Fill("big", 1);
        await A.IdleAsync();
        var content = Shown("big");
        await A.UnlinkAsync();
        Assert.Equal(ErrorKind.Conflict, Assert.Throws<PeerDriveException>(() => new LinkTable(A.Volume).Remove(A.Settings.Id)).Kind);
        await TakeBackAsync();
        new LinkTable(A.Volume).Remove(A.Settings.Id);
        File.WriteAllBytes(A.PathOf("big"), Random(2));
        Assert.Equal(bytes, Read(content));
        Assert.Equal((0, 0), A.Volume.MissingTotals());
    }

    [Fact]
    public async Task On_another_file_system_contents_come_and_go_with_the_disk()
    {
        using var other = OtherFileSystem.TryCreate(Home);
        if (other is null) return;
        var place = Path.Combine(other.Path, "linked");
        await A.LinkLeanAsync(place);
        var bytes = Fill("big", 1);
        await A.IdleAsync();
        var content = Shown("big");
        Assert.Equal(bytes, Read(content));
        Directory.Move(place, place + "-unmounted");
        Assert.NotEmpty(A.Volume.Contents.Missing(content, 1));
        Assert.Equal(ErrorKind.NotHere, Assert.Throws<PeerDriveException>(() => Read(content)).Kind);
        await A.ReopenAsync(withoutCatalog: true);
        Assert.Equal(ErrorKind.NotHere, (await Assert.ThrowsAsync<PeerDriveException>(TakeBackAsync)).Kind);
        Directory.Move(place + "-unmounted", place);
        Assert.Equal(bytes, Read(content));
        await A.LinkAsync();
        Assert.Equal((0, 0), A.Volume.MissingTotals());
        File.Delete(A.PathOf("big"));
        await A.IdleAsync();
        Assert.Single(RawFiles());
        await A.UnlinkAsync();
        await TakeBackAsync();
        Assert.False(Directory.Exists(Path.Combine(place, ".pd~lent")));
        Assert.Equal(bytes, Read(content));
    }

    [Fact]
    public async Task A_damaged_index_holds_nothing_up()
    {
        await A.LinkLeanAsync();
        var bytes = Fill("big", 1);
        await A.IdleAsync();
        var content = Shown("big");
        var index = Assert.Single(Directory.GetFiles(Path.Combine(A.Volume.Folder, "lent"), "*.index"));
        File.WriteAllText(index, "damaged");
        File.Delete(A.PathOf("big"));
        A.Write("other", "text");
        await A.IdleAsync();
        Assert.Equal("text", A.Content("other"));
        Assert.Null(A.Link.State.Problem);
        Assert.Equal(bytes, Read(content));
    }

    [Fact]
    public async Task What_a_crash_left_of_holding_is_removed()
    {
        await A.LinkLeanAsync();
        var bytes = Fill("big", 1);
        await A.IdleAsync();
        await A.ReopenAsync();
        var hold = Path.Combine(A.Volume.Folder, "lent");
        Shell.Run(A.Directory, $"ln big {hold}/00000fff");
        await A.ReopenAsync();
        await A.LinkAsync();
        Assert.Equal(2, Directory.GetFiles(hold).Length);
        Assert.Equal(bytes, Bytes("big"));
    }

    [Fact]
    public async Task A_hard_link_to_a_held_file_is_known_as_one()
    {
        await A.LinkLeanAsync();
        Fill("big", 1);
        await A.IdleAsync();
        Shell.Run(A.Directory, "ln big twin");
        await A.IdleAsync();
        Assert.Equal(A.Require("big").Document, A.Require("twin").Document);
        File.Delete(A.PathOf("big"));
        await A.IdleAsync();
        Assert.Empty(RawFiles());
        Assert.Equal(Random(1), Bytes("twin"));
    }

    [Fact]
    public async Task A_reader_edits_a_held_file_and_takes_it_back()
    {
        var b = await InviteAsync(Model.Members.Role.Reader);
        await A.LinkAsync();
        await b.LinkLeanAsync();
        File.WriteAllBytes(A.PathOf("big"), Random(1));
        await A.ExchangeAsync(b);
        using (var file = File.OpenWrite(b.PathOf("big"))) file.Write("edited"u8);
        await b.IdleAsync();
        Assert.Single(b.Link.Drafts);
        var revert = b.Link.RevertAsync(null, CancellationToken.None);
        await Soon.UntilAsync(() =>
        {
            A.SendAsync(b).GetAwaiter().GetResult();
            return revert.IsCompleted;
        });
        await A.ExchangeAsync(b);
        Assert.Equal(Random(1), File.ReadAllBytes(b.PathOf("big")));
    }

    private static byte[] Random(int seed, int bytes = Large)
    {
        var content = new byte[bytes];
        new Random(seed).NextBytes(content);
        return content;
    }

    private byte[] Fill(string name, int seed)
    {
        var bytes = Random(seed);
        File.WriteAllBytes(A.PathOf(name), bytes);
        return bytes;
    }

    private Content Shown(string path) => A.Require(path).Shown!.Value.Content;

    private byte[] Read(Content content) => A.Volume.Contents.ReadAll(content, 64 << 20);

    private byte[] Bytes(string path) => Read(Shown(path));

    private string[] RawFiles() => [.. Directory.GetFiles(Path.Combine(A.Volume.Folder, "raw")).Where(file => !file.EndsWith(".index", StringComparison.Ordinal))];

    private Task TakeBackAsync() =>
        LinkedFolder.TakeBackAsync(A.Volume, A.Settings, new FolderContext(TimeProvider.System, new Random(1), TaskScheduler.Default), CancellationToken.None);
}
