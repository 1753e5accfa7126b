using Microsoft.Win32.SafeHandles;

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

    /// <summary>Cuts, or extends by a hole.</summary>
    void Truncate(long length);

    /// <summary>Where the next byte that is no hole lies; <see cref="Length"/> when only a hole follows.</summary>
    long NextData(long offset);

    /// <summary>Where the next hole begins; <see cref="Length"/> when none does before it.</summary>
    long NextHole(long offset);

    /// <summary>Gives a range back, which reads as zeros then; the length stays.</summary>
    void PunchHole(long offset, long length);

    /// <summary>Reserves room, so that writing there cannot find the disk full; the length stays.</summary>
    void Allocate(long offset, long length);

    FileStatus Status { get; }

    /// <summary>The operating system's file, which lives as long as this; null where there is none.</summary>
    SafeFileHandle? Handle { get; }

    /// <summary>Returns when all that was written is durable. After a failure nothing since the last success counts as stored.</summary>
    void Sync();
}
