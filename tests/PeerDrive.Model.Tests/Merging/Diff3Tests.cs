using PeerDrive.Model.Merging;

namespace PeerDrive.Model.Tests.Merging;

public sealed class Diff3Tests
{
    /// <summary>Frozen: a change of any of these results needs a new <see cref="RevisionMerge.Version"/>. A dot ends a line.</summary>
    [Theory]
    [InlineData("a.b.c.", "A.b.c.", "a.b.C.", "A.b.C.")]
    [InlineData("a.b.c.", "a.b.c.d.", "z.a.b.c.", "z.a.b.c.d.")]
    [InlineData("a.b.c.", "a.c.", "a.b.c.", "a.c.")]
    [InlineData("a.b.c.d.e.", "a.c.d.e.", "a.b.c.e.", "a.c.e.")]
    [InlineData("a.b.c.", "X.b.c.", "X.b.c.", "X.b.c.")]
    [InlineData("a.b.c.d.", "X.b.c.d.", "X.b.c.D.", "X.b.c.D.")]
    [InlineData("a.b.c", "a.b.c.d", "A.b.c", "A.b.c.d")]
    [InlineData("a.b.c.", "a.b.c", "A.b.c.", "A.b.c")]
    [InlineData("", "a.", "a.", "a.")]
    [InlineData("a.", "", "a.", "")]
    [InlineData("x.{.}.x.{.}.", "x.{.1.}.x.{.}.", "x.{.}.x.{.2.}.", "x.{.1.}.x.{.2.}.")]
    public void Changes_with_an_unchanged_line_between_them_merge(string origin, string left, string right, string merged)
    {
        Assert.Equal(merged, Merged(origin, left, right));
        Assert.Equal(merged, Merged(origin, right, left));
    }

    [Theory]
    [InlineData("a.b.c.", "a.X.c.", "a.Y.c.", "b.|X.|Y.")]
    [InlineData("a.b.c.", "A.b.c.", "a.B.c.", "a.b.|A.b.|a.B.")]
    [InlineData("a.b.", "a.X.b.", "a.Y.b.", "|X.|Y.")]
    [InlineData("a.b.", "a.b.X.", "a.b.Y.", "|X.|Y.")]
    [InlineData("", "a.", "b.", "|a.|b.")]
    [InlineData("a.b.c.d.", "a.d.", "a.b.C.d.", "b.c.||b.C.")]
    [InlineData("a.b.c.", "a.c.", "a.X.c.", "b.||X.")]
    public void Changes_that_overlap_or_touch_conflict(string origin, string left, string right, string hunk)
    {
        var hunks = Assert.IsType<Diff3Result.Overlap>(Diff3.Merge(Bytes(origin), Bytes(left), Bytes(right))).Hunks;
        var h = Assert.Single(hunks);
        Assert.Equal(hunk, $"{origin[h.Base]}|{left[h.Left]}|{right[h.Right]}");
        Assert.IsType<Diff3Result.Overlap>(Diff3.Merge(Bytes(origin), Bytes(right), Bytes(left)));
    }

    [Fact]
    public void Binary_content_merges_only_when_one_side_kept_it()
    {
        byte[] origin = [1, 0, 2], left = [3, 0, 2], right = [1, 0, 4];
        Assert.IsType<Diff3Result.NoText>(Diff3.Merge(origin, left, right));
        Assert.Equal(left, Assert.IsType<Diff3Result.Merged>(Diff3.Merge(origin, left, origin)).Bytes.ToArray());
        Assert.Equal(left, Assert.IsType<Diff3Result.Merged>(Diff3.Merge(origin, left, left)).Bytes.ToArray());
    }

    [Fact]
    public void Texts_that_are_too_large_long_or_different_are_not_merged_and_end_quickly()
    {
        var large = new byte[Diff3.MaxBytes + 1];
        Array.Fill(large, (byte)'x');
        Assert.IsType<Diff3Result.NoText>(Diff3.Merge(large, Bytes("a"), Bytes("b")));
        var lines = new byte[1_000_000];
        Array.Fill(lines, (byte)'\n');
        Assert.IsType<Diff3Result.NoText>(Diff3.Merge(lines, Bytes("a"), Bytes("b")));
        var random = new Random(1);
        byte[] Noise() => Bytes(string.Concat(Enumerable.Range(0, 20_000).Select(_ => random.Next(10) + ".")));
        Assert.IsType<Diff3Result.NoText>(Diff3.Merge(Noise(), Noise(), Noise()));
    }

