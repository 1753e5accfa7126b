using PeerDrive.Model.Errors;
using PeerDrive.Model.Queries;

namespace PeerDrive.Model.Tests.Queries;

public sealed class QueryParserTests
{
    [Theory]
    [InlineData("beach", "beach")]
    [InlineData("  beach   house ", "beach house")]
    [InlineData("beach and house", "beach house")]
    [InlineData("a or b c", "a or b c")]
    [InlineData("(a or b) c", "(a or b) c")]
    [InlineData("((a)) or ((b or c))", "a or b or c")]
    [InlineData("not beach", "-beach")]
    [InlineData("-(a b) -(c or d)", "-(a b) -(c or d)")]
    [InlineData("not not beach", "beach")]
    [InlineData("NOT a OR b", "-a or b")]
    [InlineData("\"exact phrase\"", "\"exact phrase\"")]
    [InlineData("\"and\"", "\"and\"")]
    [InlineData("\"say \\\"hi\\\" \\\\ now\"", "\"say \\\"hi\\\" \\\\ now\"")]
    [InlineData("bea*", "bea*")]
    [InlineData("*.jpg", "name:*.jpg")]
    [InlineData("name:*.JPG", "name:*.JPG")]
    [InlineData("name:\"my file*.jpg\"", "name:\"my file*.jpg\"")]
    [InlineData("name:beach", "name:beach")]
    [InlineData("name=readme", "name=readme")]
    [InlineData("text:budget", "text:budget")]
    [InlineData("rating>=4", "rating>=4")]
    [InlineData("rating:>=4", "rating>=4")]
    [InlineData("Rating != 4", null)]
    [InlineData("Rating!=4", "rating!=4")]
    [InlineData("camera:canon", "camera:canon")]
    [InlineData("camera:\"Canon EOS\"", "camera:\"Canon EOS\"")]
    [InlineData("tags:holiday", "tag:holiday")]
    [InlineData("type:IMAGE", "type:image")]
    [InlineData("type:image/png", "type:image/png")]
    [InlineData("size>10M", "size>10M")]
    [InlineData("size>=10240k", "size>=10M")]
    [InlineData("size<1.5GiB", "size<1536M")]
    [InlineData("size:3MB", "size=3000000")]
    [InlineData("modified:\"last week\"", "modified=\"last week\"")]
    [InlineData("modified>2026-01-01", "modified>2026-01-01")]
    [InlineData("modified<2026-01-01T10:42", "modified<\"2026-01-01T10:42\"")]
    [InlineData("created:2025", "created=2025")]
    [InlineData("created:2025-07", "created=2025-07")]
    [InlineData("modified>\"3 days ago\"", "modified>\"3 days ago\"")]
    [InlineData("modified:today", "modified=today")]
    [InlineData("in:photos/2026/", "in:/photos/2026")]
    [InlineData("in:\"/My Photos\"", "in:\"/My Photos\"")]
    [InlineData("by:Ann", "by:Ann")]
    [InlineData("is:Conflict is:here is:absent is:pinned is:deleted", "is:conflict is:here is:absent is:pinned is:deleted")]
    [InlineData("foo-bar", "foo-bar")]
    [InlineData("strand \u00fcber \u6771\u4eac", "strand \u00fcber \u6771\u4eac")]
    public void A_query_is_read_and_printed_in_one_way(string text, string? printed)
    {
        var parsed = Query.TryParse(text);
        Assert.Equal(printed, parsed.Query?.ToString());
        if (printed is not null) Assert.Equal(parsed.Query, Query.Parse(printed));
    }

    [Theory]
    [InlineData("", 0, 0, "at least one word")]
    [InlineData("   ", 3, 0, "at least one word")]
    [InlineData("beach (photo", 6, 1, "bracket is not closed")]
    [InlineData("beach) photo", 5, 1, "closes none")]
    [InlineData("a or", 4, 0, "missing")]
    [InlineData("or b", 0, 2, "both sides")]
    [InlineData("a and or b", 6, 2, "both sides")]
    [InlineData("()", 1, 1, "missing")]
    [InlineData("-", 0, 1, "must not have")]
    [InlineData("a not", 2, 3, "must not have")]
    [InlineData("say \"hello", 4, 1, "quote is not closed")]
    [InlineData("size>ten", 5, 3, "number")]
    [InlineData("size>9999999999999999T", 5, 17, "number")]
    [InlineData("beach modified:soon", 15, 4, "date")]
    [InlineData("is:odd", 3, 3, "conflict, here")]
    [InlineData("rating>=good", 8, 4, "number or a time")]
    [InlineData("tag>5", 4, 1, "less or more")]
    [InlineData("name:", 5, 0, "value is missing")]
    [InlineData("tag:\"\"", 4, 2, "value is missing")]
    [InlineData("a >5", 2, 1, "stands what is compared")]
    [InlineData("5x:3", 0, 3, "no name of a field")]
    [InlineData("...", 0, 3, "no letter and no digit")]
    [InlineData("Rating != 4", 7, 2, "stands what is compared")]
    public void A_mistake_is_told_with_its_place(string text, int position, int length, string message)
    {
        var error = Query.TryParse(text).Error!;
        Assert.Equal((position, length), (error.Position, error.Length));
        Assert.Contains(message, error.Message);
    }

