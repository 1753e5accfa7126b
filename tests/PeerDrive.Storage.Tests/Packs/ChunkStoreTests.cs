using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Revisions;
using PeerDrive.Storage.Contents;
using PeerDrive.Storage.Disks;
using PeerDrive.Storage.Packs;
using PeerDrive.Testing;

namespace PeerDrive.Storage.Tests.Packs;

public sealed class ChunkStoreTests
{
    [Fact]
    public async Task Chunks_come_back_as_they_were_put_and_are_kept_once()
    {
        await using var replica = await TestReplica.CreateAsync();
        var chunks = replica.Volume.Contents.Chunks;
        foreach (var bytes in new[] { new byte[1], new byte[200_000], TestReplica.RandomBytes(1 << 20, 1), "text text text text"u8.ToArray() })
        {
            var id = Id.Hash<ChunkId>(bytes);
            Assert.True(chunks.Put(id, bytes));
            Assert.False(chunks.Put(id, bytes));
            using var plain = chunks.Read(id);
            Assert.True(plain.Span.SequenceEqual(bytes));
        }
        Assert.Equal(ErrorKind.NotHere, Assert.Throws<PeerDriveException>(() => chunks.Read(Id.Hash<ChunkId>([9, 9]))).Kind);
    }

    [Fact]
    public async Task A_full_pack_is_sealed_and_the_next_begun()
    {
        await using var replica = await TestReplica.CreateAsync();
        var ids = new List<ChunkId>();
        for (var i = 0; i < 70; i++) ids.Add(Put(replica, TestReplica.RandomBytes(1 << 20, i)));
        await replica.ReopenAsync(TestReplica.DeleteCatalog);
        Assert.Equal(2, Directory.GetFiles(Path.Combine(replica.Folder, "packs")).Length);
        Assert.All(ids, id => Assert.True(replica.Volume.Contents.Chunks.Contains(id)));
        Assert.Empty(replica.Volume.Contents.Chunks.FindDamaged(_ => { }));
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(66_000, false)]
    public async Task A_pack_that_was_reopened_or_has_very_many_chunks_is_sealed_with_all_that_is_in_it(int small, bool reopens)
    {
        await using var replica = await TestReplica.CreateAsync();
        var ids = new List<ChunkId>();
        for (var i = 0; i < small; i++) ids.Add(Put(replica, BitConverter.GetBytes(i)));
        for (var i = 0; i < 65; i++)
        {
            ids.Add(Put(replica, TestReplica.RandomBytes(1 << 20, i)));
            if (reopens && i is 1 or 40) await replica.ReopenAsync();
        }
        await replica.ReopenAsync(TestReplica.DeleteCatalog);
        var packs = Directory.GetFiles(Path.Combine(replica.Folder, "packs")).Order().ToList();
        Assert.Equal(2, packs.Count);
        using var full = new RealDisk().OpenRead(packs[0]);
        Span<byte> trailer = stackalloc byte[PackFormat.TrailerBytes];
        full.Read(full.Length - trailer.Length, trailer);
        Assert.True(PackFormat.TryReadTrailer(trailer, full.Length, out _, out var count, out _));
        Assert.InRange(count, small + 55, small + 64);
        Assert.All(ids, id => AssertReadable(replica.Volume.Contents.Chunks, id));
    }

