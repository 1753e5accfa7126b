using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;

namespace PeerDrive.Storage.Packs;

/// <summary>
/// CRC-32C (Castagnoli, RFC 3720), by the processor's instruction where it has one. The instruction takes three cycles, and a next one can
/// begin in each: so of long spans three stretches are computed beside each other and then joined.
/// </summary>
internal static class Crc32C
{
    private const int StretchBytes = 2048;

    private static readonly uint[] Shift = ShiftOverStretch();

    /// <param name="seed">The result over the bytes before these; 0 at the beginning.</param>
    public static uint Compute(ReadOnlySpan<byte> bytes, uint seed = 0)
    {
        var crc = ~seed;
        var words = MemoryMarshal.Cast<byte, ulong>(bytes);
        const int stretch = StretchBytes / sizeof(ulong);
        for (; words.Length >= 3 * stretch; words = words[(3 * stretch)..])
        {
            var first = words[..stretch];
            var second = words.Slice(stretch, stretch);
            var third = words.Slice(2 * stretch, stretch);
            uint b = 0, c = 0;
            for (var i = 0; i < stretch; i++)
            {
                crc = BitOperations.Crc32C(crc, Little(first[i]));
                b = BitOperations.Crc32C(b, Little(second[i]));
                c = BitOperations.Crc32C(c, Little(third[i]));
            }
            crc = Shifted(Shifted(crc) ^ b) ^ c;
        }
        foreach (var word in words) crc = BitOperations.Crc32C(crc, Little(word));
        foreach (var b in bytes[(bytes.Length & ~7)..]) crc = BitOperations.Crc32C(crc, b);
        return ~crc;
    }

    private static ulong Little(ulong word) => BitConverter.IsLittleEndian ? word : BinaryPrimitives.ReverseEndianness(word);

    /// <summary>The register after a stretch of zeros.</summary>
    private static uint Shifted(uint crc) =>
        Shift[crc & 0xFF] ^ Shift[0x100 + ((crc >> 8) & 0xFF)] ^ Shift[0x200 + ((crc >> 16) & 0xFF)] ^ Shift[0x300 + (crc >> 24)];

    // Zeros map the register linearly, so that each bit can be followed by itself: four tables, one for each byte of the register.
    private static uint[] ShiftOverStretch()
    {
        var bits = new uint[32];
        for (var bit = 0; bit < 32; bit++)
        {
            bits[bit] = 1u << bit;
            for (var i = 0; i < StretchBytes / sizeof(ulong); i++) bits[bit] = BitOperations.Crc32C(bits[bit], 0ul);
        }
        var tables = new uint[4 * 256];
        for (var i = 0; i < tables.Length; i++)
        {
            for (var bit = 0; bit < 8; bit++)
            {
                if ((i >> bit & 1) != 0) tables[i] ^= bits[i / 256 * 8 + bit];
            }
        }
        return tables;
    }
}