    [Fact]
    public void Long_insertions_of_new_lines_are_cheap()
    {
        var origin = string.Concat(Enumerable.Range(0, 1000).Select(n => $"line {n}."));
        var left = string.Concat(Enumerable.Range(0, 50_000).Select(n => $"new {n}.")) + origin;
        Assert.Equal(left + "end.", Merged(origin, left, origin + "end."));
    }

    [Fact]
    public void Random_edits_obey_the_laws_of_merging()
    {
        for (var seed = 0; seed < 3000; seed++)
        {
            var random = new Random(seed);
            var origin = Text(random, random.Next(12));
            string left = Edit(random, origin), right = Edit(random, origin);
            Assert.Equal(left, Merged(origin, left, origin));
            Assert.Equal(left, Merged(origin, origin, left));
            Assert.Equal(left, Merged(origin, left, left));
            var one = Diff3.Merge(Bytes(origin), Bytes(left), Bytes(right));
            var other = Diff3.Merge(Bytes(origin), Bytes(right), Bytes(left));
            if (one is Diff3Result.Merged merged) Assert.Equal(Text(merged), Text(Assert.IsType<Diff3Result.Merged>(other)));
            else Assert.Equal(Assert.IsType<Diff3Result.Overlap>(one).Hunks, Assert.IsType<Diff3Result.Overlap>(other).Hunks.Select(h => new Diff3Hunk(h.Base, h.Right, h.Left)));
        }
    }

    [Fact]
    public void Edits_of_distinct_regions_are_both_present()
    {
        for (var seed = 0; seed < 500; seed++)
        {
            var random = new Random(seed);
            string top = Text(random, random.Next(6)), bottom = Text(random, random.Next(6));
            string newTop = Edit(random, top), newBottom = Edit(random, bottom);
            Assert.Equal(newTop + "=====." + newBottom, Merged(top + "=====." + bottom, newTop + "=====." + bottom, top + "=====." + newBottom));
        }
    }

    [Fact]
    public void Differences_are_shortest()
    {
        for (var seed = 0; seed < 500; seed++)
        {
            var random = new Random(seed);
            int[] from = [.. Enumerable.Range(0, random.Next(12)).Select(_ => random.Next(4))], to = [.. Enumerable.Range(0, random.Next(12)).Select(_ => random.Next(4))];
            var changes = LineDiff.Compare(from, to, 4)!;
            var common = from.Length - changes.Sum(c => c.FromEnd - c.FromStart);
            Assert.Equal(Longest(from, to), common);
            Assert.Equal(common, to.Length - changes.Sum(c => c.ToEnd - c.ToStart));
        }
    }

    private static int Longest(int[] a, int[] b)
    {
        var table = new int[a.Length + 1, b.Length + 1];
        for (var i = 1; i <= a.Length; i++)
            for (var j = 1; j <= b.Length; j++)
                table[i, j] = a[i - 1] == b[j - 1] ? table[i - 1, j - 1] + 1 : Math.Max(table[i - 1, j], table[i, j - 1]);
        return table[a.Length, b.Length];
    }

    private static string Text(Random random, int lines) => string.Concat(Enumerable.Range(0, lines).Select(_ => "abcdef"[random.Next(6)] + "."));

    private static string Edit(Random random, string text)
    {
        var lines = text.Split('.', StringSplitOptions.RemoveEmptyEntries).ToList();
        for (var n = random.Next(3); n > 0; n--)
        {
            var at = random.Next(lines.Count + 1);
            if (random.Next(2) == 0 || at == lines.Count) lines.Insert(at, "abcdefxyz"[random.Next(9)].ToString());
            else lines.RemoveAt(at);
        }
        return string.Concat(lines.Select(line => line + "."));
    }

    private static byte[] Bytes(string text) => System.Text.Encoding.UTF8.GetBytes(text.Replace('.', '\n'));

    private static string Text(Diff3Result.Merged merged) => System.Text.Encoding.UTF8.GetString(merged.Bytes.Span).Replace('\n', '.');

    private static string Merged(string origin, string left, string right) =>
        Text(Assert.IsType<Diff3Result.Merged>(Diff3.Merge(Bytes(origin), Bytes(left), Bytes(right))));
}
