using System.Globalization;
using System.Text.RegularExpressions;
using PeerDrive.Client.Contracts;

namespace PeerDrive.Node.Tests.Web;

public sealed partial class MetricsApiTests
{
    [Fact]
    public async Task Figures_are_those_of_the_status_and_every_line_is_of_the_format()
    {
        await using var node = await TestNode.StartAsync();
        await node.Client.CreateVolumeAsync(new CreateVolume("Odd \"name\" \\ of it", false), default);
        await node.Volume("Odd \"name\" \\ of it").WriteAsync("a.txt", "five!");
        using var http = RawClient.For(node.Node.SocketPath);
        using var answer = await http.GetAsync("http://x/api/v1/metrics");
        Assert.Equal("text/plain", answer.Content.Headers.ContentType?.MediaType);
        var lines = (await answer.Content.ReadAsStringAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.All(lines, line => Assert.Matches(Line(), line));
        var volume = (await node.Client.VolumesAsync(default))[0];
        Assert.Contains(string.Create(CultureInfo.InvariantCulture, $"peerdrive_volume_bytes{{volume=\"{volume.Id}\",name=\"Odd \\\"name\\\" \\\\ of it\"}} {volume.Bytes}"), lines);
        Assert.Equal("ok\n", await http.GetStringAsync("http://x/api/v1/health"));
    }

    [GeneratedRegex("""^(# (HELP|TYPE) [a-z_]+ .+|[a-z_]+(\{([a-z]+="([^"\\]|\\["\\n])*",?)*\})? [0-9.E+-]+)$""")]
    private static partial Regex Line();
}
