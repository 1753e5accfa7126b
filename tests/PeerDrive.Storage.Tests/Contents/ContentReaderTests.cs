using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Revisions;
using PeerDrive.Storage.Contents;
using PeerDrive.Storage.Packs;

namespace PeerDrive.Storage.Tests.Contents;

public sealed class ContentReaderTests
{
    [Theory]
    [InlineData("raw")]
    [InlineData("zstd")]
    [InlineData("plain")]
    [InlineData("mixed")]
    public async Task Whatever_part_is_read_in_whatever_order_it_is_the_contents(string kind)
    {
        await using var replica = await TestReplica.CreateAsync();
        var store = replica.Volume.Contents;
        var bytes = Bytes(kind);
        var content = store.Store(bytes);
        Assert.Equal(kind == "raw", store.TryOpenRaw(content) is not null);
        var random = new Random(7);
        for (var round = 0; round < 2; round++)
        {
            var reader = store.OpenReader(content);
            for (var i = 0; i < 300; i++)
            {
                var part = new byte[random.Next(3) switch { 0 => random.Next(20), 1 => 4096, _ => random.Next(2 << 20) }];
                var offset = random.Next(bytes.Length + 5000);
                var read = reader.Read(offset, part);
                Assert.Equal(Math.Clamp(bytes.Length - offset, 0, part.Length), read);
                Assert.True(part.AsSpan(0, read).SequenceEqual(bytes.AsSpan(Math.Min(offset, bytes.Length), read)), $"{kind} {i}");
            }
            await replica.ReopenAsync();
            store = replica.Volume.Contents;
        }
    }

    [Fact]
    public async Task Threads_share_what_was_read()
    {
        await using var replica = await TestReplica.CreateAsync();
        var bytes = Bytes("mixed");
        var content = replica.Volume.Contents.Store(bytes);
        var reader = replica.Volume.Contents.OpenReader(content);
        var wrong = 0;
        var threads = Enumerable.Range(0, 4).Select(t => new Thread(() =>
        {
            var random = new Random(t);
            var part = new byte[8192];
            for (var i = 0; i < 2000; i++)
            {
                var offset = random.Next(bytes.Length - part.Length);
                if (reader.Read(offset, part) != part.Length || !part.AsSpan().SequenceEqual(bytes.AsSpan(offset, part.Length))) Interlocked.Increment(ref wrong);
            }
        })).ToList();
        foreach (var thread in threads) thread.Start();
        foreach (var thread in threads) Assert.True(thread.Join(TimeSpan.FromMinutes(1)));
        Assert.Equal(0, wrong);
    }

    [Theory]
    [InlineData("raw", true)]
    [InlineData("raw", false)]
    [InlineData("plain", true)]
    [InlineData("plain", false)]
    [InlineData("zstd", false)]
    public async Task Damage_that_is_there_when_the_volume_is_opened_is_found_and_no_wrong_byte_given(string kind, bool whole)
    {
        await using var replica = await TestReplica.CreateAsync();
        var bytes = Bytes(kind);
        var content = replica.Volume.Contents.Store(bytes);
        await replica.ReopenAsync(folder =>
        {
            foreach (var path in Directory.GetFiles(Path.Combine(folder, kind == "raw" ? "raw" : "packs")))
            {
                if (path.EndsWith(".index", StringComparison.Ordinal)) continue;
                using var file = File.Open(path, FileMode.Open);
                for (var at = 5000L; at < file.Length - 100_000; at += 10_000)
                {
                    file.Position = at;
                    file.Write([(byte)(at / 10_000 + 1)]);
                }
            }
        });
        var reader = replica.Volume.Contents.OpenReader(content);
        var failures = 0;
        foreach (var size in whole ? new[] { 1 << 20 } : [1000])
        {
            var part = new byte[size];
            for (var offset = 0; offset < bytes.Length; offset += size)
            {
                try
                {
                    var read = reader.Read(offset, part);
                    Assert.True(part.AsSpan(0, read).SequenceEqual(bytes.AsSpan(offset, read)));
                }
                catch (PeerDriveException e) when (e.Kind == ErrorKind.Corrupt)
                {
                    failures++;
                }
            }
        }
        Assert.True(failures > 1);
    }

