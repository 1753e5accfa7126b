using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Revisions;
using PeerDrive.Storage.Disks;
using PeerDrive.Storage.Replicas;
using PeerDrive.Storage.Tests.Disks;
using PeerDrive.Storage.Volumes;

namespace PeerDrive.Storage.Tests.Replicas;

/// <summary>Dropping contents from a replica.</summary>
public sealed class ReleaseTests
{
    private static readonly HashSet<ChunkId> Nothing = [];

    [Fact]
    public async Task What_is_dropped_is_absent_and_its_room_is_given_back()
    {
        await using var replica = await TestReplica.CreateAsync();
        replica.Volume.Replica.SetPolicy(ReplicaPolicy.Metadata);
        var (small, raw, kept) = (Bytes(300_000, 1), Bytes(10 << 20, 2), Bytes(200_000, 3));
        var entries = new[] { await replica.WriteAsync("small", small), await replica.WriteAsync("raw", raw) };
        await replica.WriteAsync("kept", kept);
        var before = Size(replica.Folder);
        var given = Drop(replica.Volume, entries);
        Assert.InRange(given, small.Length + raw.Length, before);
        Assert.InRange(before - Size(replica.Folder), small.Length + raw.Length - 100_000, before);
        Assert.Equal((2, small.Length + raw.Length), replica.Volume.Replica.AbsentTotals());
        Assert.Equal((0, 0), replica.Volume.MissingTotals());
        Assert.Equal(kept, TestReplica.Read(replica.Volume, "kept"));
        await replica.ReopenAsync();
        Assert.Equal(2, replica.Volume.Replica.AbsentTotals().Contents);
        Assert.Equal(kept, TestReplica.Read(replica.Volume, "kept"));
        // It can come again.
        await replica.WriteAsync("again", small);
        Assert.Equal(small, TestReplica.Read(replica.Volume, "small"));
    }

    [Fact]
    public async Task Chunks_that_another_file_has_too_stay()
    {
        await using var replica = await TestReplica.CreateAsync();
        var bytes = Bytes(4_000_000, 4);
        var one = await replica.WriteAsync("one", bytes);
        await replica.WriteAsync("same", bytes);
        await replica.WriteAsync("longer", [.. bytes, .. Bytes(1_000_000, 5)]);
        Assert.Equal(0, Drop(replica.Volume, one));
        Assert.Equal(bytes, TestReplica.Read(replica.Volume, "same"));
        var longer = replica.Volume.Reader.Find(EntryId.Root, EntryName.Create("longer"))!;
        Drop(replica.Volume, longer);
        Assert.Equal(bytes, TestReplica.Read(replica.Volume, "one"));
        Assert.NotEmpty(replica.Volume.Contents.Missing(longer.Shown!.Value.Content, 1));
        Assert.Equal(1, replica.Volume.Replica.AbsentTotals().Contents);
    }

    [Fact]
    public async Task A_content_that_is_stored_and_committed_after_a_drop_keeps_its_chunks()
    {
        await using var replica = await TestReplica.CreateAsync();
        var bytes = Bytes(3_000_000, 6);
        var one = await replica.WriteAsync("one", bytes);
        // Stored before the drop, which gives it nothing to store, and committed after.
        var content = replica.Volume.Contents.Store((ReadOnlyMemory<byte>)(byte[])[.. bytes, 1, 2, 3]);
        Drop(replica.Volume, one);
        await replica.Volume.CommitAsync(edit => edit.Create(EntryId.Root, EntryName.Create("late"), new RevisionState { Kind = DocumentKind.File, Mode = 0x1A4, Content = content }));
        Assert.Equal([.. bytes, 1, 2, 3], TestReplica.Read(replica.Volume, "late"));
        Assert.InRange(replica.Volume.Replica.AbsentTotals().Contents, 0, 1);
    }

    [Fact]
    public async Task While_it_drops_a_replica_vouches_for_nothing_that_goes()
    {
        await using var replica = await TestReplica.CreateAsync();
        var content = (await replica.WriteAsync("one", Bytes(100_000, 7))).Shown!.Value.Content;
        var volume = replica.Volume;
        Assert.True(volume.Replica.VouchesFor(content, volume.Contents));
        using (volume.Replica.BeginLeaving([content])) Assert.False(volume.Replica.VouchesFor(content, volume.Contents));
        Assert.True(volume.Replica.VouchesFor(content, volume.Contents));
        Assert.False(volume.Replica.VouchesFor(content with { Depth = content.Depth + 1 }, volume.Contents));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task After_a_crash_at_any_step_nothing_else_is_lost_and_what_went_is_known(bool catalogIsOld)
    {
        var crashes = 0;
        for (var step = 1; ; step++)
        {
            var disk = new FaultyDisk(new RealDisk());
            await using var replica = await TestReplica.CreateAsync(disk);
            var (small, raw, kept) = (Bytes(300_000, 8), Bytes(9 << 20, 9), Bytes(200_000, 10));
            var entries = new[] { await replica.WriteAsync("small", small), await replica.WriteAsync("raw", raw) };
            await replica.WriteAsync("kept", kept);
            replica.Volume.Contents.Chunks.FlushIndex();
            var old = Directory.EnumerateFiles(replica.Folder, "catalog.db*").ToDictionary(file => Path.GetFileName(file), File.ReadAllBytes);
            (disk.FailAt, disk.Failures, disk.Error) = (disk.Operations + step, 1_000_000, Model.Errors.ErrorKind.Io);
            try
            {
                Drop(replica.Volume, entries);
            }
            catch (Model.Errors.PeerDriveException e)
            {
                Assert.Equal(Model.Errors.ErrorKind.Io, e.Kind);
                crashes++;
            }
            var crashed = await replica.OpenCopyAsync(folder =>
            {
                if (!catalogIsOld) return;
                TestReplica.DeleteCatalog(folder);
                foreach (var (name, bytes) in old) File.WriteAllBytes(Path.Combine(folder, name), bytes);
            });
            await using (crashed)
            {
                Assert.Equal(kept, TestReplica.Read(crashed, "kept"));
                var absent = crashed.Replica.Absent(10).Select(content => content.Root).ToHashSet();
                foreach (var (name, bytes) in new[] { ("small", small), ("raw", raw) })
                {
                    var content = crashed.Reader.Find(EntryId.Root, EntryName.Create(name))!.Shown!.Value.Content;
                    if (crashed.Contents.Missing(content, 1).Count == 0) Assert.Equal(bytes, TestReplica.Read(crashed, name));
                    else Assert.Contains(content.Root, absent);
                }
            }
            disk.FailAt = 0;
            if (!disk.HasFailed) break;
        }
        Assert.True(crashes >= 4, $"only {crashes} steps");
    }

    private static long Drop(Volume volume, params EntryView[] entries)
    {
        var contents = entries.Select(entry => volume.Reader.Get(entry.Id)!.Shown!.Value.Content).ToList();
        return volume.DropContents(entries.Select(entry => entry.Document).ToHashSet(), contents, Nothing, CancellationToken.None);
    }

    private static byte[] Bytes(int length, int seed) => TestReplica.RandomBytes(length, seed);

    private static long Size(string folder) => new[] { "packs", "raw" }.Sum(part => Directory.EnumerateFiles(Path.Combine(folder, part)).Sum(file => new FileInfo(file).Length));
}
