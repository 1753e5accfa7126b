using System.Text;

namespace PeerDrive.Cli.Rendering;

/// <summary>A unified diff in two columns: what was left, what is right, and between them &lt;, &gt; or | where they differ.</summary>
internal static class SideBySideText
{
    private const int Gap = 3, TabWidth = 8;

    public static IEnumerable<string> Of(string unified, int width)
    {
        var column = Math.Max(10, (width - Gap) / 2);
        var removed = new List<string>();
        var added = new List<string>();
        foreach (var line in unified.Split('\n'))
        {
            if (line.StartsWith("--- ", StringComparison.Ordinal) || line.StartsWith("+++ ", StringComparison.Ordinal) || line.StartsWith('\\')) continue;
            if (line.StartsWith('-')) removed.Add(line[1..]);
            else if (line.StartsWith('+')) added.Add(line[1..]);
            else
            {
                foreach (var row in Rows(removed, added, column)) yield return row;
                if (line.StartsWith("@@", StringComparison.Ordinal)) yield return line;
                else if (line.Length > 0) yield return Row(line[1..], ' ', line[1..], column);
            }
        }
        foreach (var row in Rows(removed, added, column)) yield return row;
    }

    private static List<string> Rows(List<string> removed, List<string> added, int column)
    {
        var rows = new List<string>();
        for (var i = 0; i < Math.Max(removed.Count, added.Count); i++)
        {
            var (left, right) = (i < removed.Count ? removed[i] : null, i < added.Count ? added[i] : null);
            rows.Add(Row(left ?? "", left is null ? '>' : right is null ? '<' : '|', right ?? "", column));
        }
        removed.Clear();
        added.Clear();
        return rows;
    }

    private static string Row(string left, char mark, string right, int column) => $"{Cell(left, column)} {mark} {Cell(right, column)}".TrimEnd(' ');

    /// <summary>As many characters as there is room, without what moves the cursor.</summary>
    private static string Cell(string text, int column)
    {
        var cell = new StringBuilder();
        var taken = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            if (taken == column) break;
            if (rune.Value == '\t')
            {
                var spaces = Math.Min(TabWidth - (taken % TabWidth), column - taken);
                cell.Append(' ', spaces);
                taken += spaces;
                continue;
            }
            cell.Append(Rune.IsControl(rune) ? "?" : rune.ToString());
            taken++;
        }
        return cell.Append(' ', column - taken).ToString();
    }
}
