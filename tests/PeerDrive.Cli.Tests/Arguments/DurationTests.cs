using PeerDrive.Cli.Arguments;

namespace PeerDrive.Cli.Tests.Arguments;

public sealed class DurationTests
{
    [Theory]
    [InlineData("90s", 90)]
    [InlineData("30m", 1_800)]
    [InlineData("12h", 43_200)]
    [InlineData("1d", 86_400)]
    [InlineData("2w", 1_209_600)]
    [InlineData("1d12h", 129_600)]
    public void Durations_are_numbers_with_units(string text, long seconds)
    {
        Assert.Equal(TimeSpan.FromSeconds(seconds), Duration.Parse(text));
    }

    [Theory]
    [InlineData("")]
    [InlineData("1")]
    [InlineData("d")]
    [InlineData("0s")]
    [InlineData("-1d")]
    [InlineData("1y")]
    [InlineData("1d 2h")]
    [InlineData("99999999999999999999d")]
    [InlineData("2000000000w")]
    [InlineData("٣d")]
    public void What_is_no_duration_is_refused(string text)
    {
        Assert.Null(Duration.Parse(text));
    }

    [Fact]
    public void A_point_in_time_is_a_date_or_how_long_ago()
    {
        var now = new DateTimeOffset(2026, 3, 2, 12, 0, 0, TimeSpan.Zero);
        Assert.Equal(now.AddHours(-2), PointInTime.Parse("2h", now));
        Assert.Equal(now.AddDays(-1), PointInTime.Parse("2026-03-01T12:00:00Z", now));
        Assert.Equal(now, PointInTime.Parse("2026-03-02T14:00+02:00", now));
        Assert.NotNull(PointInTime.Parse("2026-03-01", now));
        Assert.Null(PointInTime.Parse("yesterday", now));
        Assert.Null(PointInTime.Parse("12", now));
        Assert.Null(PointInTime.Parse("2026-13-01", now));
    }
}
