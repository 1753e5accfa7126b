using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace PeerDrive.Storage.Chunking;

/// <summary>
/// Content-defined chunking after FastCDC (Xia et al., USENIX ATC 2016) with normalised chunk sizes: before the average a cut
/// needs two more zero bits than the average asks for, behind it two fewer.
/// </summary>
public static class FastCdc
{
    private const int Normalisation = 2;

    // Line i is the first 8 bytes, little-endian, of SHA-256("PeerDrive gear" ‖ i as one byte). See docs/format.md.
    private static readonly ulong[] Gear = MakeGear();

    /// <summary>
    /// Length of the first chunk of <paramref name="data"/>, which holds at least <see cref="ChunkingParameters.Max"/> bytes or
    /// all that is left of the content. Bytes before <see cref="ChunkingParameters.Min"/> are not looked at.
    /// </summary>
    public static int FindCut(ReadOnlySpan<byte> data, ChunkingParameters parameters)
    {
        if (data.Length <= parameters.Min) return data.Length;
        var end = Math.Min(data.Length, parameters.Max);
        var middle = Math.Min(end, parameters.Average);
        var bits = BitOperations.Log2((uint)parameters.Average);
        ulong hash = 0;
        var cut = Scan(data[..middle], parameters.Min, Mask(bits + Normalisation), ref hash);
        if (cut == 0) cut = Scan(data[..end], middle, Mask(bits - Normalisation), ref hash);
        return cut == 0 ? end : cut;
    }

    private static int Scan(ReadOnlySpan<byte> data, int from, ulong mask, ref ulong state)
    {
        ref var gear = ref MemoryMarshal.GetArrayDataReference(Gear);
        var hash = state;
        for (var i = from; i < data.Length; i++)
        {
            hash = (hash << 1) + System.Runtime.CompilerServices.Unsafe.Add(ref gear, (nint)data[i]);
            if ((hash & mask) == 0) return i + 1;
        }
        state = hash;
        return 0;
    }

    /// <summary>The highest bits: they depend on the most bytes.</summary>
    private static ulong Mask(int bits) => ulong.MaxValue << (64 - bits);

    private static ulong[] MakeGear()
    {
        var gear = new ulong[256];
        Span<byte> seed = [.. "PeerDrive gear"u8, 0];
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        for (var i = 0; i < gear.Length; i++)
        {
            seed[^1] = (byte)i;
            SHA256.HashData(seed, hash);
            gear[i] = BinaryPrimitives.ReadUInt64LittleEndian(hash);
        }
        return gear;
    }
}
