using System.Buffers;
using System.Net.Sockets;

namespace PeerDrive.Transport.Connections.Tls;

/// <summary>
/// The socket's stream below TLS. TLS writes a record of 16 KiB at a time; once <see cref="Coalesce"/> is set, records are gathered
/// until the buffer is full or flushed, so that a batch costs one system call. One reader and one writer at a time.
/// </summary>
internal sealed class CoalescingStream(Socket socket) : Stream
{
    // A batch and the overhead of its records, so that a batch usually fits.
    private const int BufferBytes = TransportLimits.BatchBytes + TransportLimits.PayloadBytes + 4096;

    private readonly NetworkStream inner = new(socket, ownsSocket: true);
    private byte[]? buffer;
    private int used;

    public bool Coalesce { get; set; }

    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override ValueTask<int> ReadAsync(Memory<byte> destination, CancellationToken cancellationToken = default) =>
        inner.ReadAsync(destination, cancellationToken);

    public override int Read(byte[] buffer, int offset, int count) => inner.Read(buffer, offset, count);

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default)
    {
        if (!Coalesce)
        {
            await inner.WriteAsync(source, cancellationToken).ConfigureAwait(false);
            return;
        }
        if (used + source.Length > BufferBytes) await FlushAsync(cancellationToken).ConfigureAwait(false);
        if (source.Length > BufferBytes)
        {
            await inner.WriteAsync(source, cancellationToken).ConfigureAwait(false);
            return;
        }
        buffer ??= ArrayPool<byte>.Shared.Rent(BufferBytes);
        source.CopyTo(buffer.AsMemory(used));
        used += source.Length;
    }

    public override void Write(byte[] buffer, int offset, int count) => inner.Write(buffer, offset, count);

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override async Task FlushAsync(CancellationToken cancellationToken)
    {
        if (used == 0) return;
        var length = used;
        used = 0;
        await inner.WriteAsync(buffer.AsMemory(0, length), cancellationToken).ConfigureAwait(false);
    }

    public override void Flush()
    {
        // Reached only from SslStream's own disposal, when there is nobody left to write to.
    }

    /// <summary>Gives the buffer back while there is nothing to send: idle connections hold little.</summary>
    public void Release()
    {
        if (buffer is null || used > 0) return;
        ArrayPool<byte>.Shared.Return(buffer);
        buffer = null;
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        // The buffer is left to the garbage collector: a write that was cut off may still refer to it.
        if (disposing) inner.Dispose();
        base.Dispose(disposing);
    }
}
