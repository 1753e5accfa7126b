using System.Net;
using System.Net.Http.Headers;
using System.Text;
using PeerDrive.Client.Contracts;
using PeerDrive.Model.Errors;

namespace PeerDrive.Node.Tests;

public class RangeApiTests
{
    private const string Text = "0123456789";

    [Theory]
    [InlineData("bytes=0-", Text, "bytes 0-9/10")]
    [InlineData("bytes=3-5", "345", "bytes 3-5/10")]
    [InlineData("bytes=9-9", "9", "bytes 9-9/10")]
    [InlineData("bytes=8-9223372036854775807", "89", "bytes 8-9/10")]
    [InlineData("bytes=-4", "6789", "bytes 6-9/10")]
    [InlineData("bytes=-400", Text, "bytes 0-9/10")]
    public async Task A_part_of_a_file_is_sent_alone(string range, string expected, string told)
    {
        await using var node = await NodeAsync();
        using var answer = await AskAsync(node, request => request.Headers.TryAddWithoutValidation("Range", range));
        Assert.Equal(HttpStatusCode.PartialContent, answer.StatusCode);
        Assert.Equal(expected, await answer.Content.ReadAsStringAsync());
        Assert.Equal(told, answer.Content.Headers.ContentRange!.ToString());
        Assert.Equal(expected.Length, answer.Content.Headers.ContentLength);
    }

    [Theory]
    [InlineData("bytes=10-")]
    [InlineData("bytes=9223372036854775807-")]
    [InlineData("bytes=-0")]
    public async Task Of_bytes_that_a_file_has_not_its_size_is_told(string range)
    {
        await using var node = await NodeAsync();
        using var answer = await AskAsync(node, request => request.Headers.TryAddWithoutValidation("Range", range));
        Assert.Equal(HttpStatusCode.RequestedRangeNotSatisfiable, answer.StatusCode);
        Assert.Equal("bytes */10", answer.Content.Headers.ContentRange!.ToString());
    }

    [Theory]
    [InlineData("bytes=5-3")]
    [InlineData("bytes=0-1,4-5")]
    [InlineData("lines=1-2")]
    [InlineData("bytes=99999999999999999999-")]
    [InlineData("bytes")]
    public async Task What_is_no_range_or_several_gets_all(string range)
    {
        await using var node = await NodeAsync();
        using var answer = await AskAsync(node, request => request.Headers.TryAddWithoutValidation("Range", range));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(Text, await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_version_has_a_tag_by_which_only_what_changed_is_sent_again()
    {
        await using var node = await NodeAsync();
        using var first = await AskAsync(node, _ => { });
        var tag = first.Headers.ETag!;
        using var same = await AskAsync(node, request => request.Headers.IfNoneMatch.Add(tag));
        Assert.Equal(HttpStatusCode.NotModified, same.StatusCode);
        using var rest = await AskAsync(node, request => (request.Headers.Range, request.Headers.IfRange) = (new RangeHeaderValue(7, null), new RangeConditionHeaderValue(tag)));
        Assert.Equal("789", await rest.Content.ReadAsStringAsync());

        await node.Volume("v").WriteAsync("f", "another text");
        using var changed = await AskAsync(node, request => request.Headers.IfNoneMatch.Add(tag));
        Assert.Equal(HttpStatusCode.OK, changed.StatusCode);
        // The beginning that it has is another version's: it gets all.
        using var whole = await AskAsync(node, request => (request.Headers.Range, request.Headers.IfRange) = (new RangeHeaderValue(7, null), new RangeConditionHeaderValue(tag)));
        Assert.Equal("another text", await whole.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task The_client_reads_parts_of_large_and_empty_files()
    {
        await using var node = await NodeAsync();
        var large = string.Concat(Enumerable.Range(0, 600_000).Select(i => $"{i:D6}\n"));
        await node.Volume("v").WriteAsync("large", large);
        await using (var stream = await node.Client.ReadAsync("v", "/large", null, 2_000_003, 1_500_000, default))
        {
            using var reader = new StreamReader(stream, Encoding.ASCII);
            Assert.Equal(large.Substring(2_000_003, 1_500_000), await reader.ReadToEndAsync());
        }
        await node.Volume("v").WriteAsync("empty", "");
        Assert.Equal("", await node.TextAsync("v", "/empty"));
        Assert.Equal(nameof(ErrorKind.Invalid), (await TestNode.ProblemAsync(() => node.Client.ReadAsync("v", "/empty", null, 0, 1, default))).Kind);
    }

    private static async Task<TestNode> NodeAsync()
    {
        var node = await TestNode.StartAsync();
        await node.Client.CreateVolumeAsync(new CreateVolume("v", false), default);
        await node.Volume("v").WriteAsync("f", Text);
        return node;
    }

    private static async Task<HttpResponseMessage> AskAsync(TestNode node, Action<HttpRequestMessage> change)
    {
        using var http = RawClient.For(node.Node.SocketPath);
        using var request = new HttpRequestMessage(HttpMethod.Get, "http://node/api/v1/volumes/v/content?path=/f");
        change(request);
        var answer = await http.SendAsync(request);
        await answer.Content.LoadIntoBufferAsync();
        return answer;
    }
}
