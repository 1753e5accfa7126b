namespace PeerDrive.Fuse.Tests;

public sealed class FuseTimeTests
{
    [Theory]
    [InlineData(0, 0, 0u)]
    [InlineData(1_500_000_000, 1, 500_000_000u)]
    [InlineData(-1, -1, 999_999_999u)]
    [InlineData(-2_000_000_000, -2, 0u)]
    public void Nanoseconds_are_never_negative(long total, long seconds, uint nanoseconds)
    {
        var time = FuseTime.FromNanoseconds(total);
        Assert.Equal(new FuseTime(seconds, nanoseconds), time);
        Assert.Equal(total, time.ToNanoseconds());
    }

    [Fact]
    public void A_year_that_does_not_fit_becomes_the_nearest_that_does()
    {
        Assert.Equal(long.MaxValue, new FuseTime(15_000_000_000, 0).ToNanoseconds());
        Assert.Equal(long.MinValue, new FuseTime(-15_000_000_000, 0).ToNanoseconds());
    }
}
