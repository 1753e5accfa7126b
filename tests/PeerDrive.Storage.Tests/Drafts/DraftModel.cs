using PeerDrive.Model.Revisions;
using PeerDrive.Native.Files;
using PeerDrive.Storage.Contents;
using PeerDrive.Storage.Drafts;
using PeerDrive.Storage.Volumes;

namespace PeerDrive.Storage.Tests.Drafts;

/// <summary>A draft and the bytes that it should have.</summary>
internal sealed class DraftModel
{
    private readonly Volume volume;
    private readonly Random random;
    private readonly uint chunking;

    public DraftModel(Volume volume, byte[] start, Random random)
    {
        this.volume = volume;
        this.random = random;
        Bytes = start;
        var basis = volume.Contents.Store(start);
        chunking = basis.Chunking;
        Draft = volume.Drafts.Begin(basis);
    }

    public Draft Draft { get; set; }

    public byte[] Bytes { get; private set; }

    /// <summary>One random operation on both.</summary>
    public void Step()
    {
        var (offset, length) = Range();
        switch (random.Next(12))
        {
            case < 5:
                var source = new byte[length];
                if (random.Next(3) > 0) random.NextBytes(source);
                Write(offset, source);
                break;
            case 5:
                Draft.Resize(offset);
                Resize(offset);
                break;
            case 6:
                Draft.PunchHole(offset, length);
                Clear(offset, length);
                break;
            case 7:
                var keepSize = random.Next(2) == 0;
                Draft.ZeroRange(offset, length, keepSize);
                Clear(offset, length);
                if (!keepSize && length > 0 && offset + length > Bytes.Length) Resize(offset + length);
                break;
            case 8:
                keepSize = random.Next(2) == 0;
                Draft.Allocate(offset, length, keepSize);
                if (!keepSize && length > 0 && offset + length > Bytes.Length) Resize(offset + length);
                break;
            case 9:
                if (random.Next(2) == 0) Draft.Sync();
                else volume.Drafts.Save(Draft, new byte[] { 1 });
                break;
            case 10 when random.Next(3) == 0:
                Draft.Materialise();
                Assert.True(Draft.IsWhole);
                break;
            case 11 when Draft.IsWhole && random.Next(2) == 0:
                WriteFromOutside(offset, length);
                break;
            default:
                CheckPart();
                break;
        }
    }

    public void Write(int offset, byte[] source)
    {
        Draft.Write(offset, source);
        if (offset + source.Length > Bytes.Length && source.Length > 0) Resize(offset + source.Length);
        source.CopyTo(Bytes, source.Length > 0 ? offset : 0);
    }

    public void Check()
    {
        Assert.Equal(Bytes.Length, Draft.Length);
        var read = new byte[Bytes.Length + 10];
        Assert.Equal(Bytes.Length, Draft.Read(0, read));
        Assert.True(read.AsSpan(0, Bytes.Length).SequenceEqual(Bytes), "other bytes");
        Assert.Equal(0, Draft.Read(Bytes.Length, read));
        CheckHoles();
    }

    public Content StoreAndCheck()
    {
        var stamp = Draft.Stamp();
        var content = volume.Drafts.Store(Draft, chunking, null, CancellationToken.None);
        Assert.Equal(volume.Contents.Store(Bytes, chunking), content);
        Assert.True(volume.Contents.ReadAll(content, int.MaxValue).AsSpan().SequenceEqual(Bytes), "stored other bytes");
        if (random.Next(2) == 0)
        {
            Assert.Equal(!Draft.IsExternal, volume.Drafts.Rebase(Draft, content, stamp));
            if (!Draft.IsExternal) Assert.Equal(content, Draft.Basis);
        }
        Check();
        return content;
    }

    private void CheckPart()
    {
        var (offset, length) = Range();
        var read = new byte[length];
        var count = Draft.Read(offset, read);
        Assert.Equal(Math.Clamp(Bytes.Length - offset, 0, length), count);
        Assert.True(read.AsSpan(0, count).SequenceEqual(Bytes.AsSpan(Math.Min(offset, Bytes.Length), count)), "other bytes in a part");
    }

    private void CheckHoles()
    {
        long at = 0;
        while (at < Bytes.Length)
        {
            var data = Draft.NextData(at) ?? Bytes.Length;
            Assert.InRange(data, at, Bytes.Length);
            Assert.False(Bytes.AsSpan((int)at, (int)(data - at)).ContainsAnyExcept((byte)0), "a hole with bytes in it");
            if (data == Bytes.Length) break;
            var hole = Draft.NextHole(data);
            Assert.NotNull(hole);
            Assert.InRange(hole.Value, data + 1, Bytes.Length);
            at = hole.Value;
        }
        Assert.Null(Draft.NextData(Bytes.Length));
        Assert.Null(Draft.NextHole(Bytes.Length));
    }

    private void WriteFromOutside(int offset, int length)
    {
        var handle = Draft.OpenExternally();
        Assert.True(Draft.IsExternal);
        var source = new byte[length];
        random.NextBytes(source);
        Libc.Write(handle, source, offset);
        if (length > 0 && offset + length > Bytes.Length) Resize(offset + length);
        if (length > 0) source.CopyTo(Bytes, offset);
        Check();
        // Also through the draft while the kernel writes.
        Write(offset / 2, [1, 2, 3]);
        var cut = random.Next(Bytes.Length + 1);
        Draft.Resize(cut);
        Resize(cut);
        Check();
        if (random.Next(3) > 0) Draft.EndExternal();
        Check();
        if (random.Next(4) == 0) volume.Drafts.Save(Draft, default);
    }

    private (int Offset, int Length) Range()
    {
        var length = random.Next(4) switch { 0 => random.Next(10), 1 => random.Next(5000), 2 => random.Next(70_000), _ => random.Next(400_000) };
        return (random.Next(Bytes.Length + Bytes.Length / 4 + 1000), length);
    }

    private void Resize(int length)
    {
        var bytes = new byte[length];
        Bytes.AsSpan(0, Math.Min(length, Bytes.Length)).CopyTo(bytes);
        Bytes = bytes;
    }

    private void Clear(int offset, int length)
    {
        if (offset < Bytes.Length) Bytes.AsSpan(offset, Math.Min(length, Bytes.Length - offset)).Clear();
    }
}
