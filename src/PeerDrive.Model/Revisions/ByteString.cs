namespace PeerDrive.Model.Revisions;

/// <summary>Immutable bytes that compare by value: xattr names and values, link targets.</summary>
public readonly struct ByteString(ReadOnlySpan<byte> bytes) : IEquatable<ByteString>, IComparable<ByteString>
{
    private readonly byte[]? bytes = bytes.ToArray();

    public ReadOnlySpan<byte> Span => bytes;

    public bool IsEmpty => bytes is not { Length: > 0 };

    public static bool operator ==(ByteString left, ByteString right) => left.Equals(right);

    public static bool operator !=(ByteString left, ByteString right) => !left.Equals(right);

    public bool Equals(ByteString other) => Span.SequenceEqual(other.Span);

    public override bool Equals(object? obj) => obj is ByteString other && Equals(other);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.AddBytes(Span);
        return hash.ToHashCode();
    }

    public int CompareTo(ByteString other) => Span.SequenceCompareTo(other.Span);

    public override string ToString() => EntryName.Display(Span);
}
