using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Revisions;

namespace PeerDrive.Model.Tests.Revisions;

public sealed class ChunkListTests
{
    private static readonly ChunkReference[] Lines = [Line(1, 5), Line(2, 7), Line(1, 5)];

    [Fact]
    public void A_list_decodes_to_its_lines() => Assert.Equal(Lines, ChunkList.Decode(ChunkList.Encode(Lines), 17));

    [Theory]
    [InlineData(16)]
    [InlineData(18)]
    [InlineData(0)]
    [InlineData(ulong.MaxValue)]
    public void Sizes_that_do_not_add_up_are_refused(ulong size) => Refused(ChunkList.Encode(Lines), size);

    [Fact]
    public void An_overflowing_sum_an_empty_line_and_a_torn_list_are_refused()
    {
        Refused(ChunkList.Encode([Line(1, ulong.MaxValue), Line(2, 18)]), 17);
        Refused(ChunkList.Encode([Line(1, 17), Line(2, 0)]), 17);
        Refused(ChunkList.Encode(Lines)[..^1], 17);
        Refused([], 0);
    }

    private static ChunkReference Line(int chunk, ulong size) => new(new ChunkId(new Bits256((ulong)chunk, 0, 0, 0)), size);

    private static void Refused(byte[] bytes, ulong size) =>
        Assert.Equal(ErrorKind.Corrupt, Assert.Throws<PeerDriveException>(() => ChunkList.Decode(bytes, size)).Kind);
}