    [Fact]
    public async Task Chunks_that_were_checked_are_found_where_they_went_and_missed_when_they_are_gone()
    {
        await using var replica = await TestReplica.CreateAsync();
        var store = replica.Volume.Contents;
        var bytes = Bytes("plain");
        var content = store.Store(bytes);
        store.Chunks.FlushIndex();
        var reader = store.OpenReader(content);
        var part = new byte[bytes.Length];
        reader.Read(0, part);
        var pack = store.Chunks.Index.Packs().Single();
        // Further chunks begin the next pack, so that this one can be rewritten.
        store.Store(TestReplica.RandomBytes(7 << 20, 50));
        foreach (var leaf in store.Leaves(content)) store.Chunks.PutAgain(leaf.Id, pack.Pack);
        store.Chunks.FlushIndex();
        Assert.Equal(bytes.Length, reader.Read(0, part));
        var gone = store.Leaves(content).First().Id;
        store.Chunks.Forget(gone);
        Assert.Equal(ErrorKind.NotHere, Assert.Throws<PeerDriveException>(() => reader.Read(0, part.AsSpan(0, 10))).Kind);
    }

    [Fact]
    public async Task What_others_say_of_a_content_is_not_believed()
    {
        await using var replica = await TestReplica.CreateAsync();
        var store = replica.Volume.Contents;
        var content = store.Store(TestReplica.RandomBytes(100, 1));
        var one = new byte[1];
        foreach (var lie in new[] { content with { Size = 5000 }, content with { Depth = 1 }, content with { Size = ulong.MaxValue }, content with { Size = ulong.MaxValue, Depth = 3 } })
            Assert.Equal(ErrorKind.Corrupt, Assert.Throws<PeerDriveException>(() => store.OpenReader(lie).Read(0, one)).Kind);
        Assert.Equal(ErrorKind.NotHere, Assert.Throws<PeerDriveException>(() => store.OpenReader(content with { Root = Id.Hash<ChunkId>([9]) }).Read(0, one)).Kind);
        Assert.Equal(0, store.OpenReader(Content.Empty).Read(0, one));
        Assert.Equal(ErrorKind.LimitExceeded, Assert.Throws<PeerDriveException>(() => replica.Volume.Drafts.Begin(content with { Size = ulong.MaxValue })).Kind);
    }

    [Fact]
    public void The_cache_keeps_to_its_budget_and_gives_only_what_it_has()
    {
        var cache = new ChunkCache(4 << 20);
        var random = new Random(3);
        var known = new Dictionary<ChunkId, byte[]>();
        for (var i = 0; i < 500; i++)
        {
            var bytes = TestReplica.RandomBytes(random.Next(1, 100_000), i);
            var id = Id.Hash<ChunkId>(bytes);
            var plain = new PooledBytes(bytes.Length);
            bytes.CopyTo(plain.Span);
            cache.Add(id, plain);
            known[id] = bytes;
        }
        long kept = 0;
        foreach (var (id, bytes) in known)
        {
            var part = new byte[bytes.Length];
            if (!cache.TryRead(id, bytes.Length, 0, part)) continue;
            Assert.Equal(bytes, part);
            Assert.False(cache.TryRead(id, bytes.Length + 1, 0, part));
            kept += bytes.Length;
        }
        Assert.InRange(kept, 2 << 20, 4 << 20);
    }

    private static byte[] Bytes(string kind)
    {
        var bytes = TestReplica.RandomBytes(kind == "raw" ? 12 << 20 : 6 << 20, 4);
        if (kind == "zstd") for (var i = 0; i < bytes.Length; i++) bytes[i] = (byte)(bytes[i] & 15);
        if (kind == "mixed") bytes.AsSpan(1 << 20, 3 << 20).Fill(5);
        return bytes;
    }
}
