using PeerDrive.Storage.Retention;

namespace PeerDrive.Storage.Tests.Retention;

/// <summary>The rule as a function: what goes of versions at given times.</summary>
public sealed class RetentionRulingTests
{
    private const long Day = 86_400;

    /// <summary>2026-03-02, a Monday, at noon.</summary>
    private const long Now = 1_772_452_800;

    [Fact]
    public void The_usual_rule_lets_nothing_go()
    {
        Assert.Equal("...", Goes("keep-all", Line(-900, -500, -1)));
        Assert.Equal("...", Goes("hold none", Line(-900, -500, -1)));
        Assert.Equal("...", Goes("hold none", Line(-900, -500, -1), lostDays: -400));
    }

    [Fact]
    public void Versions_go_when_they_came_longer_ago_than_the_rule_says_and_the_head_stays()
    {
        Assert.Equal("xx..", Goes("all 30d hold none", Line(-90, -31, -29, -28)));
        Assert.Equal("xx.", Goes("all 30d hold none", Line(-90, -80, -70)));
    }

    [Fact]
    public void Of_each_day_week_month_and_year_the_last_version_stays_as_long_as_the_rule_says()
    {
        // Two a day: at 12:00 and at 18:00 of each of five days, the last of which is yesterday.
        Assert.Equal("xxxxx.x.x..", Goes("daily 4 hold none", Line(-4.75, -5, -3.75, -3.5, -3.25, -2.75, -2.25, -1.75, -1.25, -0.75, -0.25)));
        Assert.Equal("xx.x..", Goes("weekly 3 hold none", Line(-21, -15, -14, -6, -1, -0.1)));
        Assert.Equal("x.x.xx.", Goes("monthly 3 hold none", Line(-61, -31, -20, -3, -1.3, -1.2, -0.1)));
        Assert.Equal("x..", Goes("yearly all hold none", Line(-810, -800, -1)));
        Assert.Equal("x..", Goes("yearly 2 hold none", Line(-800, -300, -1)));
    }

    [Fact]
    public void Limits_go_together_a_version_stays_that_all_of_them_let_stay()
    {
        Assert.Equal("x.x..", Goes("all 10d monthly 12 hold none", Line(-70, -69, -45, -33, -5)));
        Assert.Equal("xxx..", Goes("all 10d monthly 12 versions 2 hold none", Line(-70, -69, -45, -33, -5)));
        Assert.Equal("xxxx.", Goes("all 10d versions 2 hold none", Line(-70, -69, -45, -33, -5)));
        Assert.Equal("xxx..", Goes("versions 2 hold none", Line(-5, -4, -3, -2, -1)));
    }

    [Fact]
    public void What_is_protected_stays_whatever_the_rule_says()
    {
        var versions = Line(-90, -80, -70, -60);
        versions[1] = versions[1] with { IsProtected = true };
        Assert.Equal("x.x.", Goes("all 1d versions 1 hold none", versions));
        Assert.Equal("x.xx", Goes("trash 1d hold none", versions, lostDays: -40));
    }

    [Fact]
    public void Every_head_of_a_conflict_stays()
    {
        var versions = Line(-90, -80, -70);
        versions[0] = versions[0] with { CurrentUntil = long.MaxValue };
        Assert.Equal(".x.", Goes("versions 1 hold none", versions));
    }

    [Fact]
    public void What_was_current_within_the_hold_stays_whatever_the_rule_says()
    {
        // Came 400 days ago, and was replaced 10 days ago.
        Assert.Equal("..x.", Goes("versions 1 hold 20d", [Version(-400, -10), Version(-12, -11), Version(-30, -25), Version(-9, null)]));
        Assert.Equal("x.x.", Goes("versions 1 hold 10d", [Version(-400, -10.5), Version(-12, -10), Version(-30, -25), Version(-9, null)]));
    }

    [Fact]
    public void What_lost_its_last_name_stays_for_the_time_of_the_trash_and_for_the_hold()
    {
        Assert.Equal("..", Goes("trash 90d hold none", Line(-400, -200), lostDays: -89));
        Assert.Equal("xx", Goes("trash 90d hold none", Line(-400, -200), lostDays: -91));
        Assert.Equal("x.", Goes("trash 5d hold 30d", Line(-400, -200), lostDays: -29));
        Assert.Equal("xx", Goes("trash 5d hold 30d", Line(-400, -200), lostDays: -31));
        // Until then its history is thinned like any other.
        Assert.Equal("x.", Goes("all 30d hold none", Line(-400, -200), lostDays: -500));
    }

