namespace PeerDrive.Simulation.Disks;

/// <summary>Bytes of one file as programs see them, as the platter has them, and what lies between.</summary>
internal sealed class SimulatedFile
{
    private readonly Bytes seen = new();
    private readonly Bytes durable = new();
    private List<Change> pending = [];

    public long Length => seen.Length;

    public int Read(long offset, Span<byte> destination) => seen.Read(offset, destination);

    public void Write(long offset, ReadOnlySpan<byte> source)
    {
        seen.Write(offset, source);
        pending.Add(new Change(offset, source.ToArray()));
    }

    public void Truncate(long length)
    {
        seen.SetLength(length);
        pending.Add(new Change(length, null));
    }

    public void Sync()
    {
        foreach (var change in pending) change.Apply(durable);
        pending = [];
    }

    /// <summary>The platter took some of it, and nobody will try again with the rest, though programs go on seeing it.</summary>
    public void FailSync(Random random) => Lose(random);

    /// <summary>The power went: of what was not synced some came through, the last perhaps in part.</summary>
    public void Crash(Random random)
    {
        Lose(random);
        seen.CopyFrom(durable);
    }

    public SimulatedFile Clone(bool durableOnly)
    {
        var clone = new SimulatedFile();
        clone.seen.CopyFrom(durableOnly ? durable : seen);
        clone.durable.CopyFrom(durableOnly ? durable : seen);
        return clone;
    }

    private void Lose(Random random)
    {
        var manner = random.Next(4);
        var prefix = random.Next(pending.Count + 1);
        for (var i = 0; i < pending.Count; i++)
        {
            // Nothing, all, the first few with a torn one behind, or any at all.
            var isKept = manner switch { 0 => false, 1 => true, 2 => i < prefix, _ => random.Next(2) == 0 };
            if (isKept) pending[i].Apply(durable);
            else if (manner == 2 && i == prefix) pending[i].Tear(durable, random);
        }
        pending = [];
    }

    private sealed record Change(long Offset, byte[]? Written)
    {
        public void Apply(Bytes bytes)
        {
            if (Written is null) bytes.SetLength(Offset);
            else bytes.Write(Offset, Written);
        }

        public void Tear(Bytes bytes, Random random)
        {
            if (Written is { Length: > 0 }) bytes.Write(Offset, Written.AsSpan(0, random.Next(Written.Length)));
        }
    }

    private sealed class Bytes
    {
        private byte[] buffer = [];

        public long Length { get; private set; }

        public int Read(long offset, Span<byte> destination)
        {
            var count = (int)Math.Clamp(Length - offset, 0, destination.Length);
            if (count > 0) buffer.AsSpan((int)offset, count).CopyTo(destination);
            return count;
        }

        public void Write(long offset, ReadOnlySpan<byte> source)
        {
            if (offset + source.Length > Length) SetLength(offset + source.Length);
            source.CopyTo(buffer.AsSpan((int)offset));
        }

        public void SetLength(long length)
        {
            if (length > buffer.Length) Array.Resize(ref buffer, (int)Math.Max(length, Math.Max(256, buffer.Length * 2L)));
            if (length > Length) buffer.AsSpan((int)Length, (int)(length - Length)).Clear();
            Length = length;
        }

        public void CopyFrom(Bytes other)
        {
            buffer = other.buffer.AsSpan(0, (int)other.Length).ToArray();
            Length = other.Length;
        }
    }
}
