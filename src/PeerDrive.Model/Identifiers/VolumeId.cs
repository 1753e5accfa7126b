namespace PeerDrive.Model.Identifiers;

/// <summary>A replicated namespace; derived from its first owner's key, so that nobody else can begin the same volume.</summary>
public readonly record struct VolumeId(Bits128 Bits) : IId<VolumeId>
{
    public static int Size => Bits128.Size;

    public static VolumeId Read(ReadOnlySpan<byte> source) => new(Bits128.Read(source));

    public void WriteTo(Span<byte> destination) => Bits.WriteTo(destination);

    public int CompareTo(VolumeId other) => Bits.CompareTo(other.Bits);

    public override string ToString() => this.ToHex();
}
