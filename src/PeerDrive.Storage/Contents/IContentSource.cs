namespace PeerDrive.Storage.Contents;

/// <summary>Bytes about to be stored: an open file, or bytes in memory.</summary>
public interface IContentSource
{
    /// <summary>Bytes when it was opened; should the source shrink meanwhile, reading ends early.</summary>
    long Length { get; }

    /// <summary>Reads until <paramref name="destination"/> is full or the source ends.</summary>
    int Read(long offset, Span<byte> destination);

    /// <summary>
    /// Where the next byte that is no hole lies, at or after <paramref name="offset"/>; <see cref="Length"/> when only a hole
    /// follows. A source without holes gives <paramref name="offset"/> itself.
    /// </summary>
    long NextData(long offset);
}
