using PeerDrive.Model.Identifiers;
using PeerDrive.Storage.Replicas;

namespace PeerDrive.Storage.Tests.Replicas;

public sealed class CachePacksTests
{
    [Fact]
    public async Task A_cache_seals_small_packs_so_that_what_is_given_back_needs_little_room_meanwhile()
    {
        await using var replica = await TestReplica.CreateAsync();
        replica.Volume.Replica.SetPolicy(ReplicaPolicy.Cache(32 << 20));
        Store(replica, 0, 16);
        Assert.InRange(Packs(replica).Length, 7, 9);
        Assert.All(Packs(replica), length => Assert.InRange(length, 0, 3 << 20));

        replica.Volume.Replica.SetPolicy(ReplicaPolicy.Full);
        Store(replica, 16, 32);
        Assert.InRange(Packs(replica).Max(), 14 << 20, 64 << 20);
    }

    private static void Store(TestReplica replica, int from, int until)
    {
        var bytes = new byte[1 << 20];
        for (var i = from; i < until; i++)
        {
            new Random(i).NextBytes(bytes);
            replica.Volume.Contents.Chunks.Put(Id.Hash<ChunkId>(bytes), bytes);
        }
    }

    private static long[] Packs(TestReplica replica) => [.. new DirectoryInfo(Path.Combine(replica.Volume.Folder, "packs")).GetFiles().Select(file => file.Length)];
}
