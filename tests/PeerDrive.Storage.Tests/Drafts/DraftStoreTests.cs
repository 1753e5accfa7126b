using PeerDrive.Model.Errors;
using PeerDrive.Model.Revisions;
using PeerDrive.Native.Files;
using PeerDrive.Storage.Databases;
using PeerDrive.Storage.Disks;
using PeerDrive.Storage.Drafts;
using PeerDrive.Storage.Tests.Disks;
using PeerDrive.Storage.Volumes;

namespace PeerDrive.Storage.Tests.Drafts;

public sealed class DraftStoreTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public async Task What_was_saved_is_there_after_the_process_was_killed(int seed)
    {
        await using var replica = await TestReplica.CreateAsync();
        var random = new Random(seed);
        var models = new List<(DraftModel Model, byte[] Saved)>();
        for (var i = 0; i < 5; i++)
        {
            var model = new DraftModel(replica.Volume, TestReplica.RandomBytes(random.Next(300_000), seed * 10 + i), random);
            for (var step = random.Next(30); step > 0; step--) model.Step();
            if (model.Draft.IsExternal) model.Draft.EndExternal();
            replica.Volume.Drafts.Save(model.Draft, new[] { (byte)i });
            models.Add((model, model.Bytes));
            // What comes after is in no row, and what is cut away is still in the last one.
            if (i % 2 == 0) model.Draft.Resize(random.Next(model.Bytes.Length + 1));
            if (i == 4) model.Draft.Write(model.Bytes.Length + 10, [1, 2, 3]);
        }
        var unsaved = replica.Volume.Drafts.Begin(Content.Empty);
        unsaved.Write(0, TestReplica.RandomBytes(100_000, 1));
        await using (var killed = await replica.OpenCopyAsync())
        {
            var recovered = killed.Drafts.Recover();
            Assert.Equal(5, recovered.Count);
            for (var i = 0; i < 5; i++)
            {
                Assert.False(recovered[i].IsDamaged);
                Assert.Equal([(byte)i], recovered[i].Claim.ToArray());
                CheckBytes(models[i].Saved, recovered[i].Draft, killed);
            }
            Assert.True(Directory.GetFiles(Path.Combine(killed.Folder, "staging")).Length <= 5);
            killed.Drafts.Discard([.. recovered.Select(draft => draft.Draft)]);
            Assert.Empty(killed.Drafts.Recover());
            Assert.Empty(Directory.GetFiles(Path.Combine(killed.Folder, "staging")));
        }
        await replica.ReopenAsync();
        Assert.Equal(5, replica.Volume.Drafts.Recover().Count);
        await replica.ReopenAsync();
        foreach (var (recovered, i) in replica.Volume.Drafts.Recover().Select((draft, i) => (draft, i))) CheckBytes(models[i].Saved, recovered.Draft, replica.Volume);
    }

    /// <summary>A crash would bring a state back that was replaced long ago.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_draft_that_is_discarded_while_it_is_saved_leaves_no_row(bool isCommitted)
    {
        await using var replica = await TestReplica.CreateAsync();
        var drafts = replica.Volume.Drafts;
        for (var round = 0; round < 200; round++)
        {
            var draft = drafts.Begin(Content.Empty);
            draft.Write(0, TestReplica.RandomBytes(100, round));
            drafts.Save(draft, new byte[] { 1 });
            var stamp = draft.Stamp();
            var content = drafts.Store(draft, 0, null, CancellationToken.None);
            using var begun = new Barrier(2);
            var saver = new Thread(() =>
            {
                begun.SignalAndWait();
                try
                {
                    for (var i = 0; i < 3; i++) drafts.Save(draft, new byte[] { 2 });
                }
                catch (PeerDriveException e) when (e.Kind == ErrorKind.Cancelled)
                {
                    // The other was first.
                }
            });
            saver.Start();
            begun.SignalAndWait();
            if (isCommitted) drafts.Rebase(draft, content, stamp);
            drafts.Discard(draft);
            saver.Join();
        }
        await using var killed = await replica.OpenCopyAsync();
        Assert.Empty(killed.Drafts.Recover());
    }

    [Fact]
    public async Task A_saved_file_that_is_emptied_and_written_anew_is_after_a_crash_as_it_was_and_no_mixture()
    {
        await using var replica = await TestReplica.CreateAsync();
        var (before, after) = (TestReplica.RandomBytes(200_000, 1), TestReplica.RandomBytes(150_000, 2));
        var draft = replica.Volume.Drafts.Begin(Content.Empty);
        draft.Write(0, before);
        replica.Volume.Drafts.Save(draft, default);
        draft.Resize(0);
        draft.Write(0, after);
        await using (var killed = await replica.OpenCopyAsync()) CheckBytes(before, killed.Drafts.Recover().Single().Draft, killed);
        replica.Volume.Drafts.Save(draft, default);
        await using (var killed = await replica.OpenCopyAsync()) CheckBytes(after, killed.Drafts.Recover().Single().Draft, killed);
        Assert.Single(Directory.GetFiles(Path.Combine(replica.Folder, "staging")));
    }

    [Fact]
    public async Task A_file_that_is_emptied_again_and_again_takes_the_room_of_one()
    {
        await using var replica = await TestReplica.CreateAsync();
        var draft = replica.Volume.Drafts.Begin(Content.Empty);
        for (var i = 1; i <= 5; i++)
        {
            draft.Write(0, TestReplica.RandomBytes(100_000, i));
            Assert.Single(Directory.GetFiles(Path.Combine(replica.Folder, "staging")));
            draft.Resize(0);
            Assert.Empty(Directory.GetFiles(Path.Combine(replica.Folder, "staging")));
        }
        draft.Write(0, TestReplica.RandomBytes(100_000, 1));
        replica.Volume.Drafts.Save(draft, default);
        var content = replica.Volume.Drafts.Store(draft, 0, null, CancellationToken.None);
        Assert.True(replica.Volume.Drafts.Rebase(draft, content, draft.Stamp()));
        Assert.Empty(Directory.GetFiles(Path.Combine(replica.Folder, "staging")));
        await replica.ReopenAsync();
        Assert.Empty(replica.Volume.Drafts.Recover());
    }

    [Fact]
    public async Task What_the_kernel_wrote_to_a_saved_file_is_there_after_the_process_was_killed()
    {
        await using var replica = await TestReplica.CreateAsync();
        var draft = replica.Volume.Drafts.Begin(replica.Volume.Contents.Store(TestReplica.RandomBytes(100_000, 1)));
        draft.Write(5, [1, 2, 3]);
        replica.Volume.Drafts.Save(draft, "claim"u8.ToArray());
        Assert.Equal(ErrorKind.Invalid, Assert.Throws<PeerDriveException>(draft.OpenExternally).Kind);
        draft.Materialise();
        draft.Resize(60_000);
        var handle = draft.OpenExternally();
        var bytes = TestReplica.RandomBytes(50_000, 2);
        Libc.Write(handle, bytes, 0);
        Libc.Truncate(handle, bytes.Length);
        await using var killed = await replica.OpenCopyAsync();
        var recovered = killed.Drafts.Recover().Single();
        Assert.False(recovered.IsDamaged);
        Assert.Equal("claim"u8.ToArray(), recovered.Claim.ToArray());
        CheckBytes(bytes, recovered.Draft, killed);
    }

    [Theory]
    [InlineData("missing")]
    [InlineData("short")]
    [InlineData("extents")]
    [InlineData("basis")]
    [InlineData("length")]
    public async Task A_damaged_draft_is_reported_given_with_what_there_is_and_kept(string damage)
    {
        await using var replica = await TestReplica.CreateAsync();
        var bytes = TestReplica.RandomBytes(200_000, 1);
        var draft = replica.Volume.Drafts.Begin(Content.Empty);
        draft.Write(0, bytes);
        replica.Volume.Drafts.Save(draft, "claim"u8.ToArray());
        await replica.ReopenAsync(folder =>
        {
            var file = Directory.GetFiles(Path.Combine(folder, "staging")).Single();
            if (damage == "missing") File.Delete(file);
            if (damage == "short") using (var cut = File.OpenWrite(file)) cut.SetLength(70_000);
            using var state = Database.Open(Path.Combine(folder, "state.db"), durable: true);
            if (damage == "extents") state.Execute("UPDATE drafts SET written = x'0102'");
            if (damage == "basis") state.Execute("UPDATE drafts SET basis = x'01'");
            if (damage == "length") state.Execute("UPDATE drafts SET length = -5");
        });
        var recovered = replica.Volume.Drafts.Recover().Single();
        Assert.True(recovered.IsDamaged);
        Assert.Equal("claim"u8.ToArray(), recovered.Claim.ToArray());
        var read = new byte[recovered.Draft.Length];
        recovered.Draft.Read(0, read);
        Assert.Equal(damage == "length" ? 0 : 200_000, read.Length);
        if (damage == "short") Assert.True(read.AsSpan(0, 70_000).SequenceEqual(bytes.AsSpan(0, 70_000)));
        Assert.Equal(damage == "missing" ? 0 : 1, Directory.GetFiles(Path.Combine(replica.Folder, "staging")).Length);
        // The volume itself is in order.
        await replica.WriteAsync("other", [1]);
        replica.Volume.Drafts.Discard([recovered.Draft]);
        await replica.ReopenAsync();
        Assert.Empty(replica.Volume.Drafts.Recover());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_large_incompressible_file_becomes_a_raw_file_without_being_copied(bool isSaved)
    {
        await using var replica = await TestReplica.CreateAsync();
        var volume = replica.Volume;
        var bytes = TestReplica.RandomBytes(12 << 20, 5);
        bytes.AsSpan(5 << 20, 3 << 20).Clear();
        var draft = volume.Drafts.Begin(Content.Empty);
        draft.Write(0, bytes.AsSpan(0, 5 << 20));
        draft.Write(8 << 20, bytes.AsSpan(8 << 20));
        if (isSaved) volume.Drafts.Save(draft, "claim"u8.ToArray());
        var staging = Directory.GetFiles(Path.Combine(volume.Folder, "staging")).Single();
        var inode = InodeOf(staging);
        var stamp = draft.Stamp();
        var content = volume.Drafts.Store(draft, 0, null, CancellationToken.None);
        Assert.Empty(Directory.GetFiles(Path.Combine(volume.Folder, "staging")));
        var raw = Directory.GetFiles(Path.Combine(volume.Folder, "raw")).Single(path => !path.EndsWith(".index", StringComparison.Ordinal));
        Assert.Equal(inode, InodeOf(raw));
        using (var file = Libc.Open(System.Text.Encoding.UTF8.GetBytes(raw), OpenFlags.ReadOnly)) Assert.True(Libc.Stat(file).Blocks * 512 < 10 << 20);
        Assert.Equal(content, volume.Contents.Store(bytes));
        Assert.True(volume.Contents.ReadAll(content, int.MaxValue).AsSpan().SequenceEqual(bytes));
        using (var handle = volume.Contents.TryOpenRaw(content))
        {
            var read = new byte[bytes.Length];
            Assert.Equal(read.Length, Libc.Read(handle!.Handle, read, 0));
            Assert.True(read.AsSpan().SequenceEqual(bytes));
        }
        // It goes on as a draft over the content; what is written next leaves the raw file alone.
        CheckBytes(bytes, draft, volume);
        await using (var killed = await replica.OpenCopyAsync())
        {
            if (isSaved)
            {
                var recovered = killed.Drafts.Recover().Single();
                Assert.False(recovered.IsDamaged);
                CheckBytes(bytes, recovered.Draft, killed);
            }
            else
            {
                Assert.Empty(killed.Drafts.Recover());
            }
        }
        draft.Write(100, [9, 9, 9]);
        Assert.False(volume.Drafts.Rebase(draft, content, stamp));
        bytes.AsSpan(100, 3).Fill(9);
        CheckBytes(bytes, draft, volume);
        Assert.Empty(volume.Contents.Chunks.FindDamaged(_ => { }));
        var changed = volume.Drafts.Store(draft, 0, null, CancellationToken.None);
        Assert.Equal(volume.Contents.Store(bytes, content.Chunking), changed);
        Assert.Null(volume.Contents.TryOpenRaw(changed));
    }

    [Fact]
    public async Task A_file_that_the_kernel_writes_to_is_copied_and_stays_its_own()
    {
        await using var replica = await TestReplica.CreateAsync();
        var volume = replica.Volume;
        var draft = volume.Drafts.Begin(Content.Empty);
        var handle = draft.OpenExternally();
        var bytes = TestReplica.RandomBytes(9 << 20, 5);
        Libc.Write(handle, bytes, 0);
        var content = volume.Drafts.Store(draft, 0, null, CancellationToken.None);
        Assert.Equal(volume.Contents.Store(bytes), content);
        Libc.Write(handle, new byte[1000], 0);
        Assert.True(volume.Contents.ReadAll(content, int.MaxValue).AsSpan().SequenceEqual(bytes));
    }

    [Fact]
    public async Task What_changes_while_it_is_stored_is_a_conflict()
    {
        await using var replica = await TestReplica.CreateAsync();
        var volume = replica.Volume;
        foreach (var way in new[] { "small", "raw", "external", "edit" })
        {
            var bytes = TestReplica.RandomBytes(way == "small" ? 50_000 : 9 << 20, 3);
            var draft = volume.Drafts.Begin(way == "edit" ? volume.Contents.Store(bytes) : Content.Empty);
            if (way == "edit") draft.Write(1000, [1]);
            else draft.Write(0, bytes);
            var handle = way == "external" ? draft.OpenExternally() : null;
            var first = true;
            var change = new Action<long>(_ =>
            {
                if (first && handle is not null) Libc.Write(handle, [7], 4_000_000);
                else if (first) draft.Write(4, [7]);
                first = false;
            });
            Assert.Equal(ErrorKind.Conflict, Assert.Throws<PeerDriveException>(() => volume.Drafts.Store(draft, 0, change, CancellationToken.None)).Kind);
            var again = volume.Drafts.Store(draft, 0, null, CancellationToken.None);
            var now = new byte[bytes.Length];
            draft.Read(0, now);
            Assert.True(volume.Contents.ReadAll(again, int.MaxValue).AsSpan().SequenceEqual(now));
        }
    }

    [Fact]
    public async Task A_row_that_comes_after_the_file_became_a_raw_one_loses_nothing()
    {
        await using var replica = await TestReplica.CreateAsync();
        var drafts = replica.Volume.Drafts;
        var bytes = TestReplica.RandomBytes(9 << 20, 3);
        var draft = drafts.Begin(Content.Empty);
        draft.Write(0, bytes);
        // An fsync that has not come to its row yet when the commit takes the file.
        var row = draft.Capture() with { Claim = [1] };
        drafts.Store(draft, 0, null, CancellationToken.None);
        Assert.NotEmpty(Directory.GetFiles(Path.Combine(replica.Folder, "raw")));
        new DraftTable(replica.Volume.State).Put(draft, row);
        await using var killed = await replica.OpenCopyAsync();
        var recovered = Assert.Single(killed.Drafts.Recover());
        Assert.False(recovered.IsDamaged);
        CheckBytes(bytes, recovered.Draft, killed);
    }

    [Fact]
    public async Task Storing_an_edit_of_a_large_file_costs_by_the_edit()
    {
        await using var replica = await TestReplica.CreateAsync();
        var volume = replica.Volume;
        var bytes = TestReplica.RandomBytes(40 << 20, 8);
        var basis = volume.Contents.Store(bytes);
        var draft = volume.Drafts.Begin(basis);
        draft.Write(20_000_000, new byte[10]);
        draft.Write(bytes.Length, [1]);
        bytes.AsSpan(20_000_000, 10).Clear();
        // What lies far from the edits is not even read: its bytes are gone.
        var near = volume.Contents.Leaves(basis).ToList();
        long at = 0;
        var far = near.Where(leaf =>
        {
            var start = at;
            at += (long)leaf.Size;
            return Math.Abs(start - 20_000_000) > 3 << 20 && start < bytes.Length - (3 << 20);
        }).ToList();
        Assert.True(far.Count > 20);
        foreach (var leaf in far) volume.Contents.Chunks.Forget(leaf.Id);
        var content = volume.Drafts.Store(draft, 0, null, CancellationToken.None);
        Assert.Equal(ErrorKind.NotHere, Assert.Throws<PeerDriveException>(() => draft.Read(1000, new byte[1])).Kind);
        Assert.Equal(volume.Contents.Store((byte[])[.. bytes, 1], basis.Chunking), content);
    }

    [Fact]
    public async Task Many_small_drafts_take_no_files_until_memory_is_short()
    {
        await using var replica = await TestReplica.CreateAsync();
        var drafts = replica.Volume.Drafts;
        var bytes = TestReplica.RandomBytes(64 << 10, 1);
        var begun = new List<Draft>();
        for (var i = 0; i < 1024; i++)
        {
            var draft = drafts.Begin(Content.Empty);
            draft.Write(0, bytes);
            begun.Add(draft);
        }
        Assert.Empty(Directory.GetFiles(Path.Combine(replica.Folder, "staging")));
        var oneMore = drafts.Begin(Content.Empty);
        oneMore.Write(0, bytes);
        Assert.Single(Directory.GetFiles(Path.Combine(replica.Folder, "staging")));
        CheckBytes(bytes, oneMore, replica.Volume);
        drafts.Discard(begun);
        var another = drafts.Begin(Content.Empty);
        another.Write(0, bytes);
        Assert.Single(Directory.GetFiles(Path.Combine(replica.Folder, "staging")));
    }

    [Fact]
    public async Task Caps_are_kept()
    {
        await using var replica = await TestReplica.CreateAsync();
        var drafts = replica.Volume.Drafts;
        var draft = drafts.Begin(Content.Empty);
        Assert.Equal(ErrorKind.LimitExceeded, Assert.Throws<PeerDriveException>(() => drafts.Save(draft, new byte[StorageLimits.DraftClaimBytes + 1])).Kind);
        Assert.Equal(ErrorKind.LimitExceeded, Assert.Throws<PeerDriveException>(() => draft.Write(StorageLimits.FileBytes, [1])).Kind);
        Assert.Equal(ErrorKind.LimitExceeded, Assert.Throws<PeerDriveException>(() => draft.Resize(long.MaxValue)).Kind);
        draft.Resize(StorageLimits.FileBytes);
        Assert.Null(draft.NextData(0));
        Assert.Equal(0, draft.NextHole(0));
        Assert.Equal(0, draft.AllocatedBytes);
        Assert.Throws<ArgumentOutOfRangeException>(() => draft.Write(-1, [1]));
    }

    [Fact]
    public async Task A_disk_that_fails_leaves_a_draft_as_it_was()
    {
        await using var replica = await TestReplica.CreateAsync();
        var disk = new FaultyDisk(new RealDisk());
        await replica.ReopenAsync(disk: disk);
        var volume = replica.Volume;
        var bytes = TestReplica.RandomBytes(300_000, 1);
        var draft = volume.Drafts.Begin(volume.Contents.Store(bytes));
        draft.Write(10_000, new byte[100_000]);
        bytes.AsSpan(10_000, 100_000).Clear();
        foreach (var act in new Action[]
        {
            () => draft.Write(290_000, TestReplica.RandomBytes(200_000, 2)),
            () => draft.Write(200_000, TestReplica.RandomBytes(1_000, 2)),
            () => draft.Allocate(0, 1_000_000, keepSize: false),
            () => draft.PunchHole(20_000, 90_000),
            () => draft.Resize(50_000),
            draft.Materialise,
        })
        {
            disk.FailAt = disk.Operations + 1;
            Assert.Equal(ErrorKind.NoSpace, Assert.Throws<PeerDriveException>(act).Kind);
            disk.FailAt = 0;
            CheckBytes(bytes, draft, volume, store: false);
        }
        // Also what failed writes left in the file does not show.
        draft.Resize(600_000);
        Array.Resize(ref bytes, 600_000);
        CheckBytes(bytes, draft, volume, store: false);
        draft.Materialise();
        draft.OpenExternally();
        CheckBytes(bytes, draft, volume);
    }

    [Fact]
    public async Task When_the_state_database_is_full_what_was_saved_before_still_counts_and_room_is_all_that_is_needed()
    {
        await using var replica = await TestReplica.CreateAsync();
        var drafts = replica.Volume.Drafts;
        var draft = drafts.Begin(Content.Empty);
        draft.Write(0, "first"u8);
        drafts.Save(draft, "first"u8.ToArray());
        lock (replica.Volume.State.Gate) replica.Volume.State.Execute("PRAGMA max_page_count = 1");
        draft.Write(0, "other"u8);
        Assert.Equal(ErrorKind.NoSpace, Assert.Throws<PeerDriveException>(() => drafts.Save(draft, new byte[500_000])).Kind);
        await using (var killed = await replica.OpenCopyAsync()) Assert.Equal("first"u8.ToArray(), killed.Drafts.Recover().Single().Claim.ToArray());
        lock (replica.Volume.State.Gate) replica.Volume.State.Execute("PRAGMA max_page_count = 100000");
        drafts.Save(draft, new byte[500_000]);
        await using (var killed = await replica.OpenCopyAsync()) CheckBytes("other"u8.ToArray(), killed.Drafts.Recover().Single().Draft, killed);
    }

    [Fact]
    public async Task After_a_failed_sync_nothing_of_a_draft_counts()
    {
        await using var replica = await TestReplica.CreateAsync();
        var disk = new FaultyDisk(new RealDisk()) { Error = ErrorKind.Io };
        await replica.ReopenAsync(disk: disk);
        var drafts = replica.Volume.Drafts;
        var draft = drafts.Begin(Content.Empty);
        draft.Write(0, new byte[100_000]);
        drafts.Save(draft, "first"u8.ToArray());
        draft.Write(0, [1]);
        disk.FailAt = disk.Operations + 1;
        Assert.Equal(ErrorKind.Io, Assert.Throws<PeerDriveException>(() => drafts.Save(draft, default)).Kind);
        disk.FailAt = 0;
        Assert.Equal(ErrorKind.Io, Assert.Throws<PeerDriveException>(() => drafts.Save(draft, default)).Kind);
        Assert.Equal(ErrorKind.Io, Assert.Throws<PeerDriveException>(() => draft.Write(0, [1])).Kind);
        Assert.Equal(ErrorKind.Io, Assert.Throws<PeerDriveException>(() => drafts.Store(draft, 0, null, CancellationToken.None)).Kind);
        Assert.Equal(1, draft.Read(0, new byte[1]));
        await replica.ReopenAsync();
        Assert.Equal("first"u8.ToArray(), replica.Volume.Drafts.Recover().Single().Claim.ToArray());
    }

    [Theory]
    [InlineData(ErrorKind.NoSpace)]
    [InlineData(ErrorKind.Io)]
    public async Task Whichever_operation_fails_while_a_saved_file_becomes_a_raw_one_its_bytes_are_found_again(ErrorKind error)
    {
        await using var replica = await TestReplica.CreateAsync();
        var disk = new FaultyDisk(new RealDisk()) { Error = error };
        await replica.ReopenAsync(disk: disk);
        var drafts = replica.Volume.Drafts;
        for (var at = 1; ; at++)
        {
            var bytes = TestReplica.RandomBytes(9 << 20, 100 + at);
            var draft = drafts.Begin(Content.Empty);
            draft.Write(0, bytes);
            drafts.Save(draft, default);
            disk.FailAt = disk.Operations + at;
            Content? content = null;
            try
            {
                content = drafts.Store(draft, 0, null, CancellationToken.None);
                replica.Volume.Contents.Chunks.FlushIndex();
            }
            catch (PeerDriveException e) when (e.Kind == error)
            {
                // The volume goes on with its packs only after it was opened again.
            }
            var failed = disk.Operations >= disk.FailAt;
            disk.FailAt = 0;
            await using (var killed = await replica.OpenCopyAsync())
            {
                var recovered = killed.Drafts.Recover().Single();
                Assert.False(recovered.IsDamaged, $"operation {at}");
                CheckBytes(bytes, recovered.Draft, killed);
                if (!failed && content is { } stored) Assert.True(killed.Contents.ReadAll(stored, int.MaxValue).AsSpan().SequenceEqual(bytes));
            }
            drafts.Discard([draft]);
            await replica.ReopenAsync(disk: disk);
            drafts = replica.Volume.Drafts;
            Assert.Empty(drafts.Recover());
            if (!failed) break;
            Assert.True(at < 50);
        }
    }

    [Fact]
    public async Task Threads_that_read_write_and_save_at_once_see_whole_writes()
    {
        await using var replica = await TestReplica.CreateAsync();
        var volume = replica.Volume;
        const int Blocks = 64, BlockBytes = 8192, Rounds = 40;
        var draft = volume.Drafts.Begin(volume.Contents.Store(new byte[Blocks * BlockBytes]));
        var others = Enumerable.Range(0, 4).Select(_ => volume.Drafts.Begin(Content.Empty)).ToList();
        var failures = new List<string>();
        var threads = new List<Thread>();
        for (var t = 0; t < 4; t++)
        {
            var own = t;
            threads.Add(new Thread(() =>
            {
                var random = new Random(own);
                var block = new byte[BlockBytes];
                var read = new byte[BlockBytes];
                for (var i = 1; i <= Rounds; i++)
                {
                    // Each thread has its own blocks, and knows what is in them.
                    var number = random.Next(Blocks / 4) * 4 + own;
                    block.AsSpan().Fill((byte)i);
                    draft.Write(number * BlockBytes, block);
                    if (i == Rounds / 2 && own == 0) draft.Sync();
                    draft.Read(number * BlockBytes, read);
                    if (!read.AsSpan().SequenceEqual(block)) lock (failures) failures.Add($"thread {own} round {i}");
                    others[own].Write(i * 10, [(byte)i]);
                    if (i % 5 == 0) volume.Drafts.Save(others[own], new[] { (byte)i });
                }
            }));
        }
        foreach (var thread in threads) thread.Start();
        foreach (var thread in threads) Assert.True(thread.Join(TimeSpan.FromMinutes(2)));
        Assert.Empty(failures);
        await using var killed = await replica.OpenCopyAsync();
        Assert.All(killed.Drafts.Recover(), recovered => Assert.Equal([Rounds], recovered.Claim.ToArray()));
        Assert.Equal(4, killed.Drafts.Recover().Count);
    }

    private static void CheckBytes(byte[] expected, Draft draft, Volume volume, bool store = true)
    {
        Assert.Equal(expected.Length, draft.Length);
        var read = new byte[expected.Length];
        Assert.Equal(read.Length, draft.Read(0, read));
        Assert.True(read.AsSpan().SequenceEqual(expected), "other bytes");
        if (!store) return;
        var content = volume.Drafts.Store(draft, 0, null, CancellationToken.None);
        Assert.True(volume.Contents.ReadAll(content, int.MaxValue).AsSpan().SequenceEqual(expected), "stored other bytes");
    }

    private static ulong InodeOf(string path)
    {
        using var file = Libc.Open(System.Text.Encoding.UTF8.GetBytes(path), OpenFlags.ReadOnly);
        return Libc.Stat(file).Inode;
    }
}
