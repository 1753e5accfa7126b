using PeerDrive.Model.Changesets;
using PeerDrive.Model.Identifiers;

namespace PeerDrive.Model.Tests.Changesets;

public sealed class VersionVectorTests
{
    [Fact]
    public void Covers_what_comes_before_a_tip()
    {
        var vector = VersionVector.Of([Tip(1, 5)]);
        Assert.True(vector.Covers(Author(1), 5));
        Assert.False(vector.Covers(Author(1), 6));
        Assert.False(vector.Covers(Author(2), 1));
        Assert.True(vector.Covers(VersionVector.Empty));
    }

    [Fact]
    public void Tips_are_sorted_by_author() =>
        Assert.Equal([Tip(1, 2), Tip(2, 1), Tip(3, 9)], VersionVector.Of([Tip(3, 9), Tip(1, 2), Tip(2, 1)]).Tips);

    [Fact]
    public void Extending_replaces_the_tip_that_is_continued()
    {
        var vector = VersionVector.Of([Tip(1, 5)]).Extend(Tip(1, 6), Tip(1, 5).Hash);
        Assert.Equal([Tip(1, 6)], vector.Tips);
    }

    [Fact]
    public void A_changeset_that_continues_no_tip_is_a_fork_and_both_branches_stay()
    {
        var vector = VersionVector.Of([Tip(1, 5)]).Extend(Tip(1, 5, branch: 1), Tip(1, 4).Hash);
        Assert.True(vector.IsForked(Author(1)));
        Assert.Equal([Tip(1, 5, 1), Tip(1, 6)], vector.Extend(Tip(1, 6), Tip(1, 5).Hash).Tips);
    }

    [Fact]
    public void Merging_takes_the_higher_tip_and_keeps_both_of_a_fork()
    {
        var merged = VersionVector.Of([Tip(1, 5), Tip(2, 1)]).Merge(VersionVector.Of([Tip(1, 7), Tip(2, 1, branch: 1), Tip(3, 1)]));
        Assert.Equal(VersionVector.Of([Tip(1, 7), Tip(2, 1), Tip(2, 1, 1), Tip(3, 1)]), merged);
    }

    [Fact]
    public void Merging_is_commutative_idempotent_and_covers_both_and_a_difference_restores()
    {
        for (var seed = 0; seed < 500; seed++)
        {
            var random = new Random(seed);
            VersionVector a = Any(random), b = Any(random);
            Assert.Equal(a.Merge(b), b.Merge(a));
            Assert.Equal(a, a.Merge(a));
            Assert.True(a.Merge(b).Covers(a) && a.Merge(b).Covers(b));
            var later = a.Merge(b);
            Assert.Equal(later, a.Apply(later.Difference(a)));
            Assert.Empty(a.Difference(a));
            Assert.Equal(a.GetHashCode(), VersionVector.Of(a.Tips.Reverse()).GetHashCode());
        }
    }

    private static VersionVector Any(Random random) =>
        VersionVector.Of(Enumerable.Range(0, random.Next(8)).Select(_ => Tip(random.Next(4), (ulong)random.Next(1, 4), random.Next(2))));

    private static AuthorId Author(int number) => new(new Bits128((ulong)number, 0));

    private static Tip Tip(int author, ulong sequence, int branch = 0) =>
        new(Author(author), sequence, new ChangesetHash(new Bits256((ulong)author, sequence, (ulong)branch, 7)));
}