    [Fact]
    public void The_place_is_pointed_at()
    {
        Assert.Equal("This bracket is not closed.\n  beach (photo\n        ^", Query.TryParse("beach (photo").Error!.Point("beach (photo"));
        var text = new string('x', 200) + " size>ten " + new string('y', 200);
        var lines = Query.TryParse(text).Error!.Point(text).Split('\n');
        Assert.Equal("ten", lines[1].Substring(lines[2].IndexOf('^', StringComparison.Ordinal), lines[2].Count(letter => letter == '^')));
        Assert.InRange(lines[1].Length, 10, 140);
        Assert.Equal(ErrorKind.Invalid, Assert.Throws<PeerDriveException>(() => Query.Parse("is:odd")).Kind);
    }

    [Fact]
    public void While_it_is_typed_the_last_word_may_go_on()
    {
        Assert.Equal("bea*", Query.Parse("bea", isTyping: true).ToString());
        Assert.Equal("beach hou*", Query.Parse("beach hou", isTyping: true).ToString());
        Assert.Equal("beach house", Query.Parse("beach house ", isTyping: true).ToString());
        Assert.Equal("\"bea\"", Query.Parse("\"bea\"", isTyping: true).ToString());
        Assert.Equal("tag:hol", Query.Parse("tag:hol", isTyping: true).ToString());
    }

    [Fact]
    public void Length_depth_and_number_of_conditions_are_capped()
    {
        Assert.True(Query.TryParse(string.Join(' ', Enumerable.Repeat("a", ModelLimits.QueryTerms))).IsQuery);
        Assert.Contains("at most 64", Query.TryParse(string.Join(' ', Enumerable.Repeat("a", ModelLimits.QueryTerms + 1))).Error!.Message);
        Assert.True(Query.TryParse(new string('(', ModelLimits.QueryDepth) + "a" + new string(')', ModelLimits.QueryDepth)).IsQuery);
        Assert.Contains("at most 32 times", Query.TryParse(new string('(', ModelLimits.QueryDepth + 1) + "a" + new string(')', ModelLimits.QueryDepth + 1)).Error!.Message);
        Assert.Contains("at most 32 times", Query.TryParse(new string('-', 4000) + "a").Error!.Message);
        Assert.Contains("4096 letters", Query.TryParse(new string('a', ModelLimits.QueryLetters + 1)).Error!.Message);
    }

    [Theory]
    [InlineData("today", "2026-11-26", "2026-11-27")]
    [InlineData("yesterday", "2026-11-25", "2026-11-26")]
    [InlineData("this week", "2026-11-23", "2026-11-30")]
    [InlineData("last week", "2026-11-16", "2026-11-23")]
    [InlineData("last month", "2026-10-01", "2026-11-01")]
    [InlineData("last year", "2025-01-01", "2026-01-01")]
    [InlineData("3 days ago", "2026-11-23", "2026-11-24")]
    [InlineData("2026-02", "2026-02-01", "2026-03-01")]
    [InlineData("2026", "2026-01-01", "2027-01-01")]
    public void Times_are_spans_by_the_calendar_of_the_machine(string text, string from, string to)
    {
        // A Thursday, late in the evening in a zone five hours behind: the day after by universal time.
        var zone = TimeZoneInfo.CreateCustomTimeZone("test", TimeSpan.FromHours(-5), "test", "test");
        var resolved = QueryTime.Parse(text)!.Resolve(new DateTimeOffset(2026, 11, 27, 3, 30, 0, TimeSpan.Zero), zone);
        Assert.Equal((At(from), At(to)), (resolved.From, resolved.To));

        static long At(string date) => (new DateTimeOffset(DateTime.Parse(date, System.Globalization.CultureInfo.InvariantCulture), TimeSpan.FromHours(-5)) - DateTimeOffset.UnixEpoch).Ticks * 100;
    }

    [Theory]
    [InlineData("0001")]
    [InlineData("9999")]
    [InlineData("100000 years ago")]
    [InlineData("9999-12-31")]
    public void Times_beyond_what_nanoseconds_can_tell_are_the_first_or_the_last(string text)
    {
        var (from, to, _) = QueryTime.Parse(text)!.Resolve(DateTimeOffset.UnixEpoch, TimeZoneInfo.Utc);
        Assert.True(from <= to);
    }
}
