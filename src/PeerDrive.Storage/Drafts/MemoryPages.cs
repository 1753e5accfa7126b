namespace PeerDrive.Storage.Drafts;

/// <summary>The few bytes of a small draft that has no file yet. Used under its draft's lock.</summary>
internal sealed class MemoryPages
{
    private const int PageBytes = 4096;

    private readonly Dictionary<long, byte[]> pages = [];

    public long AllocatedBytes => (long)pages.Count * PageBytes;

    /// <summary>Bytes that would be taken beyond those already taken by writing a range; more than there may ever be of a range that is too long.</summary>
    public long Needs(long offset, int length)
    {
        if (length > StorageLimits.DraftMemoryBytes) return long.MaxValue / 2;
        long needs = 0;
        for (var page = offset / PageBytes; page <= (offset + length - 1) / PageBytes; page++)
        {
            if (!pages.ContainsKey(page)) needs += PageBytes;
        }
        return needs;
    }

    public void Write(long offset, ReadOnlySpan<byte> source)
    {
        while (!source.IsEmpty)
        {
            var (number, at) = Math.DivRem(offset, PageBytes);
            var count = (int)Math.Min(PageBytes - at, source.Length);
            if (!pages.TryGetValue(number, out var page)) pages[number] = page = new byte[PageBytes];
            source[..count].CopyTo(page.AsSpan((int)at));
            source = source[count..];
            offset += count;
        }
    }

    /// <summary>Reads what was written; nothing else is asked for.</summary>
    public void Read(long offset, Span<byte> destination)
    {
        while (!destination.IsEmpty)
        {
            var (number, at) = Math.DivRem(offset, PageBytes);
            var count = (int)Math.Min(PageBytes - at, destination.Length);
            pages[number].AsSpan((int)at, count).CopyTo(destination);
            destination = destination[count..];
            offset += count;
        }
    }
}
