using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Revisions;
using PeerDrive.Storage.Disks;
using PeerDrive.Storage.Volumes;

namespace PeerDrive.Storage.Tests.Disks;

[Trait("speed", "slow")]
public sealed class FullDiskTests
{
    [Theory]
    [InlineData(ErrorKind.NoSpace, 1_000_000)]
    [InlineData(ErrorKind.Io, 1)]
    [InlineData(ErrorKind.Io, 4)]
    public async Task Whichever_operation_fails_all_that_was_acknowledged_is_there_afterwards(ErrorKind error, int failures)
    {
        var total = await RunAsync(0, error, failures);
        Assert.True(total > 20, $"the scenario has {total} operations only");
        for (var at = 1; at <= total; at += failures == 1 ? 1 : 3) await RunAsync(at, error, failures);
    }

    /// <returns>Operations of the scenario.</returns>
    private static async Task<int> RunAsync(int failAt, ErrorKind error, int failures)
    {
        await using var replica = await TestReplica.CreateAsync();
        var disk = new FaultyDisk(new RealDisk()) { Error = error, Failures = failures };
        await replica.ReopenAsync(disk: disk);
        var start = disk.Operations;
        disk.FailAt = failAt == 0 ? 0 : start + failAt;
        // What a name may hold: what was acknowledged last, and what was tried after it on a disk that could not even take it back.
        var acknowledged = new Dictionary<string, List<byte[]>>();
        for (var i = 0; i < 8; i++)
        {
            var name = $"file{i % 5}";
            // Small, larger than a chunk, and one that becomes a raw file.
            var bytes = TestReplica.RandomBytes(i switch { 3 => 9 << 20, 5 => 300_000, _ => 500 + i }, i + 1);
            try
            {
                await replica.WriteAsync(name, bytes);
                acknowledged[name] = [bytes];
            }
            catch (PeerDriveException e) when (e.Kind == error)
            {
                if (failures > 1 && acknowledged.TryGetValue(name, out var may)) may.Add(bytes);
            }
        }
        var before = TestCluster.Tree(replica.Volume);
        var used = disk.Operations - start;
        Assert.Equal(failAt != 0, disk.HasFailed);
        disk.FailAt = 0;

        await using (var killed = await replica.OpenCopyAsync()) Check(killed, acknowledged);
        await using (var rebuilt = await replica.OpenCopyAsync(TestReplica.DeleteCatalog)) Check(rebuilt, acknowledged);
        await replica.ReopenAsync();
        Check(replica.Volume, acknowledged);
        // A disk on which taking back fails as well leaves it open whether a refused change was made.
        if (failures == 1) Assert.Equal(before, TestCluster.Tree(replica.Volume));
        await replica.WriteAsync("afterwards", [1, 2, 3]);
        Assert.Equal([1, 2, 3], TestReplica.Read(replica.Volume, "afterwards"));
        return used;
    }

    private static void Check(Volume volume, Dictionary<string, List<byte[]>> acknowledged)
    {
        foreach (var (name, bytes) in acknowledged)
        {
            var entry = volume.Reader.Find(EntryId.Root, EntryName.Create(name));
            Assert.True(entry is not null, $"{name} was acknowledged and is gone");
            var read = TestReplica.Read(volume, name);
            Assert.True(bytes.Exists(may => may.AsSpan().SequenceEqual(read)), $"{name} has other bytes");
        }
        Assert.Empty(volume.Contents.Chunks.FindDamaged(_ => { }));
    }
}
