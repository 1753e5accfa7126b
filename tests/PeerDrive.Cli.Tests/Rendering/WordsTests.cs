using PeerDrive.Cli.Rendering;
using PeerDrive.Cli.Tests.Running;

namespace PeerDrive.Cli.Tests.Rendering;

public sealed class WordsTests
{
    [Theory]
    [InlineData(0, "0 B")]
    [InlineData(1023, "1023 B")]
    [InlineData(1024, "1.0 KiB")]
    [InlineData(1536, "1.5 KiB")]
    [InlineData(10 * 1024, "10 KiB")]
    [InlineData(1_048_575, "1.0 MiB")]
    [InlineData(95L << 20, "95 MiB")]
    [InlineData(long.MaxValue, "8.0 EiB")]
    public void Sizes_are_in_powers_of_1024(long bytes, string shown)
    {
        Assert.Equal(shown, ByteSize.Show(bytes));
    }

    [Theory]
    [InlineData(0, "just now")]
    [InlineData(59, "59 s ago")]
    [InlineData(60, "1 min ago")]
    [InlineData(3_600, "1 h ago")]
    [InlineData(86_400, "1 day ago")]
    [InlineData(259_200, "3 days ago")]
    [InlineData(-10, "just now")]
    public void Times_are_told_from_now(int secondsAgo, string shown)
    {
        Assert.Equal(shown, RelativeTime.Show(Samples.Time.AddSeconds(-secondsAgo), Samples.Time));
    }

    [Theory]
    [InlineData(-400)]
    [InlineData(40)]
    [InlineData(100_000)]
    public void Times_far_away_are_dates(int daysAgo)
    {
        Assert.Matches(@"^\d{4}-\d\d-\d\d$", RelativeTime.Show(Samples.Time.AddDays(-daysAgo), Samples.Time));
    }

    [Fact]
    public void Tables_align_their_columns_and_leave_no_trailing_spaces()
    {
        var table = new TextTable("NAME", ">SIZE", "STATE");
        table.Add("a", "1", "");
        table.Add("längst", "1000", "fine");
        var output = new StringWriter { NewLine = "\n" };
        table.WriteTo(output, "  ");
        Assert.Equal("  NAME    SIZE  STATE\n  a          1\n  längst  1000  fine\n", output.ToString());
    }

    [Fact]
    public void An_empty_table_writes_nothing()
    {
        var output = new StringWriter();
        new TextTable("NAME").WriteTo(output);
        Assert.Empty(output.ToString());
    }

    [Fact]
    public void A_job_tells_how_far_it_is()
    {
        Assert.Equal("import /data: 40 % (1,200 of 3,000 files)", JobText.Line(Samples.Job("running", 1_200, 3_000)));
        Assert.Equal("import /data: 50 % (1.0 MiB of 2.0 MiB)", JobText.Line(Samples.Job("running", 1 << 20, 2 << 20, "bytes")));
        Assert.Equal("import /data: 12 files", JobText.Line(Samples.Job("running", 12, 0)));
        Assert.Equal("import /data: done, 3,000 files", JobText.Line(Samples.Job("done", 3_000, 3_000)));
        Assert.Equal("import /data: failed: the disk is full", JobText.Line(Samples.Job("failed", 1, 3)));
    }

    [Theory]
    [InlineData(0, "[........................]")]
    [InlineData(5, "[############............]")]
    [InlineData(10, "[########################]")]
    [InlineData(99, "[########################]")]
    public void A_bar_is_never_longer_than_its_frame(long done, string bar)
    {
        Assert.Equal(bar, JobText.Bar(Samples.Job("running", done, 10)));
    }

    [Fact]
    public void A_ticket_becomes_a_square_that_a_camera_can_read()
    {
        var lines = QrText.Draw("peerdrive:" + new string('A', 200)).Split('\n').Where(line => line.Length > 0).ToList();
        Assert.Single(lines.Select(line => line.Length).Distinct());
        Assert.All(lines, line => Assert.EndsWith("\u001b[0m", line));
    }
}
