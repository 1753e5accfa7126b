namespace PeerDrive.Model.Identifiers;

/// <summary>SHA-256 of a revision's encoded bytes.</summary>
public readonly record struct RevisionId(Bits256 Bits) : IId<RevisionId>
{
    public static int Size => Bits256.Size;

    public static RevisionId Read(ReadOnlySpan<byte> source) => new(Bits256.Read(source));

    public void WriteTo(Span<byte> destination) => Bits.WriteTo(destination);

    public int CompareTo(RevisionId other) => Bits.CompareTo(other.Bits);

    public override string ToString() => this.ToHex();
}
