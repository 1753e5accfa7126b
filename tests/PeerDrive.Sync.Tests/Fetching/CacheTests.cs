using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Revisions;
using PeerDrive.Storage.Contents;
using PeerDrive.Storage.Replicas;

namespace PeerDrive.Sync.Tests.Fetching;

/// <summary>Replicas that are caches.</summary>
public sealed class CacheTests
{
    private const long Quota = 8_000_000;

    [Fact]
    public async Task A_file_much_larger_than_the_quota_is_read_through_it()
    {
        await using var a = new TestNode("a");
        await using var b = new TestNode("b");
        await a.CreateVolumeAsync("Shared");
        var bytes = RandomBytes(60_000_000, 1);
        await a.WriteAsync("big", bytes);
        await b.JoinAsync(a.Invite(), ReplicaPolicy.Cache(Quota));
        await b.UntilAsync(() => b.Volume.Vector.Equals(a.Volume.Vector));
        var (read, most) = await ReadAsync(b, "big", bytes.Length);
        Assert.Equal(bytes, read);
        // 10 MB were seen once on a busy machine, and not explained: docs/known-limits.md.
        Assert.InRange(most, 1_000_000, Quota * 3 / 2);
        Assert.Equal(bytes, a.Read("big"));
    }

    [Fact]
    public async Task What_was_not_used_for_longest_goes_first_and_what_is_pinned_stays()
    {
        await using var a = new TestNode("a");
        await using var b = new TestNode("b");
        await a.CreateVolumeAsync("Shared");
        var files = Enumerable.Range(0, 8).Select(i => RandomBytes(1_500_000, 10 + i)).ToList();
        foreach (var (i, bytes) in files.Index()) await a.WriteAsync($"file{i}", bytes);
        await b.JoinAsync(a.Invite(), ReplicaPolicy.Cache(Quota));
        await b.UntilAsync(() => b.Volume.Vector.Equals(a.Volume.Vector));
        b.Volume.Replica.Pin(b.Volume.Reader.Find(EntryId.Root, EntryName.Create("file0"))!.Id);
        await b.UntilAsync(() => b.Read("file0") is not null);
        foreach (var (i, bytes) in files.Index()) Assert.Equal(bytes, (await ReadAsync(b, $"file{i}", bytes.Length)).Bytes);
        Assert.NotNull(b.Read("file0"));
        Assert.NotNull(b.Read("file7"));
        Assert.Null(b.Read("file1"));
    }

    [Fact]
    public async Task What_nobody_else_has_is_not_pushed_out()
    {
        await using var a = new TestNode("a");
        await using var b = new TestNode("b");
        await a.CreateVolumeAsync("Shared");
        await b.JoinAsync(a.Invite(), ReplicaPolicy.Cache(Quota));
        a.Volume.Replica.SetPolicy(ReplicaPolicy.Metadata);
        await b.UntilAsync(() => b.Volume.OwnRole == Model.Members.Role.Writer);
        var own = RandomBytes(5_000_000, 30);
        await b.WriteAsync("own", own);
        var bytes = RandomBytes(20_000_000, 31);
        await a.WriteAsync("big", bytes);
        // Not until both have the same: what comes to the other one last makes no change here.
        await b.UntilAsync(() => b.Volume.Reader.Find(EntryId.Root, EntryName.Create("big")) is not null);
        Assert.Equal(bytes, (await ReadAsync(b, "big", bytes.Length)).Bytes);
        Assert.Equal(own, b.Read("own"));
    }

    private static async Task<(byte[] Bytes, long MostOnDisk)> ReadAsync(TestNode node, string name, int length)
    {
        var content = node.Volume.Reader.Find(EntryId.Root, EntryName.Create(name))!.Shown!.Value.Content;
        var bytes = new byte[length];
        long most = 0;
        using var pace = new ReadPace(node.Volume.Contents, TimeProvider.System);
        var reader = node.Volume.Contents.OpenReader(content);
        for (var at = 0; at < length;)
        {
            at += await pace.ReadAsync(reader, at, bytes.AsMemory(at, Math.Min(128 << 10, length - at)), CancellationToken.None).AsTask().WaitAsync(TimeSpan.FromSeconds(60));
            most = Math.Max(most, node.Volume.Contents.Chunks.DiskBytes());
        }
        return (bytes, most);
    }

    private static byte[] RandomBytes(int length, int seed)
    {
        var bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }
}
