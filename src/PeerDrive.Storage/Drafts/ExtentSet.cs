using System.Buffers.Binary;

namespace PeerDrive.Storage.Drafts;

/// <summary>A set of bytes as ranges that neither touch nor overlap, in order. Used under its owner's lock.</summary>
internal sealed class ExtentSet
{
    private const int EncodedBytes = 16;

    private readonly List<Extent> extents = [];

    public int Count => extents.Count;

    /// <summary>Number of bytes in the set.</summary>
    public long Bytes { get; private set; }

    /// <summary>Where the last range ends; 0 of an empty set.</summary>
    public long End => extents.Count == 0 ? 0 : extents[^1].End;

    public IReadOnlyList<Extent> All => extents;

    /// <summary>Where the range that holds a byte ends; null when it is not in the set.</summary>
    public long? EndAt(long offset)
    {
        var at = FirstEndingAfter(offset);
        return at < extents.Count && extents[at].Start <= offset ? extents[at].End : null;
    }

    /// <summary>Where the first range begins that does at or after a byte; <see cref="long.MaxValue"/> when none does.</summary>
    public long NextStart(long offset)
    {
        var at = FirstEndingAfter(offset);
        if (at < extents.Count && extents[at].Start < offset) at++;
        return at < extents.Count ? extents[at].Start : long.MaxValue;
    }

    public void Add(long start, long end)
    {
        if (start >= end) return;
        // Ranges that touch become one.
        var first = FirstEndingAfter(start - 1);
        var last = first;
        while (last < extents.Count && extents[last].Start <= end)
        {
            start = Math.Min(start, extents[last].Start);
            end = Math.Max(end, extents[last].End);
            Bytes -= extents[last].Length;
            last++;
        }
        Bytes += end - start;
        if (last == first)
        {
            extents.Insert(first, new Extent(start, end));
            return;
        }
        extents[first] = new Extent(start, end);
        extents.RemoveRange(first + 1, last - first - 1);
    }

    public void Remove(long start, long end)
    {
        if (start >= end) return;
        var first = FirstEndingAfter(start);
        var last = first;
        var rest = new List<Extent>(2);
        while (last < extents.Count && extents[last].Start < end)
        {
            var extent = extents[last++];
            Bytes -= extent.Length;
            if (extent.Start < start) rest.Add(new Extent(extent.Start, start));
            if (extent.End > end) rest.Add(new Extent(end, extent.End));
        }
        foreach (var extent in rest) Bytes += extent.Length;
        extents.RemoveRange(first, last - first);
        extents.InsertRange(first, rest);
    }

    public void Clear()
    {
        extents.Clear();
        Bytes = 0;
    }

    public byte[] Encode()
    {
        var bytes = new byte[extents.Count * EncodedBytes];
        for (var i = 0; i < extents.Count; i++)
        {
            BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(i * EncodedBytes), extents[i].Start);
            BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(i * EncodedBytes + sizeof(long)), extents[i].End);
        }
        return bytes;
    }

    /// <summary>Null: these bytes are no set.</summary>
    public static ExtentSet? TryDecode(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length % EncodedBytes != 0) return null;
        var set = new ExtentSet();
        for (; !bytes.IsEmpty; bytes = bytes[EncodedBytes..])
        {
            long start = BinaryPrimitives.ReadInt64LittleEndian(bytes), end = BinaryPrimitives.ReadInt64LittleEndian(bytes[sizeof(long)..]);
            if (start < 0 || end <= start || (set.Count > 0 && start <= set.End)) return null;
            set.extents.Add(new Extent(start, end));
            set.Bytes += end - start;
        }
        return set;
    }

    private int FirstEndingAfter(long offset)
    {
        // Most writes go on where the last one ended.
        if (extents.Count == 0 || extents[^1].End <= offset) return extents.Count;
        int low = 0, high = extents.Count;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (extents[middle].End > offset) high = middle;
            else low = middle + 1;
        }
        return low;
    }
}
