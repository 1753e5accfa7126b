using PeerDrive.Model.Errors;
using PeerDrive.Model.Revisions;
using PeerDrive.Native.Files;
using PeerDrive.Storage.Disks;
using PeerDrive.Storage.Drafts;
using PeerDrive.Storage.Packs;
using PeerDrive.Storage.Tests.Disks;
using PeerDrive.Storage.Volumes;

namespace PeerDrive.Storage.Tests.Drafts;

/// <summary>Raw files that the kernel reads by itself, and what becomes of them when somebody writes.</summary>
public sealed class HandedFileTests
{
    private const int Length = 12 << 20;

    private static readonly byte[] Original = TestReplica.RandomBytes(Length, 8), Written = TestReplica.RandomBytes(100_000, 9);

    [Fact]
    public async Task Who_reads_a_handed_file_sees_what_is_written_and_the_volume_keeps_what_was()
    {
        await using var replica = await TestReplica.CreateAsync();
        var volume = replica.Volume;
        var content = await CommitAsync(replica);
        using (var handed = Hand(volume, content))
        {
            var inode = Libc.Stat(handed.Handle).Inode;
            var raw = RawPath(volume, handed);
            var draft = volume.Drafts.BeginOn(handed);
            Assert.True(draft.IsExternal && draft.IsWhole);
            Assert.Equal(inode, Libc.Stat(draft.WholeFile!).Inode);
            Assert.NotEqual(inode, InodeOf(raw));
            Libc.Write(draft.WholeFile!, Written, 5_000_000);
            Check(Changed(), Read(handed));
            Check(Changed(), draft);
            CheckVolume(volume, content);
            draft.EndExternal();
            var stored = volume.Drafts.Store(draft, content.Chunking, null, CancellationToken.None);
            Assert.Equal(volume.Contents.Store(Changed(), content.Chunking), stored);
            volume.Drafts.Discard(draft);
        }
        Assert.Empty(Directory.GetFiles(Path.Combine(volume.Folder, "staging")));
        // It can be handed again, as the copy that it is now.
        using (var again = Hand(volume, content)) Check(Original, Read(again));
        await replica.ReopenAsync();
        CheckVolume(replica.Volume, content);
    }

    [Fact]
    public async Task A_raw_file_has_one_owner_at_a_time_and_none_that_it_would_show_too_much_to()
    {
        await using var replica = await TestReplica.CreateAsync();
        var volume = replica.Volume;
        var content = await CommitAsync(replica);
        var pack = volume.Contents.RawFileOf(content)!.Value;
        var shorter = volume.Contents.Store(Original.AsMemory(0, Length - 1), content.Chunking);
        Assert.Null(volume.Drafts.TryHand(pack, shorter));
        using (var handed = volume.Drafts.TryHand(pack, content))
        {
            Assert.NotNull(handed);
            Assert.Null(volume.Drafts.TryHand(pack, content));
        }
        using (var handed = volume.Drafts.TryHand(pack, content)) Assert.NotNull(handed);
        using var other = Libc.Open("/"u8, OpenFlags.ReadOnly | OpenFlags.Folder);
        var raw = Path.Combine(volume.Folder, "raw", pack.ToString());
        Libc.Link(other, System.Text.Encoding.UTF8.GetBytes(raw), other, System.Text.Encoding.UTF8.GetBytes(raw + "-elsewhere"));
        Assert.Null(volume.Drafts.TryHand(pack, content));
    }

    [Fact]
    public async Task A_file_in_which_a_chunk_is_damaged_and_was_stored_again_is_not_handed()
    {
        await using var replica = await TestReplica.CreateAsync();
        var content = await CommitAsync(replica);
        var pack = replica.Volume.Contents.RawFileOf(content)!.Value;
        await replica.ReopenAsync(folder =>
        {
            using var raw = File.OpenWrite(Path.Combine(folder, "raw", pack.ToString()));
            raw.Position = 5_000_000;
            raw.WriteByte((byte)~Original[5_000_000]);
        });
        var volume = replica.Volume;
        var chunks = volume.Contents.Chunks;
        var damaged = Assert.Single(chunks.FindDamaged(_ => { }));
        var before = chunks.Forgotten;
        chunks.Forget(damaged);
        Assert.NotEqual(before, chunks.Forgotten);
        Assert.Null(volume.Contents.RawFileOf(content));
        Assert.Equal(content, volume.Contents.Store(Original, content.Chunking));
        Check(Original, volume.Contents.ReadAll(content, Length));
        Assert.NotEqual(pack, volume.Contents.RawFileOf(content));
        var copy = volume.Drafts.Begin(content);
        copy.Materialise();
        Check(Original, copy);
    }

