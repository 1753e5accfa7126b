namespace PeerDrive.Model.Identifiers;

/// <summary>SHA-256 of a device's public key info (DER). <see cref="DeviceIdText"/> has the form that people read.</summary>
public readonly record struct DeviceId(Bits256 Bits) : IId<DeviceId>
{
    public static int Size => Bits256.Size;

    public static DeviceId Read(ReadOnlySpan<byte> source) => new(Bits256.Read(source));

    public void WriteTo(Span<byte> destination) => Bits.WriteTo(destination);

    public int CompareTo(DeviceId other) => Bits.CompareTo(other.Bits);

    public override string ToString() => this.ToHex();
}
