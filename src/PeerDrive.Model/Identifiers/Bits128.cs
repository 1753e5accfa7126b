using System.Buffers.Binary;

namespace PeerDrive.Model.Identifiers;

/// <summary>128 bits that compare by value in the order of their big-endian bytes: what 16-byte ids are made of.</summary>
public readonly record struct Bits128(ulong High, ulong Low) : IComparable<Bits128>
{
    public const int Size = 16;

    public static Bits128 Read(ReadOnlySpan<byte> source) =>
        new(BinaryPrimitives.ReadUInt64BigEndian(source), BinaryPrimitives.ReadUInt64BigEndian(source[8..]));

    public void WriteTo(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt64BigEndian(destination, High);
        BinaryPrimitives.WriteUInt64BigEndian(destination[8..], Low);
    }

    public int CompareTo(Bits128 other) => High != other.High ? High.CompareTo(other.High) : Low.CompareTo(other.Low);
}
