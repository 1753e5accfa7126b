using System.Buffers.Binary;

namespace PeerDrive.Posix;

/// <summary>Numbers that a seed determines (SplitMix64), the same on every machine and version.</summary>
internal sealed class Chance(ulong seed)
{
    private ulong state = seed;

    public ulong Next()
    {
        state += 0x9E3779B97F4A7C15;
        var z = state;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    /// <summary>From 0 to <paramref name="end"/>, which is not reached; 0 when that is 0.</summary>
    public long Below(long end) => end <= 0 ? 0 : (long)(Next() % (ulong)end);

    public int Below(int end) => (int)Below((long)end);

    public bool OneIn(int count) => Below(count) == 0;

    public T Of<T>(IReadOnlyList<T> list) => list[Below(list.Count)];

    /// <summary>A length up to a bound: mostly small, sometimes all of it, sometimes just beside a page.</summary>
    public int Length(int most) => Below(8) switch
    {
        0 => 1 + Below(most),
        1 => Math.Min(most, Math.Max(1, 4096 * (1 + Below(4)) - 1 + Below(3))),
        2 => 1 + Below(16),
        _ => 1 + Below(Math.Min(most, 4096)),
    };

    /// <summary>Bytes that are not zero, so that a hole is never taken for them.</summary>
    public void Fill(Span<byte> bytes)
    {
        const ulong neverZero = 0x0101010101010101;
        for (; bytes.Length >= 8; bytes = bytes[8..]) BinaryPrimitives.WriteUInt64LittleEndian(bytes, Next() | neverZero);
        for (var i = 0; i < bytes.Length; i++) bytes[i] = (byte)(Next() | 1);
    }
}
