namespace PeerDrive.Storage.Contents;

/// <summary>A content of one volume, about to be stored in another. All of it is here.</summary>
public sealed class ContentCopy(ContentReader reader) : IContentSource
{
    public long Length => (long)reader.Content.Size;

    public int Read(long offset, Span<byte> destination)
    {
        var read = 0;
        while (read < destination.Length && offset + read < Length)
        {
            var some = reader.Read(offset + read, destination[read..]);
            if (some == 0) break;
            read += some;
        }
        return read;
    }

    public long NextData(long offset) => offset;
}
