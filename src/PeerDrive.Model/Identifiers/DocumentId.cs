namespace PeerDrive.Model.Identifiers;

/// <summary>The identity of a document for ever: not its path, not its bytes, not its volume.</summary>
public readonly record struct DocumentId(Bits128 Bits) : IId<DocumentId>
{
    public static int Size => Bits128.Size;

    public static DocumentId Read(ReadOnlySpan<byte> source) => new(Bits128.Read(source));

    public void WriteTo(Span<byte> destination) => Bits.WriteTo(destination);

    public int CompareTo(DocumentId other) => Bits.CompareTo(other.Bits);

    public override string ToString() => this.ToHex();
}
