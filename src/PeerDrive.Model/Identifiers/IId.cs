namespace PeerDrive.Model.Identifiers;

/// <summary>An identifier of a fixed number of bytes, compared by value, shown in lower-case hexadecimal.</summary>
public interface IId<TSelf> : IComparable<TSelf>
    where TSelf : struct, IId<TSelf>
{
    /// <summary>Length in bytes.</summary>
    static abstract int Size { get; }

    /// <summary>Reads an id from the first <see cref="Size"/> bytes of <paramref name="source"/>.</summary>
    static abstract TSelf Read(ReadOnlySpan<byte> source);

    void WriteTo(Span<byte> destination);
}
