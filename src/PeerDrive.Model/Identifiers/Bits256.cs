using System.Buffers.Binary;

namespace PeerDrive.Model.Identifiers;

/// <summary>256 bits that compare by value in the order of their big-endian bytes: what SHA-256 ids are made of.</summary>
public readonly record struct Bits256(ulong A, ulong B, ulong C, ulong D) : IComparable<Bits256>
{
    public const int Size = 32;

    public static Bits256 Read(ReadOnlySpan<byte> source) => new(
        BinaryPrimitives.ReadUInt64BigEndian(source),
        BinaryPrimitives.ReadUInt64BigEndian(source[8..]),
        BinaryPrimitives.ReadUInt64BigEndian(source[16..]),
        BinaryPrimitives.ReadUInt64BigEndian(source[24..]));

    public void WriteTo(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt64BigEndian(destination, A);
        BinaryPrimitives.WriteUInt64BigEndian(destination[8..], B);
        BinaryPrimitives.WriteUInt64BigEndian(destination[16..], C);
        BinaryPrimitives.WriteUInt64BigEndian(destination[24..], D);
    }

    public int CompareTo(Bits256 other)
    {
        if (A != other.A) return A.CompareTo(other.A);
        if (B != other.B) return B.CompareTo(other.B);
        return C != other.C ? C.CompareTo(other.C) : D.CompareTo(other.D);
    }

    // Already uniformly distributed: one word is as good a hash as any.
    public override int GetHashCode() => A.GetHashCode();
}
