using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Members;
using PeerDrive.Model.Revisions;
using PeerDrive.Storage.Contents;
using PeerDrive.Storage.Maintenance;
using PeerDrive.Storage.Replicas;
using PeerDrive.Storage.Volumes;

namespace PeerDrive.Sync.Tests.Fetching;

/// <summary>Reading what lies on other devices only.</summary>
public sealed class ReadingTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task With_metadata_the_tree_comes_and_no_content()
    {
        await using var a = new TestNode("a");
        await using var b = new TestNode("b");
        await SetUpAsync(a, b, RandomBytes(3_000_000, 1));
        Assert.True(Stored(b) < 100_000, $"{Stored(b)} bytes are stored");
        Assert.Equal((0, 0), b.Volume.MissingTotals());
        Assert.Equal(1, b.Volume.Replica.AbsentTotals().Contents);
    }

    [Fact]
    public async Task A_range_is_read_with_what_lies_around_it_and_no_more()
    {
        await using var a = new TestNode("a");
        await using var b = new TestNode("b");
        var bytes = RandomBytes(20_000_000, 2);
        var content = await SetUpAsync(a, b, bytes);
        var read = await ReadAsync(b, content, 9_000_000, 70_000);
        Assert.True(bytes.AsSpan(9_000_000, 70_000).SequenceEqual(read));
        Assert.InRange(Stored(b), 70_000, 5_000_000);
        // The reader is a holder of what it read.
        await a.StopAsync();
        Assert.Equal(70_000, b.Volume.Contents.OpenReader(content).Read(9_000_000, new byte[70_000]));
    }

    [Fact]
    public async Task A_content_read_to_its_end_is_here()
    {
        await using var a = new TestNode("a");
        await using var b = new TestNode("b");
        var bytes = RandomBytes(5_000_000, 3);
        var content = await SetUpAsync(a, b, bytes);
        Assert.Equal(bytes, await ReadAllAsync(b, content));
        await b.UntilAsync(() => b.Volume.Replica.AbsentTotals().Contents == 0);
    }

    [Fact]
    public async Task Several_sources_share_the_work_and_one_may_go_away()
    {
        await using var a = new TestNode("a");
        await using var b = new TestNode("b");
        await using var c = new TestNode("c");
        var bytes = RandomBytes(30_000_000, 4);
        await a.CreateVolumeAsync("Shared");
        await b.JoinAsync(a.Invite());
        var entry = await a.WriteAsync("big", bytes);
        await b.UntilAsync(() => b.Read("big") is not null);
        await JoinWithMetadataAsync(c, a);
        var content = ContentOf(c);
        c.Engine.AddAddress(b.Identity.Device, b.Address);
        await UntilAsync(() => c.Engine.Peers().Count(peer => peer.IsOnline && peer.Volumes.Count > 0) == 2);
        var reader = c.Volume.Contents.OpenReader(content);
        using var pace = new ReadPace(c.Volume.Contents, TimeProvider.System);
        var read = new byte[bytes.Length];
        var isStopped = false;
        for (var at = 0; at < read.Length;)
        {
            at += await pace.ReadAsync(reader, at, read.AsMemory(at, Math.Min(128 << 10, read.Length - at)), CancellationToken.None).AsTask().WaitAsync(Limit);
            if (at < read.Length / 3 || isStopped) continue;
            isStopped = true;
            await a.StopAsync();
        }
        Assert.True(bytes.AsSpan().SequenceEqual(read));

        Content ContentOf(TestNode node) => node.Volume.Reader.Require(entry.Id).Shown!.Value.Content;
    }

    [Fact]
    public async Task With_nobody_there_a_read_fails_in_time_and_says_who_could_have_it()
    {
        await using var a = new TestNode("a");
        await using var b = new TestNode("b");
        var content = await SetUpAsync(a, b, RandomBytes(2_000_000, 5));
        await a.StopAsync();
        b.Volume.Replica.SetReadWait(TimeSpan.FromMilliseconds(300));
        var failure = await Assert.ThrowsAsync<PeerDriveException>(() => ReadAsync(b, content, 0, 1000));
        Assert.Equal(ErrorKind.NotHere, failure.Kind);
        Assert.Contains("a (last seen 2", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_reader_that_gives_up_waits_no_longer()
    {
        await using var a = new TestNode("a");
        await using var b = new TestNode("b");
        var content = await SetUpAsync(a, b, RandomBytes(2_000_000, 6));
        await a.StopAsync();
        using var giveUp = new CancellationTokenSource();
        using var pace = new ReadPace(b.Volume.Contents, TimeProvider.System);
        var reading = pace.ReadAsync(b.Volume.Contents.OpenReader(content), 0, new byte[1000], giveUp.Token).AsTask();
        Assert.False(reading.IsCompleted);
        await giveUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading.WaitAsync(Limit));
    }

    [Fact]
    public async Task Closing_the_volume_ends_the_wait()
    {
        await using var a = new TestNode("a");
        await using var b = new TestNode("b");
        var content = await SetUpAsync(a, b, RandomBytes(2_000_000, 7));
        await a.StopAsync();
        var reading = ReadAsync(b, content, 0, 1000);
        await b.Engine.RemoveAsync(b.Volume.Id);
        Assert.Equal(ErrorKind.NotHere, (await Assert.ThrowsAsync<PeerDriveException>(() => reading)).Kind);
    }

    [Theory]
    [InlineData("silent")]
    [InlineData("not here")]
    [InlineData("wrong bytes")]
    public async Task A_peer_that_does_not_do_its_part_holds_no_reader_up_while_there_is_another(string what)
    {
        await using var a = new TestNode("a");
        await using var b = new TestNode("b");
        var bytes = RandomBytes(4_000_000, 8);
        var content = await SetUpAsync(a, b, bytes);
        var volume = b.Volume.Id;
        // The only source at first, so that it is asked for sure.
        await a.StopAsync();
        await MakeOwnerAsync(a, b);
        await using var eve = await StubbornPeer.ConnectAsync(
            b,
            chunk => what switch
            {
                "not here" => StubbornPeer.NotHere(volume, chunk),
                "wrong bytes" => StubbornPeer.Wrong(volume, chunk, 4),
                _ => null,
            },
            1, 2, 3, 4);
        var reading = ReadAllAsync(b, content);
        await UntilAsync(() => eve.Wants > 0);
        a.Start();
        b.Engine.AddAddress(a.Identity.Device, a.Address);
        Assert.Equal(bytes, await reading);
        if (what == "wrong bytes") Assert.Equal(Transport.Connections.CloseKind.Protocol, (await eve.Closed.WaitAsync(Limit)).Kind);
    }

    [Fact]
    public async Task Endless_not_here_ends_in_an_error_and_asks_no_more_than_now_and_then()
    {
        await using var a = new TestNode("a");
        await using var b = new TestNode("b");
        var content = await SetUpAsync(a, b, RandomBytes(2_000_000, 9));
        await a.StopAsync();
        await MakeOwnerAsync(a, b);
        var volume = b.Volume.Id;
        await using var eve = await StubbornPeer.ConnectAsync(b, chunk => StubbornPeer.NotHere(volume, chunk));
        await UntilAsync(() => b.Engine.Peers().Any(peer => peer.IsOnline && peer.Volumes.Count > 0));
        b.Volume.Replica.SetReadWait(TimeSpan.FromSeconds(1));
        var failure = await Assert.ThrowsAsync<PeerDriveException>(() => ReadAsync(b, content, 0, 1000));
        Assert.Contains("did not send it", failure.Message, StringComparison.Ordinal);
        Assert.InRange(eve.Wants, 1, 3);
    }

    [Fact]
    public async Task Pinning_a_folder_brings_its_files_and_those_that_come_into_it()
    {
        await using var a = new TestNode("a");
        await using var b = new TestNode("b");
        await SetUpAsync(a, b, RandomBytes(2_000_000, 10));
        EntryView? folder = null;
        await a.Volume.CommitAsync(edit => folder = edit.Create(EntryId.Root, EntryName.Create("docs"), new RevisionState { Kind = DocumentKind.Folder, Mode = 0x1ED }));
        await a.WriteAsync(folder!.Id, "one", RandomBytes(200_000, 11));
        await b.UntilAsync(() => b.Volume.Reader.Find(folder.Id, EntryName.Create("one")) is not null);
        b.Volume.Replica.Pin(folder.Id);
        await b.UntilAsync(() => IsHere(b, folder.Id, "one"));
        await a.WriteAsync(folder.Id, "two", RandomBytes(300_000, 12));
        await b.UntilAsync(() => IsHere(b, folder.Id, "two"));
        Assert.InRange(Stored(b), 500_000, 600_000);
        Assert.Equal(1, b.Volume.Replica.AbsentTotals().Contents);
        b.Volume.Replica.SetPolicy(ReplicaPolicy.Full);
        await b.UntilAsync(() => b.Volume.Replica.AbsentTotals().Contents == 0);
    }

    private static bool IsHere(TestNode node, EntryId folder, string name) =>
        node.Volume.Reader.Find(folder, EntryName.Create(name)) is { Shown: { } shown } && node.Volume.Contents.Missing(shown.Content, 1).Count == 0;

    private static async Task<Content> SetUpAsync(TestNode a, TestNode b, byte[] bytes)
    {
        await a.CreateVolumeAsync("Shared");
        await a.WriteAsync("big", bytes);
        await JoinWithMetadataAsync(b, a);
        return b.Volume.Reader.Find(EntryId.Root, EntryName.Create("big"))!.Shown!.Value.Content;
    }

    private static async Task JoinWithMetadataAsync(TestNode node, TestNode inviter)
    {
        await node.JoinAsync(inviter.Invite(), ReplicaPolicy.Metadata);
        await node.UntilAsync(() => node.Volume.Vector.Equals(inviter.Volume.Vector));
    }

    /// <summary>Lets a node admit members while the one that made the volume is gone.</summary>
    private static async Task MakeOwnerAsync(TestNode maker, TestNode node)
    {
        await maker.Volume.CommitAsync(edit => edit.Administer(new Model.Changesets.Operation.Member(node.Person.Certificate, Role.Owner, ReadOnlyMemory<byte>.Empty)), Role.Owner);
        Assert.Null((await node.Volume.ApplyAsync(maker.Volume.ReadMissing(node.Volume.Vector, int.MaxValue))).Refusal);
    }

    private static async Task<byte[]> ReadAsync(TestNode node, Content content, long offset, int length)
    {
        var bytes = new byte[length];
        using var pace = new ReadPace(node.Volume.Contents, TimeProvider.System);
        var read = await pace.ReadAsync(node.Volume.Contents.OpenReader(content), offset, bytes, CancellationToken.None).AsTask().WaitAsync(Limit);
        return bytes[..read];
    }

    private static async Task<byte[]> ReadAllAsync(TestNode node, Content content)
    {
        var bytes = new byte[content.Size];
        using var pace = new ReadPace(node.Volume.Contents, TimeProvider.System);
        var reader = node.Volume.Contents.OpenReader(content);
        for (var at = 0; at < bytes.Length;)
            at += await pace.ReadAsync(reader, at, bytes.AsMemory(at, Math.Min(128 << 10, bytes.Length - at)), CancellationToken.None).AsTask().WaitAsync(Limit);
        return bytes;
    }

    /// <summary>Of what changes without telling the volume.</summary>
    private static async Task UntilAsync(Func<bool> condition)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        using var limit = new CancellationTokenSource(Limit);
        while (!condition()) await timer.WaitForNextTickAsync(limit.Token);
    }

    private static long Stored(TestNode node)
    {
        node.Volume.Contents.Chunks.FlushIndex();
        return StoredSize.Of(node.Volume).Bytes;
    }

    private static byte[] RandomBytes(int length, int seed)
    {
        var bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }
}
