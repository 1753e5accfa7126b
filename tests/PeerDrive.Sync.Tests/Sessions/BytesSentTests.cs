using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Members;
using PeerDrive.Model.Revisions;

namespace PeerDrive.Sync.Tests.Sessions;

public sealed class BytesSentTests
{
    [Fact]
    public async Task After_a_break_only_what_was_under_way_is_sent_again()
    {
        await using var a = new TestNode("a");
        await using var b = new TestNode("b");
        await PairAsync(a, b);
        const int Size = 96 << 20;
        await a.WriteAsync("large", Bytes(Size, 1));
        for (var at = Size / 4; at < Size; at += Size / 4)
        {
            await UntilSentAsync(a, b, at);
            await b.StopAsync();
            b.Start();
            b.Engine.AddAddress(a.Identity.Device, a.Address);
        }
        await b.UntilAsync(() => b.Read("large") is { Length: Size });
        // What was asked for and not stored yet is lost with each of the three connections. From the beginning again each time it would
        // be at least 240 MiB.
        Assert.InRange(Sent(a, b), Size, Size + 3 * SyncLimits.WindowBytes);
    }

    [Fact]
    public async Task Renaming_a_thousand_files_sends_no_content()
    {
        await using var a = new TestNode("a");
        await using var b = new TestNode("b");
        await PairAsync(a, b);
        await a.Volume.CommitAsync(edit =>
        {
            var folder = edit.Create(EntryId.Root, EntryName.Create("folder"), new RevisionState { Kind = DocumentKind.Folder, Mode = 0x1ED });
            for (var i = 0; i < 1000; i++) edit.Create(folder.Id, EntryName.Create($"f{i}"), new RevisionState { Kind = DocumentKind.File, Mode = 0x1A4, Content = a.Volume.Contents.Store(Bytes(3000, i)) });
        });
        await b.UntilAsync(() => b.Volume.Reader.Totals().Files == 1000 && b.Volume.MissingTotals().Contents == 0);
        var before = Received(b, a);
        await a.Volume.CommitAsync(edit => edit.Move(a.Volume.Reader.List(EntryId.Root)[0].Id, EntryId.Root, EntryName.Create("renamed")));
        await b.UntilAsync(() => b.Volume.Reader.Find(EntryId.Root, EntryName.Create("renamed")) is not null);
        Assert.InRange(Received(b, a) - before, 1, 2000);
    }

    [Fact]
    public async Task An_insertion_in_a_large_file_sends_a_few_chunks()
    {
        await using var a = new TestNode("a");
        await using var b = new TestNode("b");
        await PairAsync(a, b);
        var bytes = Bytes(32 << 20, 1);
        await a.WriteAsync("large", bytes);
        await b.UntilAsync(() => b.Read("large") is { Length: 32 << 20 });
        var before = Received(b, a);
        byte[] longer = [.. bytes.AsSpan(0, 10_000_001), .. "inserted"u8, .. bytes.AsSpan(10_000_001)];
        await a.WriteAsync("large", longer);
        await b.UntilAsync(() => b.Read("large")?.Length == longer.Length);
        Assert.InRange(Received(b, a) - before, 1, 4 << 20);
        Assert.True(longer.AsSpan().SequenceEqual(b.Read("large")));
    }

    private static async Task PairAsync(TestNode a, TestNode b)
    {
        await a.CreateVolumeAsync("shared");
        await b.JoinAsync(a.Invite());
        await b.UntilAsync(() => b.Volume.OwnRole == Role.Writer);
    }

    private static long Received(TestNode node, TestNode from) => node.Engine.Peers().Single(peer => peer.Device == from.Identity.Device).BytesReceived;

    private static long Sent(TestNode node, TestNode to) => node.Engine.Peers().Single(peer => peer.Device == to.Identity.Device).BytesSent;

    private static async Task UntilSentAsync(TestNode node, TestNode to, long bytes)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        // Bytes are no event: they are looked at from time to time.
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(1));
        while (Sent(node, to) < bytes) await timer.WaitForNextTickAsync(limit.Token);
    }

    private static byte[] Bytes(int length, int seed)
    {
        var bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }
}