    [Fact]
    public void Of_ephemeral_names_only_the_newest_version_stays_after_the_hold()
    {
        Assert.Equal("xx.", Goes("hold none", Line(-3, -2, -1), isEphemeral: true));
        Assert.Equal("...", Goes("keep-all", Line(-3, -2, -1), isEphemeral: true));
    }

    [Fact]
    public void A_version_that_is_dated_falsely_takes_no_other_ones_place()
    {
        // An honest version of each of three days; then one that came today and is dated to the evening of the second, and one of the far future.
        var honest = Line(-3, -2, -1, -0.1);
        var with = new List<RetainedVersion>(honest);
        with.Insert(3, Version(-0.2, -0.15) with { Made = Now - (long)(1.6 * Day) });
        with.Insert(4, Version(-0.15, -0.1) with { Made = long.MaxValue / 2_000_000_000 });
        var alone = Goes("daily 30 hold none", honest);
        var together = Goes("daily 30 hold none", with);
        Assert.Equal("....", alone);
        Assert.Equal("...", together[..3]);
        // Dated fifty years back, it is not older for it.
        Assert.Equal("..", Goes("all 30d hold none", [Version(-1, -0.5) with { Made = -600_000_000 }, Version(-0.5, null)]));
        Assert.Equal("...", Goes("daily 30 hold none", [Version(-2, -1) with { Made = 0 }, Version(-1, -0.5) with { Made = 0 }, Version(-0.5, null)]));
    }

    [Fact]
    public void History_that_came_at_once_is_not_thinned_to_one_version()
    {
        // Came with a join 40 days ago; made on days apart.
        var versions = Enumerable.Range(0, 10).Select(i => Version(-40, -40) with { Made = Now - ((100 - i) * Day) }).Append(Version(-40, null)).ToList();
        Assert.Equal("...........", Goes("daily 60 hold none", versions));
    }

    [Theory]
    [InlineData(0, new long[] { 5, 5, 5 }, 10, 2)]
    [InlineData(8, new long[] { 5, 5, 5 }, 10, 0)]
    [InlineData(0, new long[] { 11, 1 }, 10, 0)]
    [InlineData(0, new long[] { 10, 0, 0 }, 10, 3)]
    [InlineData(0, new long[] { }, 10, 0)]
    public void The_newest_history_stays_that_fits_into_the_size(long used, long[] added, long size, int fits) => Assert.Equal(fits, RetentionRuling.Fitting(size, used, added));

    [Theory]
    [InlineData(RetentionSpan.Day, "1969-12-31T23:59:59Z", -1)]
    [InlineData(RetentionSpan.Day, "1970-01-02T00:00:00Z", 1)]
    [InlineData(RetentionSpan.Week, "1970-01-04T23:59:59Z", -1)]
    [InlineData(RetentionSpan.Week, "1970-01-05T00:00:00Z", 0)]
    [InlineData(RetentionSpan.Week, "1970-01-12T00:00:00Z", 1)]
    [InlineData(RetentionSpan.Month, "1970-12-31T00:00:00Z", (1970 * 12) + 12)]
    [InlineData(RetentionSpan.Year, "2024-02-29T12:00:00Z", 2024)]
    public void Spans_are_those_of_the_calendar(RetentionSpan span, string time, long number) =>
        Assert.Equal(number, RetentionRuling.SpanOf(span, DateTimeOffset.Parse(time, System.Globalization.CultureInfo.InvariantCulture).ToUnixTimeSeconds()));

    [Fact]
    public void Times_beyond_the_calendar_are_spans_too()
    {
        foreach (var span in Enum.GetValues<RetentionSpan>())
        {
            Assert.True(RetentionRuling.SpanOf(span, long.MinValue / 2) <= RetentionRuling.SpanOf(span, 0));
            Assert.True(RetentionRuling.SpanOf(span, long.MaxValue / 2) >= RetentionRuling.SpanOf(span, 0));
        }
    }

