using PeerDrive.Cli.Rendering;
using PeerDrive.Cli.Tests.Running;
using PeerDrive.Client.Contracts;

namespace PeerDrive.Cli.Tests.Rendering;

public sealed class RevisionGraphTests
{
    [Fact]
    public void One_line_of_revisions_is_one_column_newest_first()
    {
        AssertDrawn(
            """
            @ c
            * b
            * a
            """,
            Samples.Revision("a", 1), Samples.Revision("b", 2, "a"), Samples.Revision("c", 3, "b") with { IsShown = true });
    }

    [Fact]
    public void A_merge_opens_a_branch_and_its_base_closes_it()
    {
        AssertDrawn(
            """
            @ m
            |\
            * | left
            | * right
            |/
            * base
            """,
            Samples.Revision("base", 1), Samples.Revision("right", 2, "base"), Samples.Revision("left", 3, "base"),
            Samples.Revision("m", 4, "left", "right") with { IsShown = true });
    }

    [Fact]
    public void Heads_in_conflict_stand_side_by_side()
    {
        AssertDrawn(
            """
            @ left
            | * right
            |/
            * base
            """,
            Samples.Revision("base", 1), Samples.Revision("right", 2, "base"), Samples.Revision("left", 3, "base") with { IsShown = true });
    }

    [Fact]
    public void A_merge_of_three_heads_closes_one_step_at_a_time()
    {
        AssertDrawn(
            """
            * m
            |\
            | |\
            * | | a
            | * | b
            |/ /
            | * c
            |/
            * base
            """,
            Samples.Revision("base", 1), Samples.Revision("c", 2, "base"), Samples.Revision("b", 3, "base"), Samples.Revision("a", 4, "base"),
            Samples.Revision("m", 5, "a", "b", "c"));
    }

    [Fact]
    public void Histories_without_a_common_beginning_do_not_touch()
    {
        AssertDrawn(
            """
            * b2
            | * a2
            * | b1
             /
            * a1
            """,
            Samples.Revision("a1", 1), Samples.Revision("b1", 2), Samples.Revision("a2", 3, "a1"), Samples.Revision("b2", 4, "b1"));
    }

    [Fact]
    public void Parents_that_are_not_there_and_clocks_that_run_backwards_do_no_harm()
    {
        AssertDrawn(
            """
            * child
            * parent
            """,
            Samples.Revision("parent", 50, "collected long ago"), Samples.Revision("child", 1, "parent", "parent"));
    }

    [Fact]
    public void Ten_thousand_revisions_are_drawn_in_full()
    {
        var chain = Enumerable.Range(0, 10_000).Select(i => i == 0 ? Samples.Revision("0", 0) : Samples.Revision($"{i}", i, $"{i - 1}")).ToList();
        Assert.Equal(10_000, RevisionGraph.Draw(chain, revision => revision.Revision).Count);
    }

    [Fact]
    public void Nothing_is_drawn_of_nothing()
    {
        Assert.Empty(RevisionGraph.Draw([], revision => revision.Revision));
    }

    private static void AssertDrawn(string expected, params RevisionStatus[] revisions) =>
        Assert.Equal(expected, string.Join('\n', RevisionGraph.Draw(revisions, revision => revision.Revision)));
}
