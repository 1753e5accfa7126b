using System.Numerics;
using PeerDrive.Storage.Packs;

namespace PeerDrive.Storage.Tests.Packs;

public sealed class Crc32CTests
{
    [Fact]
    public void It_is_the_checksum_of_RFC_3720()
    {
        Assert.Equal(0xE3069283u, Crc32C.Compute("123456789"u8));
        Assert.Equal(0x8A9136AAu, Crc32C.Compute(new byte[32]));
        Assert.Equal(0x46DD794Eu, Crc32C.Compute(Enumerable.Range(0, 32).Select(i => (byte)i).ToArray()));
    }

    [Theory]
    [InlineData(6143)]
    [InlineData(6144)]
    [InlineData(6145)]
    [InlineData(12_288)]
    [InlineData(100_001)]
    public void Long_spans_give_what_their_bytes_give_one_by_one_whatever_they_go_on_from(int length)
    {
        var bytes = TestReplica.RandomBytes(length + 3, length);
        foreach (var start in new[] { 0, 3 })
        {
            var expected = ~0xDEADBEEFu;
            foreach (var b in bytes.AsSpan(start, length)) expected = BitOperations.Crc32C(expected, b);
            Assert.Equal(~expected, Crc32C.Compute(bytes.AsSpan(start, length), 0xDEADBEEF));
        }
    }

    [Fact]
    public void Of_parts_one_after_the_other_it_is_that_of_the_whole()
    {
        var bytes = TestReplica.RandomBytes(50_000, 5);
        for (var cut = 0; cut < bytes.Length; cut += 3331) Assert.Equal(Crc32C.Compute(bytes), Crc32C.Compute(bytes.AsSpan(cut), Crc32C.Compute(bytes.AsSpan(0, cut))));
    }
}
