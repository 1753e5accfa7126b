namespace PeerDrive.Posix.Exercising;

/// <summary>What a file should hold: blocks by number; those that are missing are zeros.</summary>
internal sealed class SparseModel
{
    private const int BlockBytes = 64 << 10;

    private readonly Dictionary<long, byte[]> blocks = [];

    public long Length { get; private set; }

    /// <summary>Where blocks are, in order.</summary>
    public IEnumerable<(long Offset, int Length)> Blocks =>
        blocks.Keys.Order().Select(index => (index * BlockBytes, (int)Math.Min(BlockBytes, Length - index * BlockBytes))).Where(range => range.Item2 > 0);

    public void Read(long offset, Span<byte> destination)
    {
        while (destination.Length > 0)
        {
            var (index, at, count) = Part(offset, destination.Length);
            if (blocks.TryGetValue(index, out var block)) block.AsSpan(at, count).CopyTo(destination);
            else destination[..count].Clear();
            destination = destination[count..];
            offset += count;
        }
    }

    public void Write(long offset, ReadOnlySpan<byte> source)
    {
        if (source.Length == 0) return;
        Length = Math.Max(Length, offset + source.Length);
        while (source.Length > 0)
        {
            var (index, at, count) = Part(offset, source.Length);
            if (!blocks.TryGetValue(index, out var block)) blocks[index] = block = new byte[BlockBytes];
            source[..count].CopyTo(block.AsSpan(at));
            source = source[count..];
            offset += count;
        }
    }

    public void Resize(long length)
    {
        if (length < Length) Clear(length, Length - length);
        Length = length;
    }

    /// <summary>Makes zeros; the length stays.</summary>
    public void Clear(long offset, long length)
    {
        var end = Math.Min(offset + length, Length);
        if (end <= offset) return;
        foreach (var index in blocks.Keys.Where(index => (index + 1) * BlockBytes > offset && index * BlockBytes < end).ToList())
        {
            var from = Math.Max(offset - index * BlockBytes, 0);
            var to = Math.Min(end - index * BlockBytes, BlockBytes);
            if (from == 0 && to == BlockBytes) blocks.Remove(index);
            else blocks[index].AsSpan((int)from, (int)(to - from)).Clear();
        }
    }

    /// <summary>Whether a range is zeros.</summary>
    public bool IsClear(long offset, long length) => blocks.All(pair =>
    {
        var from = Math.Max(offset - pair.Key * BlockBytes, 0);
        var to = Math.Min(offset + length - pair.Key * BlockBytes, BlockBytes);
        return from >= to || pair.Value.AsSpan((int)from, (int)(to - from)).IndexOfAnyExcept((byte)0) < 0;
    });

    private static (long Index, int At, int Count) Part(long offset, int length)
    {
        var at = (int)(offset % BlockBytes);
        return (offset / BlockBytes, at, Math.Min(length, BlockBytes - at));
    }
}
