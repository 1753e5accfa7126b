namespace PeerDrive.Storage.Disks;

/// <summary>An open file. Reads may run beside each other and beside a write; writes come from one thread at a time.</summary>
public interface IDiskFile : IDisposable
{
    long Length { get; }

    /// <summary>Reads until <paramref name="destination"/> is full or the file ends.</summary>
    /// <returns>Bytes read.</returns>
    int Read(long offset, Span<byte> destination);

    /// <summary>Writes all of <paramref name="source"/>.</summary>
    void Write(long offset, ReadOnlySpan<byte> source);

    void Truncate(long length);

    /// <summary>Returns when all that was written is durable. After a failure nothing since the last success counts as stored.</summary>
    void Sync();
}
