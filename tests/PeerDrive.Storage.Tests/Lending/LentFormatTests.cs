using PeerDrive.Model.Identifiers;
using PeerDrive.Storage.Lending;
using PeerDrive.Storage.Packs;

namespace PeerDrive.Storage.Tests.Lending;

public sealed class LentFormatTests
{
    private static readonly LentFile File = new(new PackId(7), new Bits128(1, 2), 0x1122, 300, -5, "/x/7");

    private static readonly KeyValuePair<ChunkId, ChunkLocation>[] Lines =
        [new(Id.Hash<ChunkId>([1]), new ChunkLocation(new PackId(7), 0, 100, 100, ChunkEncoding.Raw, 9)), new(Id.Hash<ChunkId>([2]), new ChunkLocation(new PackId(7), 100, 200, 200, ChunkEncoding.Raw, 8))];

    [Fact]
    public void The_bytes_of_an_index_are_those_of_the_format()
    {
        var bytes = LentFormat.Write(File, Lines);
        Assert.Equal(
            "50444C54010000000700000004000000" + "00000000000000010000000000000002" + "2211000000000000" + "2C01000000000000" + "FBFFFFFFFFFFFFFF" + "2F782F37",
            Convert.ToHexString(bytes.AsSpan(0, 60)));
        Assert.Equal(64 + 2 * 56 + 24, bytes.Length);
        Assert.Equal("PDINDEX1", System.Text.Encoding.ASCII.GetString(bytes.AsSpan(bytes.Length - 8)));
    }

    [Fact]
    public void What_is_written_is_read_again()
    {
        var read = LentFormat.TryRead(LentFormat.Write(File, Lines), new PackId(7))!.Value;
        Assert.Equal(File, read.File);
        Assert.Equal(Lines, read.Lines);
        Assert.Null(LentFormat.TryRead(LentFormat.Write(File, Lines), new PackId(8)));
    }

    [Fact]
    public void Whatever_is_cut_or_changed_is_seen()
    {
        var good = LentFormat.Write(File, Lines);
        for (var length = 0; length < good.Length; length++) Assert.Null(LentFormat.TryRead(good.AsMemory(0, length), new PackId(7)));
        for (var at = 0; at < good.Length; at++)
        {
            var bad = (byte[])good.Clone();
            bad[at] ^= 0x41;
            Assert.Null(LentFormat.TryRead(bad, new PackId(7)));
        }
        var random = new Random(1);
        for (var i = 0; i < 20_000; i++)
        {
            var bad = (byte[])good.Clone();
            for (var n = random.Next(1, 9); n > 0; n--) bad[random.Next(bad.Length)] = (byte)random.Next();
            if (!bad.AsSpan().SequenceEqual(good)) Assert.Null(LentFormat.TryRead(bad, new PackId(7)));
        }
    }
}