    [Fact]
    public async Task What_was_written_and_synced_is_there_after_the_process_was_killed_and_what_was_not_is_gone_without_a_trace()
    {
        await using var replica = await TestReplica.CreateAsync();
        var volume = replica.Volume;
        var content = await CommitAsync(replica);
        using var handed = Hand(volume, content);
        var draft = volume.Drafts.BeginOn(handed);
        Libc.Write(draft.WholeFile!, Written, 5_000_000);
        await using (var killed = await replica.OpenCopyAsync())
        {
            Assert.Empty(killed.Drafts.Recover());
            Assert.Empty(Directory.GetFiles(Path.Combine(killed.Folder, "staging")));
            CheckVolume(killed, content);
        }
        volume.Drafts.Save(draft, "claim"u8.ToArray());
        await using (var killed = await replica.OpenCopyAsync())
        {
            var recovered = Assert.Single(killed.Drafts.Recover());
            Assert.False(recovered.IsDamaged);
            Check(Changed(), recovered.Draft);
            CheckVolume(killed, content);
        }
    }

    [Fact]
    public async Task A_raw_file_that_is_given_back_is_read_and_written_on_by_who_has_it()
    {
        await using var replica = await TestReplica.CreateAsync();
        var volume = replica.Volume;
        var content = await CommitAsync(replica);
        var handed = Hand(volume, content);
        GiveBack(volume, content, handed.Pack);
        Assert.False(File.Exists(RawPath(volume, handed)));
        Check(Original, Read(handed));
        var draft = volume.Drafts.BeginOn(handed);
        Libc.Write(draft.WholeFile!, Written, 5_000_000);
        Check(Changed(), Read(handed));
        draft.EndExternal();
        var stored = volume.Drafts.Store(draft, content.Chunking, null, CancellationToken.None);
        Check(Changed(), volume.Contents.ReadAll(stored, Length));
        volume.Drafts.Discard(draft);
        handed.Dispose();
        Assert.Empty(Directory.GetFiles(Path.Combine(volume.Folder, "staging")));

        // Nobody wrote to it: nothing is left.
        var second = volume.Contents.RawFileOf(stored) is { } pack ? volume.Drafts.TryHand(pack, stored) : null;
        if (second is null) return;
        GiveBack(volume, stored, second.Pack);
        second.Dispose();
        Assert.Empty(Directory.GetFiles(Path.Combine(volume.Folder, "staging")));
    }

    [Theory]
    [InlineData(ErrorKind.NoSpace)]
    [InlineData(ErrorKind.Io)]
    public async Task Whatever_step_fails_the_volume_has_its_bytes_and_who_reads_goes_on(ErrorKind error)
    {
        var refused = 0;
        for (var at = 1; ; at++)
        {
            var disk = new FaultyDisk(new RealDisk()) { Error = error };
            await using var replica = await TestReplica.CreateAsync(disk);
            var volume = replica.Volume;
            var content = await CommitAsync(replica);
            using var handed = Hand(volume, content);
            disk.FailAt = disk.Operations + at;
            Draft? draft = null;
            try
            {
                draft = volume.Drafts.BeginOn(handed);
            }
            catch (PeerDriveException e)
            {
                Assert.Equal(error, e.Kind);
                refused++;
            }
            var wasReached = disk.HasFailed;
            disk.FailAt = 0;
            if (draft is null)
            {
                await using (var killed = await replica.OpenCopyAsync())
                {
                    CheckVolume(killed, content);
                    Assert.Empty(Directory.GetFiles(Path.Combine(killed.Folder, "staging")));
                }
                Check(Original, Read(handed));
                CheckVolume(volume, content);
                try
                {
                    draft = volume.Drafts.BeginOn(handed);
                }
                catch (PeerDriveException e)
                {
                    // Which of two files a crash would find is not known any more.
                    Assert.Equal(error, e.Kind);
                }
            }
            if (draft is not null)
            {
                Libc.Write(draft.WholeFile!, Written, 5_000_000);
                Check(Changed(), Read(handed));
                volume.Drafts.Discard(draft);
            }
            CheckVolume(volume, content);
            if (!wasReached) break;
        }
        Assert.InRange(refused, 4, 20);
    }

