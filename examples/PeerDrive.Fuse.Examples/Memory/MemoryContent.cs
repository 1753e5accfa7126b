using PeerDrive.Fuse;

namespace PeerDrive.Fuse.Examples.Memory;

/// <summary>The bytes of a file, in blocks; a block that was never written is a hole.</summary>
internal sealed class MemoryContent
{
    private const int BlockBytes = 64 << 10;

    private readonly SortedDictionary<long, byte[]> blocks = [];

    public long Length { get; private set; }

    /// <summary>Of 512 bytes, as stat tells them.</summary>
    public long Sectors => blocks.Count * (BlockBytes / 512L);

    public int Read(long offset, Span<byte> destination)
    {
        if (offset >= Length) return 0;
        var count = (int)Math.Min(destination.Length, Length - offset);
        for (var done = 0; done < count;)
        {
            var (index, at, part) = Split(offset + done, count - done);
            if (blocks.TryGetValue(index, out var block)) block.AsSpan(at, part).CopyTo(destination[done..]);
            else destination.Slice(done, part).Clear();
            done += part;
        }
        return count;
    }

    public void Write(long offset, ReadOnlySpan<byte> source)
    {
        for (var done = 0; done < source.Length;)
        {
            var (index, at, part) = Split(offset + done, source.Length - done);
            if (!blocks.TryGetValue(index, out var block)) blocks[index] = block = new byte[BlockBytes];
            source.Slice(done, part).CopyTo(block.AsSpan(at));
            done += part;
        }
        Length = Math.Max(Length, offset + source.Length);
    }

    public void Resize(long length)
    {
        if (length < Length) Clear(length, Length - length);
        Length = length;
    }

    /// <summary>Makes zeros of a range; the length stays.</summary>
    public void Clear(long offset, long length)
    {
        var end = Math.Min(offset + length, Math.Max(Length, offset));
        foreach (var index in blocks.Keys.Where(index => index >= offset / BlockBytes && index * BlockBytes < end).ToList())
        {
            var from = Math.Max(offset - index * BlockBytes, 0);
            var to = Math.Min(end - index * BlockBytes, BlockBytes);
            if (from == 0 && (to == BlockBytes || index * BlockBytes + to >= Length)) blocks.Remove(index);
            else blocks[index].AsSpan((int)from, (int)(to - from)).Clear();
        }
    }

    /// <returns>Null: there is none any more.</returns>
    public long? Seek(long offset, FuseSeek what)
    {
        if (offset >= Length) return null;
        if (what == FuseSeek.Data)
        {
            foreach (var index in blocks.Keys)
            {
                if ((index + 1) * BlockBytes > offset) return Math.Max(offset, index * BlockBytes);
            }
            return null;
        }
        while (offset < Length && blocks.ContainsKey(offset / BlockBytes)) offset = (offset / BlockBytes + 1) * BlockBytes;
        return Math.Min(offset, Length);
    }

    private static (long Index, int At, int Part) Split(long offset, int count)
    {
        var at = (int)(offset % BlockBytes);
        return (offset / BlockBytes, at, Math.Min(count, BlockBytes - at));
    }
}
