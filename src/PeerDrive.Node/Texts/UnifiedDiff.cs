using System.Globalization;
using System.Text;
using DiffPlex;
using DiffPlex.Model;

namespace PeerDrive.Node.Texts;

/// <summary>The difference of two texts in the unified format of diff(1) and patch(1).</summary>
internal static class UnifiedDiff
{
    private const int Context = 3;

    /// <summary>Changed lines in both texts, multiplied: comparing takes time in proportion, here a second or two.</summary>
    private const long MaxWork = 100_000_000;

    /// <returns>Empty when both are equal; null when they differ too much to be compared line by line.</returns>
    public static string? Of(string before, string after, string beforeName, string afterName)
    {
        if (before == after) return "";
        var (old, now) = (Lines(before), Lines(after));
        if (Work(old, now) > MaxWork) return null;
        var blocks = new Differ().CreateCustomDiffs(before, after, false, false, Lines).DiffBlocks;
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"--- {beforeName}\n+++ {afterName}\n");
        for (var first = 0; first < blocks.Count;)
        {
            var last = first;
            while (last + 1 < blocks.Count && blocks[last + 1].DeleteStartA - EndOf(blocks[last]) <= 2 * Context) last++;
            AppendHunk(text, old, now, blocks, first, last);
            first = last + 1;
        }
        return text.ToString();
    }

    private static void AppendHunk(StringBuilder text, string[] old, string[] now, IList<DiffBlock> blocks, int first, int last)
    {
        var start = Math.Max(0, blocks[first].DeleteStartA - Context);
        var end = Math.Min(old.Length, EndOf(blocks[last]) + Context);
        var newStart = blocks[first].InsertStartB - (blocks[first].DeleteStartA - start);
        var newCount = end - start;
        for (var i = first; i <= last; i++) newCount += blocks[i].InsertCountB - blocks[i].DeleteCountA;
        text.Append(CultureInfo.InvariantCulture, $"@@ -{Range(start, end - start)} +{Range(newStart, newCount)} @@\n");
        var at = start;
        for (var i = first; i <= last; i++)
        {
            for (; at < blocks[i].DeleteStartA; at++) AppendLine(text, ' ', old[at]);
            for (; at < EndOf(blocks[i]); at++) AppendLine(text, '-', old[at]);
            for (var added = 0; added < blocks[i].InsertCountB; added++) AppendLine(text, '+', now[blocks[i].InsertStartB + added]);
        }
        for (; at < end; at++) AppendLine(text, ' ', old[at]);
    }

    private static void AppendLine(StringBuilder text, char mark, string line)
    {
        text.Append(mark).Append(line);
        if (!line.EndsWith('\n')) text.Append("\n\\ No newline at end of file\n");
    }

    private static int EndOf(DiffBlock block) => block.DeleteStartA + block.DeleteCountA;

    /// <summary>Lines count from one; an empty range names the line before it.</summary>
    private static string Range(int start, int count) => string.Create(CultureInfo.InvariantCulture, $"{(count == 0 ? start : start + 1)},{count}");

    /// <summary>Lines with their ends.</summary>
    private static string[] Lines(string text)
    {
        var lines = new List<string>();
        for (var at = 0; at < text.Length;)
        {
            var end = text.IndexOf('\n', at);
            end = end < 0 ? text.Length : end + 1;
            lines.Add(text[at..end]);
            at = end;
        }
        return [.. lines];
    }

    private static long Work(string[] old, string[] now)
    {
        var start = 0;
        while (start < old.Length && start < now.Length && old[start] == now[start]) start++;
        var end = 0;
        while (end < old.Length - start && end < now.Length - start && old[^(end + 1)] == now[^(end + 1)]) end++;
        return (long)(old.Length - start - end) * (now.Length - start - end);
    }
}
