namespace PeerDrive.Model.Identifiers;

/// <summary>One hash-chained log: a device in one incarnation. A device restored from an old image begins a new incarnation.</summary>
public readonly record struct AuthorId(Bits128 Bits) : IId<AuthorId>
{
    /// <summary>First 16 bytes of SHA-256 over the DeviceId (32 bytes) and the incarnation (8 bytes, big-endian).</summary>
    public static AuthorId Of(DeviceId device, ulong incarnation)
    {
        Span<byte> bytes = stackalloc byte[DeviceId.Size + sizeof(ulong)];
        device.WriteTo(bytes);
        System.Buffers.Binary.BinaryPrimitives.WriteUInt64BigEndian(bytes[DeviceId.Size..], incarnation);
        return Id.Hash<AuthorId>(bytes);
    }

    public static int Size => Bits128.Size;

    public static AuthorId Read(ReadOnlySpan<byte> source) => new(Bits128.Read(source));

    public void WriteTo(Span<byte> destination) => Bits.WriteTo(destination);

    public int CompareTo(AuthorId other) => Bits.CompareTo(other.Bits);

    public override string ToString() => this.ToHex();
}
