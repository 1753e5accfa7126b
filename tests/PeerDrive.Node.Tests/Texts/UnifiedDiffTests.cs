using System.Diagnostics;
using PeerDrive.Node.Texts;

namespace PeerDrive.Node.Tests.Texts;

public class UnifiedDiffTests
{
    [Theory]
    [InlineData("", "a\n", "@@ -0,0 +1,1 @@\n+a\n")]
    [InlineData("a\n", "", "@@ -1,1 +0,0 @@\n-a\n")]
    [InlineData("a", "b", "@@ -1,1 +1,1 @@\n-a\n\\ No newline at end of file\n+b\n\\ No newline at end of file\n")]
    [InlineData("1\n2\n3\n4\n5\n", "0\n1\n2\n3\n4\n5\n", "@@ -1,3 +1,4 @@\n+0\n 1\n 2\n 3\n")]
    [InlineData("1\n2\n3\n4\n5\n6\n7\n8\n9\n", "1x\n2\n3\n4\n5\n6\n7\n8\n9x\n", "@@ -1,4 +1,4 @@\n-1\n+1x\n 2\n 3\n 4\n@@ -6,4 +6,4 @@\n 6\n 7\n 8\n-9\n+9x\n")]
    [InlineData("1\n2\n3\n4\n5\n6\n7\n8\n", "1x\n2\n3\n4\n5\n6\n7\n8x\n", "@@ -1,8 +1,8 @@\n-1\n+1x\n 2\n 3\n 4\n 5\n 6\n 7\n-8\n+8x\n")]
    [InlineData("a\r\nb\n", "a\nb\n", "@@ -1,2 +1,2 @@\n-a\r\n+a\n b\n")]
    public void Hunks_are_those_of_diff_u(string before, string after, string hunks) =>
        Assert.Equal("--- x\n+++ y\n" + hunks, UnifiedDiff.Of(before, after, "x", "y"));

    [Fact]
    public void Equal_texts_have_an_empty_difference() => Assert.Equal("", UnifiedDiff.Of("a\n", "a\n", "x", "y"));

    [Fact]
    public void Texts_made_to_be_slow_are_compared_in_bounded_time_or_not_at_all()
    {
        var watch = Stopwatch.StartNew();
        Assert.Null(UnifiedDiff.Of(Lines("a", 200_000), Lines("b", 200_000), "x", "y"));
        Assert.NotNull(UnifiedDiff.Of(Lines("a", 9_900), Lines("b", 9_900), "x", "y"));
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(30));
    }

    private static string Lines(string text, int count) => string.Concat(Enumerable.Range(0, count).Select(line => $"{text}{line}\n"));
}
