namespace PeerDrive.Model.Identifiers;

/// <summary>SHA-256 of a changeset's header bytes as received, without the signature.</summary>
public readonly record struct ChangesetHash(Bits256 Bits) : IId<ChangesetHash>
{
    public static int Size => Bits256.Size;

    public static ChangesetHash Read(ReadOnlySpan<byte> source) => new(Bits256.Read(source));

    public void WriteTo(Span<byte> destination) => Bits.WriteTo(destination);

    public int CompareTo(ChangesetHash other) => Bits.CompareTo(other.Bits);

    public override string ToString() => this.ToHex();
}
