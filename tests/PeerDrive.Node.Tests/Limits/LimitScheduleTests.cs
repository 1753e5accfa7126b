using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Node.Limits;
using PeerDrive.Transport.Limiting;

namespace PeerDrive.Node.Tests.Limits;

public class LimitScheduleTests
{
    // 2 March 2026 is a Monday.
    private static readonly DateTime Monday = new(2026, 3, 2);

    [Theory]
    [InlineData("07:59", 10)]
    [InlineData("08:00", 1)]
    [InlineData("17:59", 1)]
    [InlineData("18:00", 10)]
    public void A_limit_with_a_time_goes_before_one_without_while_it_holds(string time, long expected)
    {
        LimitRule[] rules = [new(null, 1, null, "08:00", "18:00", "mon-fri"), new(null, 10, 20, null, null, null)];
        Assert.Equal(new DirectionRates(expected, 20), LimitSchedule.At(rules, Monday + TimeSpan.Parse(time)).Total);
        Assert.Equal(new DirectionRates(10, 20), LimitSchedule.At(rules, Monday.AddDays(5).AddHours(12)).Total);
    }

    [Theory]
    [InlineData(0, "21:59", false)]
    [InlineData(0, "22:00", true)]
    [InlineData(1, "05:59", true)]
    [InlineData(1, "06:00", false)]
    [InlineData(5, "05:59", true)]
    [InlineData(5, "22:00", false)]
    [InlineData(6, "05:59", false)]
    [InlineData(7, "05:59", false)]
    public void A_span_over_midnight_belongs_to_the_day_on_which_it_begins(int day, string time, bool holds) =>
        Assert.Equal(holds, LimitSpan.Parse("22:00", "06:00", "mon-fri").Contains(Monday.AddDays(day) + TimeSpan.Parse(time)));

    [Fact]
    public void The_whole_of_a_day_may_be_limited_and_days_may_wrap_around_the_week()
    {
        var span = LimitSpan.Parse(null, null, "sat-mon,wed");
        Assert.Equal([0, 2, 5, 6], Enumerable.Range(0, 7).Where(day => span.Contains(Monday.AddDays(day).AddHours(23.99))));
        Assert.Equal("mon,wed,sat-sun", span.Days);
        Assert.Null(LimitSpan.Parse(null, null, "mon-sun").Days);
    }

    [Fact]
    public void Midnight_may_be_written_as_the_end_of_the_day() =>
        Assert.Equal((true, true, false), (Holds("18:00"), Holds("23:59"), Holds("00:00")));

    [Fact]
    public void What_the_clock_skips_is_skipped_and_what_it_repeats_holds_twice()
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin");
        var span = LimitSpan.Parse("02:30", "03:30", null);
        // On 29 March 2026 02:00 is followed by 03:00, on 25 October 03:00 by 02:00.
        Assert.Equal(30, Minutes(new DateTime(2026, 3, 29), zone, span));
        Assert.Equal(60, Minutes(new DateTime(2026, 6, 1), zone, span));
        Assert.Equal(90, Minutes(new DateTime(2026, 10, 25), zone, span));
    }

    [Fact]
    public void A_later_limit_for_the_same_time_replaces_an_earlier_one_where_it_says_something()
    {
        IReadOnlyList<LimitRule> rules = [new(null, 1, 2, null, null, null)];
        rules = LimitSchedule.With(rules, new LimitRule(null, null, 5, null, null, null));
        Assert.Equal(new LimitRule(null, 1, 5, null, null, null), Assert.Single(rules));
        rules = LimitSchedule.With(rules, new LimitRule(null, 7, null, "08:00", "09:00", null));
        Assert.Equal(2, rules.Count);
    }

    [Fact]
    public void A_limit_may_be_lifted_for_a_time()
    {
        LimitRule[] rules = [new(null, 1000, null, null, null, null), new(null, 0, null, "22:00", "06:00", null)];
        Assert.Equal(0, LimitSchedule.At(rules, Monday.AddHours(23)).Total.Up);
        Assert.Equal(1000, LimitSchedule.At(rules, Monday.AddHours(12)).Total.Up);
    }

    [Fact]
    public void Limits_of_a_device_are_its_own()
    {
        var device = Id.Hash<DeviceId>("x"u8);
        var table = LimitSchedule.At([new(device.ToHex(), 5, null, null, null, null), new(null, null, 9, null, null, null)], Monday);
        Assert.Equal((new DirectionRates(0, 9), new DirectionRates(5, 0)), (table.Total, table.Peers[device]));
    }

    [Theory]
    [InlineData("08:00", null, null, "--to HH:MM")]
    [InlineData(null, "08:00", null, "--from HH:MM")]
    [InlineData("8 o'clock", "09:00", null, "--from 08:00")]
    [InlineData("08:00", "25:00", null, "--to 08:00")]
    [InlineData("-1:00", "25:00", null, "--from 08:00")]
    [InlineData("08:00", "08:00", null, "leave out --from and --to")]
    [InlineData(null, null, "mon-fry", "--days mon-fri")]
    [InlineData(null, null, "mon-tue-wed", "--days mon-fri")]
    [InlineData(null, null, "", "--days mon-fri")]
    [InlineData(null, null, "mon,,tue", "--days mon-fri")]
    public void What_makes_no_sense_is_refused_with_what_to_write(string? from, string? to, string? days, string expected)
    {
        var refused = Assert.Throws<PeerDriveException>(() => LimitSpan.Parse(from, to, days));
        Assert.Equal(ErrorKind.Invalid, refused.Kind);
        Assert.Contains(expected, refused.Message, StringComparison.Ordinal);
    }

    private static bool Holds(string time) => LimitSpan.Parse("18:00", "24:00", null).Contains(Monday + TimeSpan.Parse(time));

    private static int Minutes(DateTime day, TimeZoneInfo zone, LimitSpan span)
    {
        var begin = TimeZoneInfo.ConvertTimeToUtc(day, zone);
        return Enumerable.Range(0, 12 * 60).Count(minute => span.Contains(TimeZoneInfo.ConvertTimeFromUtc(begin.AddMinutes(minute), zone)));
    }
}
