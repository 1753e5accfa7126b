using PeerDrive.Model.Changesets;
using PeerDrive.Model.Identifiers;

namespace PeerDrive.Model.Tests.Changesets;

public sealed class OrderKeyTests
{
    [Fact]
    public void Lamport_time_counts_before_hash_and_hash_before_index()
    {
        OrderKey[] sorted = [Key(1, 9, 9), Key(2, 1, 9), Key(2, 2, 0), Key(2, 2, 1)];
        Assert.Equal(sorted, sorted.Reverse().Order());
    }

    private static OrderKey Key(ulong lamport, ulong hash, int index) => new(lamport, new ChangesetHash(new Bits256(hash, 0, 0, 0)), index);
}
