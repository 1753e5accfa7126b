using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Revisions;
using PeerDrive.Storage.Collecting;
using PeerDrive.Storage.Tests.Retention;
using PeerDrive.Storage.Volumes;
using PeerDrive.Testing;

namespace PeerDrive.Storage.Tests.Collecting;

/// <summary>Giving back what nothing names, beside those who write.</summary>
public sealed class CollectTests
{
    [Fact]
    public async Task What_nothing_names_is_given_back_and_what_is_used_is_told_by_kind()
    {
        await using var replica = await TestReplica.CreateAsync();
        await replica.WriteAsync("file", Bytes(1_000_000, 1));
        await replica.WriteAsync("file", Bytes(1_000_000, 2));
        var gone = await replica.WriteAsync("gone", Bytes(500_000, 3));
        await replica.Volume.CommitAsync(edit => edit.Delete(gone.Id));
        // An import that was broken off, and the process with it.
        replica.Volume.Contents.Store(Bytes(700_000, 4));
        replica.Volume.Contents.Chunks.FlushIndex();
        await replica.ReopenAsync();
        var use = replica.Volume.Collection.CountUse(CancellationToken.None);
        Assert.InRange(use.Current, 1_000_000, 1_010_000);
        Assert.InRange(use.History, 1_000_000, 1_010_000);
        Assert.InRange(use.Trash, 500_000, 505_000);
        Assert.InRange(use.Reclaimable, 700_000, 710_000);
        var told = Collect(replica.Volume, dryRun: true);
        Assert.InRange(told.UnnamedBytes, 700_000, 710_000);
        Assert.Equal(use, replica.Volume.Collection.CountUse(CancellationToken.None));
        var done = Collect(replica.Volume);
        Assert.Equal(told.UnnamedBytes, done.UnnamedBytes);
        Assert.InRange(done.Bytes, 700_000, 710_000);
        Assert.Null(done.Postponed);
        Assert.InRange(replica.Volume.Collection.CountUse(CancellationToken.None).Reclaimable, 0, 1_000);
        Assert.Equal(0, Collect(replica.Volume).Bytes);
        await replica.ReopenAsync(TestReplica.DeleteCatalog);
        Assert.Equal(Bytes(1_000_000, 2), TestReplica.Read(replica.Volume, "file"));
        Assert.Equal((0, 0), replica.Volume.Replica.AbsentTotals());
        Assert.Empty(replica.Volume.Contents.Chunks.FindDamaged(_ => { }));
    }

    [Fact]
    public async Task What_is_stored_and_not_committed_yet_stays_for_a_day()
    {
        var time = new ManualTimeProvider();
        await using var replica = await TestReplica.CreateAsync(time: time);
        var volume = replica.Volume;
        var content = volume.Contents.Store(Bytes(600_000, 1));
        volume.Contents.Chunks.FlushIndex();
        Assert.Equal(0, Collect(volume).UnnamedBytes);
        time.Advance(InFlightContents.Longest);
        Assert.Equal(0, Collect(volume).UnnamedBytes);
        await volume.CommitAsync(edit => edit.Create(EntryId.Root, EntryName.Create("late"), State(content)));
        Assert.Equal(Bytes(600_000, 1), TestReplica.Read(volume, "late"));
        volume.Contents.Store(Bytes(600_000, 2));
        volume.Contents.Chunks.FlushIndex();
        time.Advance(InFlightContents.Longest + TimeSpan.FromSeconds(1));
        Assert.InRange(Collect(volume).UnnamedBytes, 600_000, 610_000);
        Assert.Equal(Bytes(600_000, 1), TestReplica.Read(volume, "late"));
    }

    [Fact]
    public async Task What_two_stored_stays_until_both_have_committed_it()
    {
        await using var replica = await TestReplica.CreateAsync();
        var volume = replica.Volume;
        ThinTests.SetRule(volume, "versions 1 hold none");
        var slow = volume.Contents.Store(Bytes(600_000, 1));
        // Somebody else writes the same and goes on to another version, so that this one is let go.
        await replica.WriteAsync("quick", Bytes(600_000, 1));
        await replica.WriteAsync("quick", Bytes(600_000, 2));
        ThinTests.Thin(volume);
        Collect(volume);
        await volume.CommitAsync(edit => edit.Create(EntryId.Root, EntryName.Create("slow"), State(slow)));
        Assert.Equal(Bytes(600_000, 1), TestReplica.Read(volume, "slow"));
        Assert.Empty(volume.MissingContents(10));
        // Both have: what is let go now goes.
        var entry = volume.Reader.Find(EntryId.Root, EntryName.Create("slow"))!;
        await volume.CommitAsync(edit => edit.Revise(entry.Id, State(volume.Contents.Store(Bytes(600_000, 2)))));
        ThinTests.Thin(volume);
        Collect(volume);
        Assert.False(volume.Contents.IsHere(slow));
    }

