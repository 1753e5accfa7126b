using System.Collections.Immutable;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Merging;

namespace PeerDrive.Model.Tests.Merging;

public sealed class HeadSetTests
{
    private readonly Dictionary<RevisionId, RevisionNode> nodes = [];

    [Fact]
    public void Revisions_without_children_are_heads_and_the_newest_is_shown()
    {
        Add(1);
        Add(2, time: 5, parents: 1);
        Add(3, time: 9, parents: 1);
        var heads = HeadSet.Of(nodes);
        AssertIds([Id(2), Id(3)], heads.Heads);
        Assert.Equal(Id(3), heads.Shown);
        Assert.Null(HeadSet.Of(new Dictionary<RevisionId, RevisionNode>()).Shown);
    }

    [Fact]
    public void Of_equal_times_the_greater_id_is_shown()
    {
        Add(1, time: 4);
        Add(2, time: 4);
        Assert.Equal(Id(2), HeadSet.Of(nodes).Shown);
    }

    [Fact]
    public void A_merge_whose_parents_are_all_ancestors_of_another_head_is_no_head()
    {
        Add(1);
        Add(2, parents: 1);
        Add(3, parents: 1);
        Merge(10, 2, 3);
        Add(4, 0, 2, 3);
        AssertIds([Id(4)], HeadSet.Of(nodes).Heads);
    }

    [Fact]
    public void A_merge_stays_a_head_beside_a_head_that_lacks_one_of_its_parents()
    {
        Add(1);
        Add(2, parents: 1);
        Add(3, parents: 1);
        Merge(10, 2, 3);
        Add(4, parents: 2);
        var heads = HeadSet.Of(nodes);
        AssertIds([Id(4), Id(10)], heads.Heads);
        AssertIds([Id(3), Id(4)], heads.MergeParents());
    }

    [Fact]
    public void Of_two_merges_of_the_same_parents_one_stays()
    {
        Add(1);
        Add(2, parents: 1);
        Add(3, parents: 1);
        Merge(10, 2, 3);
        Merge(11, 2, 3);
        Assert.Single(HeadSet.Of(nodes).Heads);
    }

    [Fact]
    public void A_merge_of_three_replaces_a_merge_of_two()
    {
        Add(1);
        foreach (var n in new[] { 2, 3, 4 }) Add(n, parents: 1);
        Merge(10, 2, 3);
        AssertIds([Id(2), Id(3), Id(4)], HeadSet.Of(nodes).MergeParents());
        Merge(11, 2, 3, 4);
        AssertIds([Id(11)], HeadSet.Of(nodes).Heads);
    }

    [Fact]
    public void A_void_revision_is_no_head_and_hides_none_but_its_valid_child_does()
    {
        Add(1);
        nodes[Id(2)] = new RevisionNode([Id(1)], false, 0, IsVoid: true);
        AssertIds([Id(1)], HeadSet.Of(nodes).Heads);
        Add(3, parents: 2);
        AssertIds([Id(3)], HeadSet.Of(nodes).Heads);
    }

    [Fact]
    public void The_merge_base_is_the_best_common_ancestor()
    {
        Add(1);
        Add(2, parents: 1);
        Add(3, parents: 2);
        Add(4, parents: 2);
        var heads = HeadSet.Of(nodes);
        AssertIds([Id(2)], heads.MergeBases([Id(3), Id(4)]));
        AssertIds([Id(2)], heads.MergeBases([Id(2), Id(4)]));
    }

    [Fact]
    public void A_criss_cross_has_two_merge_bases_and_unrelated_revisions_have_none()
    {
        Add(1);
        Add(2);
        Add(3, 0, 1, 2);
        Add(4, 0, 1, 2);
        var heads = HeadSet.Of(nodes);
        AssertIds([Id(1), Id(2)], heads.MergeBases([Id(3), Id(4)]));
        Assert.Empty(heads.MergeBases([Id(1), Id(2)]));
    }

    [Fact]
    public void Missing_parents_and_a_forged_cycle_do_no_harm()
    {
        Add(2, parents: 99);
        Add(3, parents: 4);
        Add(4, parents: 3);
        var heads = HeadSet.Of(nodes);
        AssertIds([Id(2)], heads.Heads);
        AssertIds([Id(2)], heads.MergeParents());
    }

    private static void AssertIds(RevisionId[] expected, ImmutableArray<RevisionId> actual) => Assert.Equal(expected, actual.ToArray());

    private static RevisionId Id(int number) => new(new Bits256((ulong)number, 0, 0, 0));

    private void Add(int id, long time = 0, params int[] parents) => nodes[Id(id)] = new RevisionNode([.. parents.Select(Id)], false, time);

    private void Add(int id, int parents) => Add(id, 0, parents);

    private void Merge(int id, params int[] parents) => nodes[Id(id)] = new RevisionNode([.. parents.Select(Id)], true, 0);
}
