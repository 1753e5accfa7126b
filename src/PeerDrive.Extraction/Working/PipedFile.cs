using System.Buffers.Binary;

namespace PeerDrive.Extraction.Working;

/// <summary>A content of the node's as a stream in the worker: blocks are asked for when they are read, and some are remembered.</summary>
internal sealed class PipedFile(Stream fromNode, Stream toNode, long size) : Stream
{
    private readonly Dictionary<long, byte[]> blocks = [];
    private readonly Queue<long> order = new();
    private long position;
    private long left = ExtractionLimits.ReadBytes;

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => size;

    public override long Position
    {
        get => position;
        set => position = value >= 0 ? value : throw new IOException("A file has no bytes before its first.");
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        if (position >= size || buffer.IsEmpty) return 0;
        var number = position / ExtractionLimits.BlockBytes;
        var block = Block(number);
        var at = (int)(position - number * ExtractionLimits.BlockBytes);
        var length = Math.Min(buffer.Length, block.Length - at);
        block.AsSpan(at, length).CopyTo(buffer);
        position += length;
        return length;
    }

    public override long Seek(long offset, SeekOrigin origin) => Position = origin switch
    {
        SeekOrigin.Begin => offset,
        SeekOrigin.Current => position + offset,
        _ => size + offset,
    };

    public override void Flush()
    {
    }

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    private byte[] Block(long number)
    {
        if (blocks.TryGetValue(number, out var known)) return known;
        var offset = number * ExtractionLimits.BlockBytes;
        var length = (int)Math.Min(ExtractionLimits.BlockBytes, size - offset);
        left -= length;
        if (left < 0) throw new InvalidDataException($"more than {ExtractionLimits.ReadBytes >> 20} MiB of it would have to be read");
        toNode.Write(WorkerPipe.Wanted(offset, length));
        toNode.Flush();
        Span<byte> told = stackalloc byte[4];
        fromNode.ReadExactly(told);
        if (BinaryPrimitives.ReadInt32LittleEndian(told) != length) throw new ContentEndedException();
        var block = new byte[length];
        fromNode.ReadExactly(block);
        if (blocks.Count >= ExtractionLimits.Blocks) blocks.Remove(order.Dequeue());
        blocks[number] = block;
        order.Enqueue(number);
        return block;
    }
}
