namespace PeerDrive.Model.Merging;

/// <summary>Gives each distinct line a number, so that comparing texts compares numbers. A line ends after its LF.</summary>
internal sealed class LineTable : IEqualityComparer<ReadOnlyMemory<byte>>
{
    private readonly Dictionary<ReadOnlyMemory<byte>, int> numbers;

    public LineTable() => numbers = new Dictionary<ReadOnlyMemory<byte>, int>(this);

    /// <summary>How many different lines there are so far; numbers are below it.</summary>
    public int Count => numbers.Count;

    /// <summary>Splits a text; null when it has more lines than <paramref name="limit"/>.</summary>
    /// <returns>The lines' numbers, and where each begins, with the text's length at the end.</returns>
    public (int[] Lines, int[] Starts)? Split(ReadOnlyMemory<byte> text, int limit)
    {
        var lines = new List<int>();
        var starts = new List<int>();
        for (var at = 0; at < text.Length;)
        {
            if (lines.Count == limit) return null;
            var length = text.Span[at..].IndexOf((byte)'\n') + 1;
            if (length == 0) length = text.Length - at;
            var line = text.Slice(at, length);
            if (!numbers.TryGetValue(line, out var number)) numbers[line] = number = numbers.Count;
            lines.Add(number);
            starts.Add(at);
            at += length;
        }
        starts.Add(text.Length);
        return ([.. lines], [.. starts]);
    }

    public bool Equals(ReadOnlyMemory<byte> x, ReadOnlyMemory<byte> y) => x.Span.SequenceEqual(y.Span);

    public int GetHashCode(ReadOnlyMemory<byte> line)
    {
        var hash = new HashCode();
        hash.AddBytes(line.Span);
        return hash.ToHashCode();
    }
}