    [Fact]
    public async Task Who_reads_the_content_meanwhile_never_sees_what_is_written()
    {
        await using var replica = await TestReplica.CreateAsync();
        var volume = replica.Volume;
        var content = await CommitAsync(replica);
        var zeros = new byte[1 << 20];
        using var stop = new CancellationTokenSource();
        var readers = Enumerable.Range(0, 3).Select(seed => Task.Factory.StartNew(() => ReadOn(seed), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)).ToArray();
        for (var round = 0; round < 8; round++)
        {
            using var handed = Hand(volume, content);
            var draft = volume.Drafts.BeginOn(handed);
            for (long at = 0; at < Length; at += zeros.Length) Libc.Write(draft.WholeFile!, zeros, at);
            volume.Drafts.Discard(draft);
        }
        await stop.CancelAsync();
        await Task.WhenAll(readers);
        CheckVolume(volume, content);

        void ReadOn(int seed)
        {
            var random = new Random(seed);
            var copies = 0;
            while (!stop.IsCancellationRequested)
            {
                var reader = volume.Contents.OpenReader(content);
                var part = new byte[random.Next(1, 300_000)];
                var offset = random.Next(Length - part.Length);
                Assert.Equal(part.Length, reader.Read(offset, part));
                Assert.True(part.AsSpan().SequenceEqual(Original.AsSpan(offset, part.Length)));
                if (seed > 0 || copies++ % 50 > 0) continue;
                var copy = volume.Drafts.Begin(content);
                copy.Materialise();
                Check(Original, copy);
                volume.Drafts.Discard(copy);
            }
        }
    }

    private static async Task<Content> CommitAsync(TestReplica replica)
    {
        var entry = await replica.WriteAsync("film", Original);
        return replica.Volume.Reader.Get(entry.Id)!.Shown!.Value.Content;
    }

    private static HandedFile Hand(Volume volume, Content content) => volume.Drafts.TryHand(volume.Contents.RawFileOf(content)!.Value, content)!;

    private static byte[] Changed()
    {
        var bytes = (byte[])Original.Clone();
        Written.CopyTo(bytes, 5_000_000);
        return bytes;
    }

    private static byte[] Read(HandedFile handed)
    {
        var bytes = new byte[Length + 1];
        return bytes[..Libc.Read(handed.Handle, bytes, 0)];
    }

    private static void Check(byte[] expected, Draft draft)
    {
        var bytes = new byte[expected.Length + 1];
        Check(expected, bytes[..draft.Read(0, bytes)]);
    }

    private static void Check(byte[] expected, byte[] actual) => Assert.True(expected.AsSpan().SequenceEqual(actual));

    private static void CheckVolume(Volume volume, Content content)
    {
        Check(Original, volume.Contents.ReadAll(content, Length));
        Assert.Empty(volume.Contents.Chunks.FindDamaged(_ => { }));
    }

    private static string RawPath(Volume volume, HandedFile handed) => Path.Combine(volume.Folder, "raw", handed.Pack.ToString());

    private static ulong InodeOf(string path)
    {
        using var file = Libc.Open(System.Text.Encoding.UTF8.GetBytes(path), OpenFlags.ReadOnly);
        return Libc.Stat(file).Inode;
    }

    private static void GiveBack(Volume volume, Content content, PackId pack)
    {
        var chunks = volume.Contents.Chunks;
        chunks.FlushIndex();
        var row = chunks.Index.Packs().Single(row => row.Pack == pack);
        // Not while a chunk has its only place in it.
        Assert.False(chunks.TryRemovePack(row, lentCounts: true));
        foreach (var leaf in volume.Contents.Leaves(content).ToList()) chunks.Forget(leaf.Id);
        Assert.True(chunks.TryRemovePack(row, lentCounts: false));
    }
}
