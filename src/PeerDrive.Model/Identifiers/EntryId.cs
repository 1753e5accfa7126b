namespace PeerDrive.Model.Identifiers;

/// <summary>A name in a folder that refers to a document. A folder is named by the entry it hangs on.</summary>
public readonly record struct EntryId(Bits128 Bits) : IId<EntryId>
{
    /// <summary>The volume's top folder, which has no entry of its own.</summary>
    public static readonly EntryId Root;

    /// <summary>Where entries are shown whose folder is unknown.</summary>
    public static readonly EntryId LostAndFound = new(new Bits128(0, 1));

    public static int Size => Bits128.Size;

    public static EntryId Read(ReadOnlySpan<byte> source) => new(Bits128.Read(source));

    public void WriteTo(Span<byte> destination) => Bits.WriteTo(destination);

    public int CompareTo(EntryId other) => Bits.CompareTo(other.Bits);

    public override string ToString() => this.ToHex();
}
