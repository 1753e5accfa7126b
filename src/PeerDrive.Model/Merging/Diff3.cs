using System.Collections.Immutable;

namespace PeerDrive.Model.Merging;

/// <summary>
/// Three-way merge of texts by lines. Changes merge when at least one unchanged line of the base lies between them; changes
/// that overlap or touch do not, unless both sides made the very same one. The result depends on the bytes alone and is part
/// of <see cref="RevisionMerge.Version"/>.
/// </summary>
public static class Diff3
{
    /// <summary>Bytes of the largest text that is merged.</summary>
    public const int MaxBytes = 8 * 1024 * 1024;

    /// <summary>Lines of the longest text that is merged: bounds memory to about 100 MB.</summary>
    private const int MaxLines = 500_000;

    /// <summary>A NUL among the first bytes tells that a file is no text, as for most programs that ask this.</summary>
    private const int BinaryProbe = 8 * 1024;

    /// <summary>Merges several heads one after another; the order decides nothing but which overlap is reported.</summary>
    public static Diff3Result Merge(ReadOnlyMemory<byte> origin, IReadOnlyList<ReadOnlyMemory<byte>> heads)
    {
        var result = heads[0];
        foreach (var head in heads.Skip(1))
        {
            var step = Merge(origin, result, head);
            if (step is not Diff3Result.Merged merged) return step;
            result = merged.Bytes;
        }
        return new Diff3Result.Merged(result);
    }

    public static Diff3Result Merge(ReadOnlyMemory<byte> origin, ReadOnlyMemory<byte> left, ReadOnlyMemory<byte> right)
    {
        if (left.Span.SequenceEqual(right.Span) || right.Span.SequenceEqual(origin.Span)) return new Diff3Result.Merged(left);
        if (left.Span.SequenceEqual(origin.Span)) return new Diff3Result.Merged(right);
        if (Math.Max(origin.Length, Math.Max(left.Length, right.Length)) > MaxBytes) return new Diff3Result.NoText("larger than 8 MiB");
        if (IsBinary(origin) || IsBinary(left) || IsBinary(right)) return new Diff3Result.NoText("not a text");

        var table = new LineTable();
        if (table.Split(origin, MaxLines) is not var (baseLines, baseStarts)
            || table.Split(left, MaxLines) is not var (leftLines, leftStarts)
            || table.Split(right, MaxLines) is not var (rightLines, rightStarts)) return new Diff3Result.NoText("too many lines");
        if (LineDiff.Compare(baseLines, leftLines, table.Count) is not { } leftChanges
            || LineDiff.Compare(baseLines, rightLines, table.Count) is not { } rightChanges) return new Diff3Result.NoText("too different to compare");

        var merged = new List<ReadOnlyMemory<byte>>();
        var overlaps = ImmutableArray.CreateBuilder<Diff3Hunk>();
        var copied = 0;
        foreach (var (start, end, byLeft, byRight) in Groups(leftChanges, rightChanges))
        {
            merged.Add(Slice(origin, baseStarts, copied, start));
            copied = end;
            var (fromLeft, fromRight) = (Side(byLeft, start, end), Side(byRight, start, end));
            var leftText = fromLeft is var (ls, le) ? Slice(left, leftStarts, ls, le) : default;
            var rightText = fromRight is var (rs, re) ? Slice(right, rightStarts, rs, re) : default;
            if (fromRight is null || (fromLeft is not null && leftText.Span.SequenceEqual(rightText.Span))) merged.Add(leftText);
            else if (fromLeft is null) merged.Add(rightText);
            else overlaps.Add(new Diff3Hunk(Bytes(baseStarts, (start, end)), Bytes(leftStarts, fromLeft.Value), Bytes(rightStarts, fromRight.Value)));
        }
        if (overlaps.Count > 0) return new Diff3Result.Overlap(overlaps.ToImmutable());
        merged.Add(Slice(origin, baseStarts, copied, baseLines.Length));
        return new Diff3Result.Merged(Concat(merged));
    }

    private static bool IsBinary(ReadOnlyMemory<byte> text) => text.Span[..Math.Min(text.Length, BinaryProbe)].Contains((byte)0);

    /// <summary>Changes of both sides in base order, joined into one group as long as they overlap or touch.</summary>
    private static IEnumerable<(int Start, int End, List<LineChange> Left, List<LineChange> Right)> Groups(List<LineChange> left, List<LineChange> right)
    {
        int l = 0, r = 0;
        while (l < left.Count || r < right.Count)
        {
            var (inLeft, inRight) = (new List<LineChange>(), new List<LineChange>());
            var start = Math.Min(l < left.Count ? left[l].FromStart : int.MaxValue, r < right.Count ? right[r].FromStart : int.MaxValue);
            var end = start;
            while (true)
            {
                if (l < left.Count && left[l].FromStart <= end) Take(left[l++], inLeft);
                else if (r < right.Count && right[r].FromStart <= end) Take(right[r++], inRight);
                else break;
            }
            yield return (start, end, inLeft, inRight);

            void Take(LineChange change, List<LineChange> group)
            {
                group.Add(change);
                end = Math.Max(end, change.FromEnd);
            }
        }
    }

    /// <summary>The lines that a side has in place of the base's [start, end); null when it changed none of them.</summary>
    private static (int Start, int End)? Side(List<LineChange> changes, int start, int end) =>
        changes.Count == 0 ? null : (changes[0].ToStart - (changes[0].FromStart - start), changes[^1].ToEnd + (end - changes[^1].FromEnd));

    private static ReadOnlyMemory<byte> Slice(ReadOnlyMemory<byte> text, int[] starts, int from, int to) => text[starts[from]..starts[to]];

    private static Range Bytes(int[] starts, (int Start, int End) lines) => starts[lines.Start]..starts[lines.End];

    private static byte[] Concat(List<ReadOnlyMemory<byte>> parts)
    {
        var bytes = new byte[parts.Sum(part => part.Length)];
        var at = 0;
        foreach (var part in parts)
        {
            part.CopyTo(bytes.AsMemory(at));
            at += part.Length;
        }
        return bytes;
    }
}
