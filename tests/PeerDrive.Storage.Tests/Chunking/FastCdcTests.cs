using PeerDrive.Model.Identifiers;
using PeerDrive.Storage.Chunking;

namespace PeerDrive.Storage.Tests.Chunking;

public sealed class FastCdcTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Chunks_keep_their_bounds_and_cover_everything(uint number)
    {
        var parameters = ChunkingParameters.Get(number);
        var bytes = TestReplica.RandomBytes(24 << 20, 1);
        var lengths = Cut(bytes, parameters);
        Assert.Equal(bytes.Length, lengths.Sum());
        Assert.All(lengths.SkipLast(1), length => Assert.InRange(length, parameters.Min, parameters.Max));
        Assert.InRange(lengths.Average(), parameters.Average / 2.0, parameters.Average * 2.0);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Zeros_are_never_cut_before_the_greatest_length(uint number)
    {
        var parameters = ChunkingParameters.Get(number);
        Assert.Equal(parameters.Max, FastCdc.FindCut(new byte[parameters.Max + 100], parameters));
    }

    [Fact]
    public void Cut_points_are_the_ones_that_all_versions_make()
    {
        var bytes = new byte[1 << 20];
        for (var i = 0; i < bytes.Length; i++) bytes[i] = (byte)((i * 2654435761L >> 13) ^ (i >> 7));
        Assert.Equal([38189, 88110, 106381, 98523, 81845, 21169, 79051, 88033, 77357, 86001, 80219, 34911, 106055, 62732], Cut(bytes, ChunkingParameters.Get(1)));
    }

    [Fact]
    public void Behind_an_insertion_the_same_chunks_come_again()
    {
        var parameters = ChunkingParameters.Get(1);
        var before = TestReplica.RandomBytes(16 << 20, 3);
        byte[] after = [.. before.AsSpan(0, 5_000_000), 1, 2, 3, 4, 5, .. before.AsSpan(5_000_000)];
        var known = Ids(before, parameters).ToHashSet();
        Assert.InRange(Ids(after, parameters).Count(id => !known.Contains(id)), 1, 5);
    }

    [Theory]
    [InlineData(-1, 3)]
    [InlineData(0, 3)]
    [InlineData(1, 4)]
    public void Around_a_multiple_of_the_greatest_length_the_rest_is_a_chunk(int more, int chunks)
    {
        var parameters = ChunkingParameters.Get(1);
        Assert.Equal(chunks, Cut(new byte[3 * parameters.Max + more], parameters).Count);
    }

    [Fact]
    public void What_is_shorter_than_the_least_length_is_one_chunk()
    {
        Assert.Equal(0, FastCdc.FindCut([], ChunkingParameters.Get(1)));
        Assert.Equal(1, FastCdc.FindCut([7], ChunkingParameters.Get(1)));
    }

    private static List<int> Cut(ReadOnlySpan<byte> bytes, ChunkingParameters parameters)
    {
        var lengths = new List<int>();
        while (!bytes.IsEmpty)
        {
            var length = FastCdc.FindCut(bytes[..Math.Min(bytes.Length, parameters.Max)], parameters);
            lengths.Add(length);
            bytes = bytes[length..];
        }
        return lengths;
    }

    private static List<ChunkId> Ids(byte[] bytes, ChunkingParameters parameters)
    {
        var ids = new List<ChunkId>();
        var at = 0;
        foreach (var length in Cut(bytes, parameters))
        {
            ids.Add(Id.Hash<ChunkId>(bytes.AsSpan(at, length)));
            at += length;
        }
        return ids;
    }
}
