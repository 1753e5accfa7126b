using System.Buffers;

namespace PeerDrive.Storage.Packs;

/// <summary>Bytes in a rented array with one owner, who disposes it exactly once.</summary>
public sealed class PooledBytes : IDisposable
{
    private byte[]? array;

    public PooledBytes(int length)
    {
        array = ArrayPool<byte>.Shared.Rent(length);
        Length = length;
    }

    public int Length { get; private set; }

    public Memory<byte> Memory => array.AsMemory(0, Length);

    public Span<byte> Span => array.AsSpan(0, Length);

    /// <summary>Forgets what lies behind the first <paramref name="length"/> bytes.</summary>
    public void Shorten(int length)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, Length);
        Length = length;
    }

    public void Dispose()
    {
        if (array is { } rented) ArrayPool<byte>.Shared.Return(rented);
        array = null;
    }
}
