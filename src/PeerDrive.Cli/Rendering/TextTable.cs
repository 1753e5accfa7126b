using System.Text;

namespace PeerDrive.Cli.Rendering;

/// <summary>
/// Aligned columns without lines or colours, the same on a terminal and in a pipe. A heading that begins with &gt; aligns its
/// column to the right. Trailing spaces are not written.
/// </summary>
internal sealed class TextTable(params string[] headings)
{
    private readonly List<string[]> rows = [];

    public bool IsEmpty => rows.Count == 0;

    public void Add(params string[] cells)
    {
        if (cells.Length != headings.Length) throw new ArgumentException("A row has as many cells as there are headings.", nameof(cells));
        rows.Add(cells);
    }

    /// <summary>Writes the table; nothing at all when it has no rows.</summary>
    /// <param name="withHeadings">False for lists that other programs read line by line.</param>
    public void WriteTo(TextWriter writer, string indent = "", bool withHeadings = true)
    {
        if (IsEmpty) return;
        var titles = headings.Select(heading => heading.TrimStart('>')).ToArray();
        var shown = withHeadings ? rows.Prepend(titles) : rows;
        var widths = new int[titles.Length];
        foreach (var row in shown)
        {
            for (var i = 0; i < row.Length; i++) widths[i] = Math.Max(widths[i], Width(row[i]));
        }
        var line = new StringBuilder();
        foreach (var row in shown)
        {
            line.Clear().Append(indent);
            for (var i = 0; i < row.Length; i++)
            {
                var padding = widths[i] - Width(row[i]);
                if (i > 0) line.Append("  ");
                if (headings[i].StartsWith('>')) line.Append(' ', padding).Append(row[i]);
                else line.Append(row[i]).Append(' ', padding);
            }
            writer.WriteLine(line.ToString().TrimEnd(' '));
        }
    }

    /// <summary>Cells that a text takes: characters, not UTF-16 units.</summary>
    private static int Width(string text)
    {
        var width = 0;
        foreach (var _ in text.EnumerateRunes()) width++;
        return width;
    }
}
