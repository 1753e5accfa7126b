using PeerDrive.Native.Compression;

namespace PeerDrive.Native.Tests.Compression;

public sealed class ZstdTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(65_535)]
    [InlineData(1 << 20)]
    public void Whatever_is_compressed_fits_its_bound_and_comes_back(int length)
    {
        var plain = new byte[length];
        new Random(length).NextBytes(plain);
        var packed = new byte[Zstd.CompressBound(length)];
        var used = Zstd.Compress(plain, packed, 3);
        Assert.InRange(used, 1, packed.Length);
        var back = new byte[length];
        Assert.True(Zstd.TryDecompress(packed.AsSpan(0, used), back));
        Assert.Equal(plain, back);
    }

    [Fact]
    public void Another_length_damage_and_trailing_bytes_are_refused()
    {
        var plain = new byte[10_000];
        var packed = new byte[Zstd.CompressBound(plain.Length)];
        var used = Zstd.Compress(plain, packed, 3);
        Assert.False(Zstd.TryDecompress(packed.AsSpan(0, used), new byte[9_999]));
        Assert.False(Zstd.TryDecompress(packed.AsSpan(0, used), new byte[10_001]));
        Assert.False(Zstd.TryDecompress(packed.AsSpan(0, used - 1), new byte[10_000]));
        Assert.False(Zstd.TryDecompress([], new byte[10]));
        Assert.False(Zstd.TryDecompress(new byte[100], new byte[10]));
        // A frame that promises far more than there is room for.
        var bomb = Zstd.Compress(new byte[1 << 24], packed = new byte[Zstd.CompressBound(1 << 24)], 3);
        Assert.False(Zstd.TryDecompress(packed.AsSpan(0, bomb), new byte[1000]));
    }
}
