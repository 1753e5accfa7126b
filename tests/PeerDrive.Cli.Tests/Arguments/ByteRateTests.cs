using PeerDrive.Cli.Arguments;

namespace PeerDrive.Cli.Tests.Arguments;

public class ByteRateTests
{
    [Theory]
    [InlineData("2MB/s", 2_000_000)]
    [InlineData("500kB/s", 500_000)]
    [InlineData("1.5 MiB/s", 1_572_864)]
    [InlineData("20Mbit/s", 2_500_000)]
    [InlineData("20mbit", 2_500_000)]
    [InlineData("16000B/s", 16_000)]
    [InlineData("1GB", 1_000_000_000)]
    [InlineData("none", 0)]
    [InlineData("0", 0)]
    public void A_rate_is_read_as_people_write_it(string text, long expected) => Assert.Equal(expected, ByteRate.Parse(text));

    [Theory]
    [InlineData("")]
    [InlineData("2")]
    [InlineData("MB/s")]
    [InlineData("-2MB/s")]
    [InlineData("2MB/h")]
    [InlineData("2 TB/s")]
    [InlineData("1e9GB/s")]
    [InlineData("99999999GB/s")]
    [InlineData("1,5MB/s")]
    [InlineData("NaNMB")]
    public void What_is_no_rate_is_refused(string text) => Assert.Null(ByteRate.Parse(text));

    [Theory]
    [InlineData(0, "none")]
    [InlineData(999, "999 B/s")]
    [InlineData(2_000_000, "2 MB/s")]
    [InlineData(1_572_864, "1.57 MB/s")]
    public void A_rate_is_shown_in_the_nearest_unit(long rate, string expected) => Assert.Equal(expected, ByteRate.Show(rate));
}
