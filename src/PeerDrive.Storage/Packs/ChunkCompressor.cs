using PeerDrive.Model.Errors;
using PeerDrive.Native.Compression;

namespace PeerDrive.Storage.Packs;

/// <summary>Decides whether compressing a chunk pays, and does it.</summary>
internal static class ChunkCompressor
{
    private const int Level = 3;
    private const int SampleBytes = 4096;

    /// <summary>Bytes that the destination of <see cref="TryCompress"/> must have.</summary>
    public static int Bound(int plain) => Zstd.CompressBound(plain);

    /// <summary>Compresses, and decompresses again to be sure.</summary>
    /// <returns>Bytes written; 0 when less than a sixteenth would be saved.</returns>
    public static int TryCompress(ReadOnlySpan<byte> plain, Span<byte> destination)
    {
        if (plain.Length < StorageLimits.CompressBytes) return 0;
        if (plain.Length > 4 * SampleBytes && !SamplePays(plain)) return 0;
        var length = Zstd.Compress(plain, destination, Level);
        if (length >= plain.Length - plain.Length / 16) return 0;
        using var check = new PooledBytes(plain.Length);
        Decompress(destination[..length], check.Span);
        return check.Span.SequenceEqual(plain)
            ? length
            : throw new PeerDriveException(ErrorKind.Internal, "zstd did not give back what it was given; the chunk was not stored.");
    }

    /// <summary>Fills <paramref name="plain"/> exactly.</summary>
    /// <exception cref="PeerDriveException">Corrupt: not zstd, or of another length.</exception>
    public static void Decompress(ReadOnlySpan<byte> payload, Span<byte> plain)
    {
        if (!Zstd.TryDecompress(payload, plain)) throw new PeerDriveException(ErrorKind.Corrupt, "A compressed chunk does not decompress.");
    }

    /// <summary>Whether a sample from the chunk's middle becomes smaller.</summary>
    public static bool SamplePays(ReadOnlySpan<byte> plain)
    {
        if (plain.Length < SampleBytes) return true;
        var sample = plain.Slice(plain.Length / 2 - SampleBytes / 2, SampleBytes);
        Span<byte> scratch = stackalloc byte[Zstd.CompressBound(SampleBytes)];
        return Zstd.Compress(sample, scratch, 1) < SampleBytes - SampleBytes / 16;
    }
}
