using System.Buffers;

namespace PeerDrive.Storage.Packs;

/// <summary>Bytes in a rented array with one owner, who disposes it exactly once.</summary>
public sealed class PooledBytes : IDisposable
{
    private byte[]? array;
    private int start;

    public PooledBytes(int length)
    {
        array = ArrayPool<byte>.Shared.Rent(length);
        Length = length;
    }

    public int Length { get; private set; }

    public Memory<byte> Memory => array.AsMemory(start, Length);

    public Span<byte> Span => array.AsSpan(start, Length);

    /// <summary>Forgets what lies behind the first <paramref name="length"/> bytes.</summary>
    public void Shorten(int length)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, Length);
        Length = length;
    }

    /// <summary>Forgets the first <paramref name="count"/> bytes.</summary>
    public void Skip(int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, Length);
        start += count;
        Length -= count;
    }

    public void Dispose()
    {
        if (array is { } rented) ArrayPool<byte>.Shared.Return(rented);
        array = null;
    }
}
