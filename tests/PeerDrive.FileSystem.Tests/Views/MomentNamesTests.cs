using PeerDrive.FileSystem.Views;

namespace PeerDrive.FileSystem.Tests.Views;

public sealed class MomentNamesTests
{
    private static readonly TimeZoneInfo Zone = TimeZoneInfo.CreateCustomTimeZone(
        "test", TimeSpan.FromHours(1), "test", "test", "summer",
        [
            TimeZoneInfo.AdjustmentRule.CreateAdjustmentRule(
                new DateTime(2000, 1, 1), new DateTime(2100, 1, 1), TimeSpan.FromHours(1),
                TimeZoneInfo.TransitionTime.CreateFixedDateRule(new DateTime(1, 1, 1, 2, 0, 0), 4, 1),
                TimeZoneInfo.TransitionTime.CreateFixedDateRule(new DateTime(1, 1, 1, 3, 0, 0), 10, 1)),
        ]);

    private readonly MomentNames names = new(new ZonedTime());

    [Theory]
    [InlineData("2026-11-21", "2026-11-20T23:00:00Z")]
    [InlineData("2026-11-21T10:42", "2026-11-21T09:42:00Z")]
    [InlineData("2026-11-21 10:42", "2026-11-21T09:42:00Z")]
    [InlineData("2026-11-21_10-42-07", "2026-11-21T09:42:07Z")]
    [InlineData("2026-11-21T10:42:07.25", "2026-11-21T09:42:07.25Z")]
    [InlineData("2026-11-21T10:42:07.123456789", "2026-11-21T09:42:07.1234567Z")]
    [InlineData("2026-11-21T10:42:07Z", "2026-11-21T10:42:07Z")]
    [InlineData("2026-11-21T10:42+05:30", "2026-11-21T05:12:00Z")]
    [InlineData("2026-11-21T10:42-0200", "2026-11-21T12:42:00Z")]
    [InlineData("2026-07-01T12:00", "2026-07-01T10:00:00Z")]
    [InlineData("today", "2026-11-20T23:00:00Z")]
    [InlineData("yesterday", "2026-11-19T23:00:00Z")]
    public void A_moment_is_read_as_people_write_it(string text, string expected)
    {
        Assert.Equal(DateTimeOffset.Parse(expected), MomentNames.Instant(names.Parse(text)!.Value));
    }

    [Theory]
    [InlineData("")]
    [InlineData("tomorrow")]
    [InlineData("2026-13-01")]
    [InlineData("2026-02-30")]
    [InlineData("2026-11-21T24:00")]
    [InlineData("2026-11-21T10:60")]
    [InlineData("2026-11-21T10:42:07.")]
    [InlineData("2026-11-21T10:42:07.1234567890")]
    [InlineData("2026-11-21T10:42+15:00")]
    [InlineData("2026-11-21T10")]
    [InlineData("2026-11-21\n")]
    [InlineData("20261121")]
    [InlineData("1969-12-31")]
    [InlineData("9999-01-01")]
    [InlineData("٢٠٢٦-11-21")]
    public void What_is_no_moment_is_none(string text) => Assert.Null(names.Parse(text));

    [Theory]
    [InlineData("2026-11-21T09:42:07.1234567Z", "2026-11-21_10-42-07.124")]
    [InlineData("2026-11-21T09:42:07.123Z", "2026-11-21_10-42-07.123")]
    [InlineData("2026-07-01T10:00:00Z", "2026-07-01_12-00-00.000")]
    // The hour that comes twice.
    [InlineData("2026-10-01T00:30:00Z", "2026-10-01_00-30-00.000Z")]
    [InlineData("2026-10-01T01:30:00Z", "2026-10-01_01-30-00.000Z")]
    public void A_listed_name_leads_to_the_first_millisecond_that_has_it_all(string moment, string expected)
    {
        var exact = (DateTimeOffset.Parse(moment) - DateTimeOffset.UnixEpoch).Ticks * 100;
        var name = names.Precise(exact);
        Assert.Equal(expected, name);
        Assert.InRange(names.Parse(name!)!.Value - exact, 0, 999_999);
    }

    [Fact]
    public void Clocks_that_are_far_off_give_no_name()
    {
        Assert.Null(names.Precise(-1));
        Assert.Null(names.Precise(long.MaxValue));
        Assert.Null(names.Precise((new DateTimeOffset(2250, 1, 1, 0, 0, 0, TimeSpan.Zero) - DateTimeOffset.UnixEpoch).Ticks * 100));
        Assert.NotEmpty(names.Short(long.MinValue));
        Assert.NotEmpty(names.Short(long.MaxValue));
    }

    private sealed class ZonedTime : TimeProvider
    {
        public override TimeZoneInfo LocalTimeZone => Zone;

        public override DateTimeOffset GetUtcNow() => new(2026, 11, 21, 9, 42, 7, TimeSpan.Zero);
    }
}