    [Fact]
    public async Task While_a_content_is_being_stored_its_chunks_stay()
    {
        await using var replica = await TestReplica.CreateAsync();
        var volume = replica.Volume;
        // Its chunks are in a version that goes while the content is half read.
        var bytes = Bytes(3_000_000, 1);
        await replica.WriteAsync("file", bytes);
        await replica.WriteAsync("file", Bytes(100_000, 2));
        ThinTests.SetRule(volume, "versions 1 hold none");
        var collected = 0;
        var content = volume.Contents.Store(new Storage.Contents.MemorySource(bytes), 0, _ =>
        {
            if (++collected != 8) return;
            ThinTests.Thin(volume);
            Collect(volume);
        }, CancellationToken.None);
        Assert.True(collected > 12);
        await volume.CommitAsync(edit => edit.Create(EntryId.Root, EntryName.Create("copy"), State(content)));
        Assert.Equal(bytes, TestReplica.Read(volume, "copy"));
        Assert.Empty(volume.MissingContents(10));
    }

    [Fact]
    public async Task A_damaged_chunk_list_ends_it_before_anything_goes()
    {
        await using var replica = await TestReplica.CreateAsync();
        var file = await replica.WriteAsync("file", Bytes(3_000_000, 1));
        replica.Volume.Contents.Store(Bytes(700_000, 4));
        replica.Volume.Contents.Chunks.FlushIndex();
        var place = replica.Volume.Contents.Chunks.Index.Find(file.Shown!.Value.Content.Root)!.Value;
        await replica.ReopenAsync(folder =>
        {
            using var pack = File.OpenWrite(Path.Combine(folder, "packs", $"{place.Pack}.pack"));
            pack.Position = place.Offset + 60;
            pack.Write([1, 2, 3, 4, 5]);
        });
        var before = replica.Volume.Contents.Chunks.Totals();
        var failure = Assert.Throws<PeerDriveException>(() => Collect(replica.Volume));
        Assert.Equal(ErrorKind.Corrupt, failure.Kind);
        Assert.Contains("peerdrive check", failure.Message, StringComparison.Ordinal);
        Assert.Equal(before, replica.Volume.Contents.Chunks.Totals());
    }

    /// <summary>Writers that store again and again what goes at that moment; nothing that they committed may lack a chunk.</summary>
    [Fact]
    public async Task Beside_writers_nothing_is_lost()
    {
        await using var replica = await TestReplica.CreateAsync();
        var volume = replica.Volume;
        ThinTests.SetRule(volume, "versions 1 hold none");
        using var stop = new CancellationTokenSource();
        var written = 0;
        var writers = Enumerable.Range(0, 3).Select(writer => Task.Factory.StartNew(async () =>
        {
            var random = new Random(writer);
            while (!stop.IsCancellationRequested)
            {
                // Of few parts, so that most are known, from a version that just went or is about to.
                byte[] bytes = [.. Enumerable.Range(0, 1 + random.Next(4)).SelectMany(_ => Bytes(150_000, random.Next(12)))];
                await TestReplica.WriteAsync(volume, $"file{writer}", bytes);
                Assert.Equal(bytes, TestReplica.Read(volume, $"file{writer}"));
                Interlocked.Increment(ref written);
            }
        }, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap()).ToList();
        var rounds = 0;
        while ((rounds < 25 || Volatile.Read(ref written) < 60) && !writers.Exists(writer => writer.IsFaulted))
        {
            ThinTests.Thin(volume);
            Collect(volume);
            rounds++;
        }
        stop.Cancel();
        await Task.WhenAll(writers).OrFail();
        Assert.Empty(volume.MissingContents(10));
        Assert.Empty(volume.Contents.Chunks.FindDamaged(_ => { }));
        var files = volume.Reader.List(EntryId.Root).ToDictionary(entry => entry.Name.ToString(), entry => TestReplica.Read(volume, entry.Name.ToString()));
        await replica.ReopenAsync(TestReplica.DeleteCatalog);
        foreach (var (name, bytes) in files) Assert.Equal(bytes, TestReplica.Read(replica.Volume, name));
        Assert.Empty(replica.Volume.MissingContents(10));
    }

    private static CollectResult Collect(Volume volume, bool dryRun = false) => volume.Collection.Collect(dryRun, (_, _) => { }, CancellationToken.None);

    private static RevisionState State(Content content) => new() { Kind = DocumentKind.File, Mode = 0x1A4, Content = content };

    private static byte[] Bytes(int length, int seed) => TestReplica.RandomBytes(length, seed);
}
