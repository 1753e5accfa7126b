using PeerDrive.Model.Identifiers;

namespace PeerDrive.Folders;

/// <summary>Names a linked folder on this device: in its marker file and in the replica's state.</summary>
public readonly record struct LinkId(Bits128 Bits) : IId<LinkId>
{
    public static int Size => Bits128.Size;

    public static LinkId Read(ReadOnlySpan<byte> source) => new(Bits128.Read(source));

    public static LinkId Create(Random random)
    {
        Span<byte> bytes = stackalloc byte[Bits128.Size];
        random.NextBytes(bytes);
        return Read(bytes);
    }

    public void WriteTo(Span<byte> destination) => Bits.WriteTo(destination);

    public int CompareTo(LinkId other) => Bits.CompareTo(other.Bits);

    public override string ToString() => this.ToHex();
}
