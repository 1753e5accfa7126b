using System.Net.ServerSentEvents;
using System.Text.Json;
using PeerDrive.Client;
using PeerDrive.Client.Contracts;
using PeerDrive.Model.Errors;
using PeerDrive.Node.Events;

namespace PeerDrive.Node.Tests.Web;

/// <summary>What happens, told as it happens.</summary>
public sealed class EventApiTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task A_listener_hears_of_a_change_and_who_comes_back_of_what_was_missed()
    {
        await using var node = await TestNode.StartAsync();
        var volume = (await node.Client.CreateVolumeAsync(new CreateVolume("Photos", false), default)).Id;
        using var http = RawClient.For(node.Node.SocketPath);
        string seen;
        await using (var first = await ListenAsync(http, ""))
        {
            await node.Volume("Photos").WriteAsync("a.txt", "one");
            seen = (await first.UntilAsync(happened => happened.Volume == volume && happened.Paths.Contains("/a.txt"))).Id;
        }
        await node.Volume("Photos").WriteAsync("b.txt", "two");
        await node.Client.CreateVolumeAsync(new CreateVolume("Music", false), default);
        await using (var again = await ListenAsync(http, seen))
        {
            var missed = await again.UntilAsync(happened => happened.Paths.Contains("/b.txt"));
            Assert.DoesNotContain(again.Seen, happened => happened.Paths.Contains("/a.txt"));
            Assert.DoesNotContain(again.Seen, happened => happened.Kind == "reset");
            Assert.Equal("changes", missed.Kind);
        }
        // Of another start of the node, or nonsense: look at everything.
        foreach (var unknown in new[] { "000000000000-1", "x", seen.Split('-')[0] + "-99999999" })
        {
            await using var lost = await ListenAsync(http, unknown);
            await lost.UntilAsync(happened => happened.Kind == "reset" && happened.HasMore);
        }
    }

    [Fact]
    public async Task The_client_tells_events_until_the_node_stops()
    {
        await using var node = await TestNode.StartAsync();
        await node.Client.CreateVolumeAsync(new CreateVolume("Photos", false), default);
        using var timer = new CancellationTokenSource(Limit);
        var isTold = false;
        await foreach (var happened in node.Client.EventsAsync("nothing that it knows", timer.Token))
        {
            if (happened.Kind == "reset") await node.Volume("Photos").WriteAsync("a.txt", "one");
            if (!happened.Paths.Contains("/a.txt")) continue;
            isTold = true;
            await node.Node.DisposeAsync();
        }
        Assert.True(isTold);
    }

    [Fact]
    public async Task A_thousand_listeners_leave_the_node_answering()
    {
        await using var node = await TestNode.StartAsync();
        using var http = RawClient.For(node.Node.SocketPath);
        var listeners = new List<HttpResponseMessage>();
        for (var i = 0; i < 1_000; i++) listeners.Add(await http.GetAsync("http://x/api/v1/events", HttpCompletionOption.ResponseHeadersRead));
        Assert.Equal(EventHub.MaxListeners, listeners.Count(response => response.IsSuccessStatusCode));
        Assert.All(listeners.Skip(EventHub.MaxListeners), response => Assert.Equal(ErrorKind.Busy.Codes().Http, (int)response.StatusCode));
        Assert.Equal("Ada", (await node.Client.StatusAsync(default)).PersonName);
        foreach (var response in listeners) response.Dispose();
        // Those that went make room.
        await Until.TrueAsync(async () =>
        {
            using var response = await http.GetAsync("http://x/api/v1/events", HttpCompletionOption.ResponseHeadersRead);
            return response.IsSuccessStatusCode;
        });
    }

    private static async Task<Listener> ListenAsync(HttpClient http, string after)
    {
        var response = await http.GetAsync($"http://x/api/v1/events?after={after}", HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.MediaType);
        return new Listener(response, await response.Content.ReadAsStreamAsync());
    }

    private sealed class Listener(HttpResponseMessage response, Stream stream) : IAsyncDisposable
    {
        public List<NodeEvent> Seen { get; } = [];

        public async Task<NodeEvent> UntilAsync(Func<NodeEvent, bool> condition)
        {
            using var timer = new CancellationTokenSource(Limit);
            await foreach (var item in SseParser.Create(stream).EnumerateAsync(timer.Token))
            {
                var happened = JsonSerializer.Deserialize<NodeEvent>(item.Data, PeerDriveClient.Json)!;
                Assert.Equal((happened.Id, happened.Kind), (item.EventId, item.EventType));
                Seen.Add(happened);
                if (condition(happened)) return happened;
            }
            throw new InvalidOperationException("The node ended the stream.");
        }

        public async ValueTask DisposeAsync()
        {
            await stream.DisposeAsync();
            response.Dispose();
        }
    }
}
