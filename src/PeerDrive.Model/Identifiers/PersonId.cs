namespace PeerDrive.Model.Identifiers;

/// <summary>SHA-256 of a person's public key info (DER).</summary>
public readonly record struct PersonId(Bits256 Bits) : IId<PersonId>
{
    public static int Size => Bits256.Size;

    public static PersonId Read(ReadOnlySpan<byte> source) => new(Bits256.Read(source));

    public void WriteTo(Span<byte> destination) => Bits.WriteTo(destination);

    public int CompareTo(PersonId other) => Bits.CompareTo(other.Bits);

    public override string ToString() => this.ToHex();
}