    /// <summary>5,000 random rules and histories.</summary>
    [Fact]
    public void It_is_monotone_and_idempotent_and_never_lets_go_what_is_protected()
    {
        for (var seed = 1; seed <= 5000; seed++)
        {
            var random = new Random(seed);
            var rule = RandomRule(random);
            var versions = RandomVersions(random);
            long? lost = random.Next(3) == 0 ? Now - random.Next(200 * (int)Day) : null;
            var isEphemeral = random.Next(8) == 0;
            var goes = RetentionRuling.Judge(rule, Now, versions, lost, isEphemeral);
            var what = $"seed {seed}: {rule}";
            for (var i = 0; i < goes.Length; i++)
            {
                var until = versions[i].IsHead ? lost : versions[i].CurrentUntil;
                if (versions[i].IsProtected || until is null || (rule.Hold > TimeSpan.Zero && Now - until <= rule.Hold.TotalSeconds)) Assert.False(goes[i], what);
                if (rule.IsKeepAll && !isEphemeral) Assert.False(goes[i], what);
            }
            // Again on what is left: nothing more goes.
            var left = versions.Where((_, i) => !goes[i]).ToList();
            Assert.DoesNotContain(true, RetentionRuling.Judge(rule, Now, left, lost, isEphemeral));
            // As time goes by nothing comes back.
            var later = RetentionRuling.Judge(rule, Now + random.Next(400 * (int)Day), versions, lost, isEphemeral);
            Assert.All(goes.Zip(later), pair => Assert.True(!pair.First || pair.Second, what));
            // Protecting one more, or holding longer, lets nothing else go.
            if (versions.Count == 0) continue;
            var at = random.Next(versions.Count);
            var more = RetentionRuling.Judge(rule, Now, [.. versions.Select((version, i) => i == at ? version with { IsProtected = true } : version)], lost, isEphemeral);
            Assert.All(goes.Zip(more), pair => Assert.True(pair.First || !pair.Second, what));
            var held = RetentionRuling.Judge(rule with { Hold = rule.Hold + TimeSpan.FromDays(20) }, Now, versions, lost, isEphemeral);
            Assert.All(goes.Zip(held), pair => Assert.True(pair.First || !pair.Second, what));
            // Nor does a false time of one version, of any other one.
            var honest = versions.Where((_, i) => i != at).ToList();
            var without = RetentionRuling.Judge(rule with { Versions = null }, Now, honest, lost, isEphemeral);
            var among = RetentionRuling.Judge(rule with { Versions = null }, Now, [.. versions.Select((version, i) => i == at ? version with { Made = long.MinValue / 2 } : version)], lost, isEphemeral)
                .Where((_, i) => i != at);
            Assert.All(without.Zip(among), pair => Assert.True(pair.First || !pair.Second, what));
        }
    }

    private static RetentionRule RandomRule(Random random) =>
        new(Maybe(random, 60), random.Next(3) == 0 ? random.Next(1, 8) : null, null, Maybe(random, 100), random.Next(2) == 0 ? TimeSpan.Zero : TimeSpan.FromDays(random.Next(60)))
        {
            Daily = Spans(random), Weekly = Spans(random), Monthly = Spans(random), Yearly = Spans(random),
        };

    private static TimeSpan? Maybe(Random random, int days) => random.Next(2) == 0 ? TimeSpan.FromDays(random.Next(days)) : null;

    private static int Spans(Random random) => random.Next(3) switch
    {
        0 => 0,
        1 => random.Next(1, 20),
        _ => RetentionRule.Unlimited,
    };

    private static List<RetainedVersion> RandomVersions(Random random)
    {
        var times = Enumerable.Range(0, random.Next(25)).Select(_ => Now - (long)(random.NextDouble() * random.NextDouble() * 800 * Day)).Order().ToList();
        var versions = new List<RetainedVersion>();
        for (var i = 0; i < times.Count; i++)
        {
            long until = i == times.Count - 1 || random.Next(15) == 0 ? long.MaxValue : times[random.Next(i + 1, times.Count)];
            versions.Add(new RetainedVersion(times[i], times[i] - random.Next(40 * (int)Day), until, random.Next(10) == 0));
        }
        return versions;
    }

    private static string Goes(string text, IReadOnlyList<RetainedVersion> versions, double? lostDays = null, bool isEphemeral = false)
    {
        Assert.True(RetentionRule.TryParse(text, out var rule));
        return string.Concat(RetentionRuling.Judge(rule, Now, versions, lostDays is { } days ? Now + (long)(days * Day) : null, isEphemeral).Select(goes => goes ? 'x' : '.'));
    }

    /// <summary>Versions one after the other, each replaced by the next.</summary>
    private static List<RetainedVersion> Line(params double[] days) =>
        [.. days.Order().Select((day, i) => Version(day, i == days.Length - 1 ? null : days.Order().ElementAt(i + 1)))];

    private static RetainedVersion Version(double days, double? untilDays)
    {
        var received = Now + (long)(days * Day);
        return new RetainedVersion(received, received, untilDays is { } until ? Now + (long)(until * Day) : long.MaxValue, false);
    }
}