    /// <summary>Chunks move from pack to pack under those who read them, while others record places.</summary>
    [Fact]
    public async Task While_packs_are_given_back_what_stays_is_found_at_every_moment()
    {
        await using var replica = await TestReplica.CreateAsync();
        var chunks = replica.Volume.Contents.Chunks;
        var kept = Enumerable.Range(0, 12).Select(i => Put(replica, TestReplica.RandomBytes(20_000, i))).ToList();
        using var stop = new CancellationTokenSource();
        List<Task> others =
        [
            .. Enumerable.Range(0, 2).Select(_ => Beside(() => Assert.All(kept, id => AssertReadable(chunks, id)))),
            .. Enumerable.Range(0, 2).Select(i => Beside(() =>
            {
                Put(replica, BitConverter.GetBytes((1000 * i) + Random.Shared.Next(1000)));
                chunks.FlushIndex();
            })),
        ];
        var moves = 0;
        while (moves < 40 && !others.Exists(other => other.IsFaulted))
        {
            chunks.Forget(Put(replica, TestReplica.RandomBytes(100_000, 1000 + moves)));
            foreach (var (pack, _) in chunks.Index.Use())
            {
                if (chunks.TryReclaim(pack.Pack, leastPart: 20) > 0) moves++;
            }
        }
        stop.Cancel();
        await Task.WhenAll(others).OrFail();
        Assert.All(kept, id => AssertReadable(chunks, id));
        Assert.Empty(chunks.FindDamaged(_ => { }));

        Task Beside(Action act) => Task.Factory.StartNew(() =>
        {
            while (!stop.IsCancellationRequested) act();
        }, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    [Fact]
    public async Task A_reopened_pack_is_gone_on_with()
    {
        await using var replica = await TestReplica.CreateAsync();
        var first = Put(replica, [1, 2, 3]);
        await replica.ReopenAsync();
        var second = Put(replica, [4, 5, 6]);
        await replica.ReopenAsync(TestReplica.DeleteCatalog);
        Assert.True(replica.Volume.Contents.Chunks.Contains(first) && replica.Volume.Contents.Chunks.Contains(second));
        Assert.Single(Directory.GetFiles(Path.Combine(replica.Folder, "packs")));
    }

    [Fact]
    public async Task A_torn_tail_is_cut_and_the_records_before_it_stay()
    {
        await using var replica = await TestReplica.CreateAsync();
        var kept = Put(replica, TestReplica.RandomBytes(1000, 1));
        var torn = Put(replica, TestReplica.RandomBytes(1000, 2));
        await replica.ReopenAsync(folder =>
        {
            TestReplica.DeleteCatalog(folder);
            using var pack = File.OpenWrite(Pack(folder));
            pack.SetLength(pack.Length - 5);
        });
        Assert.True(replica.Volume.Contents.Chunks.Contains(kept));
        Assert.False(replica.Volume.Contents.Chunks.Contains(torn));
        Assert.Equal(torn, Put(replica, TestReplica.RandomBytes(1000, 2)));
        await replica.ReopenAsync(TestReplica.DeleteCatalog);
        Assert.Empty(replica.Volume.Contents.Chunks.FindDamaged(_ => { }));
    }

    [Theory]
    [InlineData(PackFormat.HeaderBytes)]
    [InlineData(PackFormat.HeaderBytes + 6)]
    [InlineData(PackFormat.HeaderBytes + 13)]
    [InlineData(PackFormat.HeaderBytes + 30)]
    [InlineData(PackFormat.HeaderBytes + PackFormat.RecordBytes + 20)]
    [InlineData(2)]
    public async Task A_flipped_byte_costs_at_most_the_chunk_it_is_in_also_when_the_catalog_is_gone(int at)
    {
        await using var replica = await TestReplica.CreateAsync();
        var ids = Enumerable.Range(1, 4).Select(seed => Put(replica, TestReplica.RandomBytes(2000, seed))).ToList();
        await replica.ReopenAsync(folder =>
        {
            TestReplica.DeleteCatalog(folder);
            Flip(Pack(folder), at);
        });
        var chunks = replica.Volume.Contents.Chunks;
        Assert.All(ids.Skip(1), id => AssertReadable(chunks, id));
        // Writing goes on and loses nothing of what is behind the damage.
        Put(replica, TestReplica.RandomBytes(2000, 1));
        await replica.ReopenAsync(TestReplica.DeleteCatalog);
        Assert.All(ids, id => AssertReadable(replica.Volume.Contents.Chunks, id));
    }

    [Fact]
    public async Task A_flipped_byte_is_found_by_check_and_never_served()
    {
        await using var replica = await TestReplica.CreateAsync();
        var id = Put(replica, TestReplica.RandomBytes(2000, 1));
        await replica.ReopenAsync(folder => Flip(Pack(folder), 500));
        var chunks = replica.Volume.Contents.Chunks;
        Assert.Equal(ErrorKind.Corrupt, Assert.Throws<PeerDriveException>(() => chunks.Read(id)).Kind);
        Assert.Equal([id], chunks.FindDamaged(_ => { }));
        chunks.Forget(id);
        Assert.False(chunks.Contains(id));
        Put(replica, TestReplica.RandomBytes(2000, 1));
        await replica.ReopenAsync(TestReplica.DeleteCatalog);
        AssertReadable(replica.Volume.Contents.Chunks, id);
    }

    [Fact]
    public async Task A_payload_that_looks_like_a_record_is_not_believed()
    {
        await using var replica = await TestReplica.CreateAsync();
        var victim = Id.Hash<ChunkId>("what the victim wrote"u8);
        var fake = new byte[PackFormat.RecordBytes + 300];
        TestReplica.RandomBytes(300, 7).CopyTo(fake, PackFormat.RecordBytes);
        PackFormat.WriteRecord(fake, victim, 300, ChunkEncoding.Plain);
        Put(replica, fake);
        Put(replica, [1, 2]);
        await replica.ReopenAsync(folder =>
        {
            TestReplica.DeleteCatalog(folder);
            Flip(Pack(folder), PackFormat.HeaderBytes);
        });
        Assert.False(replica.Volume.Contents.Chunks.Contains(victim));
        Assert.True(replica.Volume.Contents.Chunks.Contains(Id.Hash<ChunkId>([1, 2])));
    }

    [Fact]
    public async Task Of_a_sealed_pack_what_a_power_cut_took_before_it_was_synced_counts_as_missing()
    {
        await using var replica = await TestReplica.CreateAsync();
        var ids = new List<ChunkId>();
        for (var i = 0; i < 64; i++) ids.Add(Put(replica, TestReplica.RandomBytes(1 << 20, i)));
        var lost = PackFormat.HeaderBytes + 5L * ((1 << 20) + PackFormat.RecordBytes);
        await replica.ReopenAsync(folder =>
        {
            TestReplica.DeleteCatalog(folder);
            using var pack = File.OpenWrite(Pack(folder));
            pack.Position = lost;
            pack.Write(new byte[100_000]);
        });
        var chunks = replica.Volume.Contents.Chunks;
        Assert.Equal([ids[5]], ids.Where(id => !chunks.Contains(id)));
        Assert.Empty(chunks.FindDamaged(_ => { }));
        Put(replica, TestReplica.RandomBytes(1 << 20, 5));
        AssertReadable(chunks, ids[5]);
        await replica.ReopenAsync(TestReplica.DeleteCatalog);
        Assert.All(ids, id => AssertReadable(replica.Volume.Contents.Chunks, id));
    }

    [Fact]
    public async Task What_was_put_before_a_sync_is_durable_after_it_though_more_is_put_meanwhile()
    {
        var disk = new SyncWatch(new RealDisk());
        await using var replica = await TestReplica.CreateAsync();
        await replica.ReopenAsync(disk: disk);
        var chunks = replica.Volume.Contents.Chunks;
        // Of three packs two are sealed by the next.
        for (var i = 0; i < 140; i++) Put(replica, TestReplica.RandomBytes(1 << 20, i));
        disk.OnSync = () =>
        {
            // From within the sync, as another thread would: it must not wait for the sync's end.
            disk.OnSync = null;
            var putting = new Thread(() => Put(replica, TestReplica.RandomBytes(1 << 20, 1000)));
            putting.Start();
            Assert.True(putting.Join(TimeSpan.FromSeconds(60)), "putting waits for a sync");
        };
        chunks.Sync();
        Assert.Null(disk.OnSync);
        chunks.Sync();
        Assert.DoesNotContain(disk.Unsynced, path => path.Contains("packs", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_damaged_chunk_that_was_stored_anew_meanwhile_is_not_forgotten()
    {
        await using var replica = await TestReplica.CreateAsync();
        var bytes = TestReplica.RandomBytes(20_000, 1);
        await replica.WriteAsync("file", bytes);
        await replica.ReopenAsync(folder => Flip(Pack(folder), PackFormat.HeaderBytes + PackFormat.RecordBytes + 100));
        var chunks = replica.Volume.Contents.Chunks;
        var damaged = Assert.Single(chunks.FindDamaged(_ => { }));
        // Who stores the same before it is known to be damaged relies on it, and is told when it commits.
        var content = replica.Volume.Contents.Store(bytes);
        Assert.True(chunks.TryForgetDamaged(damaged));
        await replica.Volume.CommitAsync(edit => edit.Create(EntryId.Root, EntryName.Create("copy"), new RevisionState { Kind = DocumentKind.File, Mode = 0x1A4, Content = content }));
        Assert.NotEmpty(replica.Volume.MissingContents(10));
        // Who stores it after that brings it back, whatever the check does next.
        Assert.True(chunks.Put(damaged, bytes));
        Assert.False(chunks.TryForgetDamaged(damaged));
        AssertReadable(chunks, damaged);
        await replica.ReopenAsync();
        AssertReadable(replica.Volume.Contents.Chunks, damaged);
    }

    [Fact]
    public async Task After_a_power_cut_tore_an_older_pack_only_the_newest_is_gone_on_with()
    {
        await using var replica = await TestReplica.CreateAsync();
        Put(replica, TestReplica.RandomBytes(2000, 1));
        await replica.ReopenAsync(folder =>
        {
            // A record that was begun: the pack is ended as it is.
            using var pack = File.Open(Pack(folder), FileMode.Append);
            pack.Write(TestReplica.RandomBytes(500, 9));
        });
        var kept = Put(replica, TestReplica.RandomBytes(2000, 2));
        replica.Volume.Contents.Chunks.Forget(Put(replica, TestReplica.RandomBytes(9000, 3)));
        await replica.ReopenAsync();
        var chunks = replica.Volume.Contents.Chunks;
        // Everything in the newest pack goes elsewhere, and back again.
        for (var round = 0; round < 3; round++)
        {
            chunks.Forget(Put(replica, TestReplica.RandomBytes(9000, 10 + round)));
            foreach (var (pack, _) in chunks.Index.Use()) chunks.TryReclaim(pack.Pack, leastPart: 20);
            await replica.ReopenAsync();
            chunks = replica.Volume.Contents.Chunks;
            AssertReadable(chunks, kept);
        }
    }

    [Fact]
    public async Task A_missing_pack_counts_as_missing_chunks()
    {
        await using var replica = await TestReplica.CreateAsync();
        var id = Put(replica, TestReplica.RandomBytes(2000, 1));
        await replica.ReopenAsync(folder => File.Delete(Pack(folder)));
        Assert.False(replica.Volume.Contents.Chunks.Contains(id));
        Put(replica, TestReplica.RandomBytes(2000, 1));
        AssertReadable(replica.Volume.Contents.Chunks, id);
    }

    [Fact]
    public async Task A_pack_older_than_its_catalog_is_indexed_anew()
    {
        await using var replica = await TestReplica.CreateAsync();
        var first = Put(replica, TestReplica.RandomBytes(2000, 1));
        var lost = Put(replica, TestReplica.RandomBytes(2000, 2));
        await replica.ReopenAsync();
        await replica.ReopenAsync(folder =>
        {
            using var pack = File.OpenWrite(Pack(folder));
            pack.SetLength(PackFormat.HeaderBytes + PackFormat.RecordBytes + 2000);
        });
        Assert.False(replica.Volume.Contents.Chunks.Contains(lost));
        var third = Put(replica, TestReplica.RandomBytes(2000, 3));
        await replica.ReopenAsync(TestReplica.DeleteCatalog);
        AssertReadable(replica.Volume.Contents.Chunks, first);
        AssertReadable(replica.Volume.Contents.Chunks, third);
    }

    [Fact]
    public async Task A_large_incompressible_content_becomes_one_raw_file_and_survives_the_loss_of_the_catalog()
    {
        await using var replica = await TestReplica.CreateAsync();
        var bytes = TestReplica.RandomBytes(10 << 20, 1);
        await replica.WriteAsync("large", bytes);
        Assert.Equal(2, Directory.GetFiles(Path.Combine(replica.Folder, "raw")).Length);
        await replica.ReopenAsync(TestReplica.DeleteCatalog);
        Assert.True(TestReplica.Read(replica.Volume, "large").AsSpan().SequenceEqual(bytes));
        Assert.Equal((0, 0), replica.Volume.MissingTotals());
    }

    [Fact]
    public async Task Leftovers_of_unfinished_raw_files_are_removed_and_numbers_never_used_again()
    {
        await using var replica = await TestReplica.CreateAsync();
        await replica.ReopenAsync(folder =>
        {
            File.WriteAllBytes(Path.Combine(folder, "staging", "00000007"), [1]);
            File.WriteAllBytes(Path.Combine(folder, "staging", "draft-of-another"), [1]);
            File.WriteAllBytes(Path.Combine(folder, "raw", "00000008.index"), [1, 2, 3]);
            // A raw file whose index is damaged keeps its bytes.
            File.WriteAllBytes(Path.Combine(folder, "raw", "00000009"), [4]);
            File.WriteAllBytes(Path.Combine(folder, "raw", "00000009.index"), [5]);
        });
        Assert.Equal(["draft-of-another"], Directory.GetFiles(Path.Combine(replica.Folder, "staging")).Select(Path.GetFileName));
        Assert.False(File.Exists(Path.Combine(replica.Folder, "raw", "00000008.index")));
        await replica.WriteAsync("large", TestReplica.RandomBytes(9 << 20, 2));
        Assert.Equal([4], File.ReadAllBytes(Path.Combine(replica.Folder, "raw", "00000009")));
    }

    [Fact]
    public async Task What_a_peer_sends_is_stored_only_when_it_is_the_chunk()
    {
        await using var replica = await TestReplica.CreateAsync();
        var chunks = replica.Volume.Contents.Chunks;
        byte[] bytes = [1, 2, 3];
        var id = Id.Hash<ChunkId>(bytes);
        Assert.False(chunks.TryPutReceived(TestReplica.Sent(id, [1, 2, 4], ChunkEncoding.Plain, 3)));
        Assert.False(chunks.TryPutReceived(TestReplica.Sent(id, bytes, ChunkEncoding.Plain, 4)));
        Assert.False(chunks.TryPutReceived(TestReplica.Sent(id, bytes, ChunkEncoding.Zstd, 3)));
        Assert.False(chunks.TryPutReceived(TestReplica.Sent(id, bytes, ChunkEncoding.Raw, 3)));
        Assert.False(chunks.TryPutReceived(TestReplica.Sent(id, bytes, (ChunkEncoding)77, 3)));
        Assert.False(chunks.TryPutReceived(TestReplica.Sent(id, bytes, ChunkEncoding.Plain, -1)));
        Assert.False(chunks.TryPutReceived(TestReplica.Sent(id, [], ChunkEncoding.Plain, 0)));
        Assert.False(chunks.Contains(id));
        Assert.True(chunks.TryPutReceived(TestReplica.Sent(id, bytes, ChunkEncoding.Plain, 3)));
    }

    private static ChunkId Put(TestReplica replica, byte[] bytes)
    {
        var id = Id.Hash<ChunkId>(bytes);
        replica.Volume.Contents.Chunks.Put(id, bytes);
        return id;
    }

    private static void AssertReadable(ChunkStore chunks, ChunkId id)
    {
        using var plain = chunks.Read(id);
        Assert.Equal(id, Id.Hash<ChunkId>(plain.Span));
    }

    private static string Pack(string folder) => Directory.GetFiles(Path.Combine(folder, "packs")).Single();

    private static void Flip(string path, int at)
    {
        var bytes = File.ReadAllBytes(path);
        bytes[at] ^= 1;
        File.WriteAllBytes(path, bytes);
    }
}
