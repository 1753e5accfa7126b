namespace PeerDrive.Model.Identifiers;

/// <summary>SHA-256 of a chunk's plain bytes.</summary>
public readonly record struct ChunkId(Bits256 Bits) : IId<ChunkId>
{
    public static int Size => Bits256.Size;

    public static ChunkId Read(ReadOnlySpan<byte> source) => new(Bits256.Read(source));

    public void WriteTo(Span<byte> destination) => Bits.WriteTo(destination);

    public int CompareTo(ChunkId other) => Bits.CompareTo(other.Bits);

    public override string ToString() => this.ToHex();
}
