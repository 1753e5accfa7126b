namespace PeerDrive.Storage.Contents;

/// <summary>Bytes in memory as a source.</summary>
public sealed class MemorySource(ReadOnlyMemory<byte> bytes) : IContentSource
{
    public long Length => bytes.Length;

    public int Read(long offset, Span<byte> destination)
    {
        var rest = bytes.Span[(int)Math.Min(offset, bytes.Length)..];
        var count = Math.Min(rest.Length, destination.Length);
        rest[..count].CopyTo(destination);
        return count;
    }

    public long NextData(long offset) => offset;
}
