using System.Runtime.InteropServices;

namespace PeerDrive.Native.Compression;

/// <summary>The system's libzstd. Thread-safe: each thread has its own contexts.</summary>
public static unsafe partial class Zstd
{
    private const string Library = "libzstd.so.1";

    [ThreadStatic]
    private static Contexts? contexts;

    /// <summary>Bytes that compressing so many can take at most.</summary>
    public static int CompressBound(int plain) => plain + (plain >> 8) + 512;

    /// <summary>Compresses into <paramref name="destination"/>, which has <see cref="CompressBound"/> bytes.</summary>
    /// <returns>Bytes written.</returns>
    public static int Compress(ReadOnlySpan<byte> plain, Span<byte> destination, int level)
    {
        fixed (byte* source = plain)
        fixed (byte* target = destination)
        {
            var result = ZSTD_compressCCtx(Own.Compress, target, (nuint)destination.Length, source, (nuint)plain.Length, level);
            return ZSTD_isError(result) == 0 ? (int)result : throw new InvalidOperationException($"zstd failed to compress {plain.Length} bytes ({result}).");
        }
    }

    /// <summary>Decompresses one frame that has exactly the length of <paramref name="plain"/>; false when it has not, or is damaged.</summary>
    public static bool TryDecompress(ReadOnlySpan<byte> payload, Span<byte> plain)
    {
        fixed (byte* source = payload)
        fixed (byte* target = plain)
        {
            if (ZSTD_getFrameContentSize(source, (nuint)payload.Length) != (ulong)plain.Length) return false;
            return ZSTD_decompressDCtx(Own.Decompress, target, (nuint)plain.Length, source, (nuint)payload.Length) == (nuint)plain.Length;
        }
    }

    private static Contexts Own => contexts ??= new Contexts();

    [LibraryImport(Library)]
    private static partial nint ZSTD_createCCtx();

    [LibraryImport(Library)]
    private static partial nuint ZSTD_freeCCtx(nint context);

    [LibraryImport(Library)]
    private static partial nint ZSTD_createDCtx();

    [LibraryImport(Library)]
    private static partial nuint ZSTD_freeDCtx(nint context);

    [LibraryImport(Library)]
    private static partial nuint ZSTD_compressCCtx(nint context, byte* target, nuint capacity, byte* source, nuint size, int level);

    [LibraryImport(Library)]
    private static partial nuint ZSTD_decompressDCtx(nint context, byte* target, nuint capacity, byte* source, nuint size);

    [LibraryImport(Library)]
    private static partial ulong ZSTD_getFrameContentSize(byte* source, nuint size);

    [LibraryImport(Library)]
    private static partial uint ZSTD_isError(nuint code);

    private sealed class Contexts
    {
        ~Contexts()
        {
            ZSTD_freeCCtx(Compress);
            ZSTD_freeDCtx(Decompress);
        }

        public nint Compress { get; } = ZSTD_createCCtx();

        public nint Decompress { get; } = ZSTD_createDCtx();
    }
}
