using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace PeerDrive.EndToEnd;

/// <summary>The tests' own link does what it says; only what it holds back is asserted, as a busy machine is slow by itself.</summary>
public sealed class SlowLinkTests : IDisposable
{
    private readonly TcpListener echo = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource limit = new(TimeSpan.FromMinutes(1));

    public SlowLinkTests() => echo.Start();

    public void Dispose()
    {
        echo.Dispose();
        limit.Dispose();
    }

    [Fact]
    public async Task Bytes_arrive_whole_and_in_order_no_sooner_than_the_delay_and_no_faster_than_the_rate()
    {
        const int size = 1_000_000, rate = 2_000_000;
        var delay = TimeSpan.FromMilliseconds(50);
        await using var link = new SlowLink((IPEndPoint)echo.LocalEndpoint, delay, rate);
        var serving = EchoAsync();
        using var client = new TcpClient();
        await client.ConnectAsync(link.EndPoint, limit.Token);
        var stream = client.GetStream();

        var clock = Stopwatch.StartNew();
        await stream.WriteAsync(new byte[] { 7 }, limit.Token);
        Assert.Equal(7, (await ReadAsync(stream, 1))[0]);
        Assert.True(clock.Elapsed >= 2 * delay, $"a byte came back after {clock.Elapsed}");

        var sent = RandomNumberGenerator.GetBytes(size);
        clock.Restart();
        var writing = stream.WriteAsync(sent, limit.Token);
        var got = await ReadAsync(stream, size);
        var elapsed = clock.Elapsed;
        await writing;
        Assert.Equal(sent, got);
        Assert.True(elapsed >= TimeSpan.FromSeconds((double)size / rate) + (2 * delay) - TimeSpan.FromMilliseconds(10), $"{size} bytes there and back took {elapsed}");

        client.Client.Shutdown(SocketShutdown.Send);
        Assert.Equal(0, await stream.ReadAsync(new byte[1], limit.Token));
        await serving;
        Assert.Equal(2 * (size + 1), link.Carried);
    }

    [Fact]
    public async Task A_cut_breaks_what_is_open_and_lets_new_connections_through()
    {
        await using var link = new SlowLink((IPEndPoint)echo.LocalEndpoint, TimeSpan.Zero, 0);
        var first = EchoAsync();
        using (var client = new TcpClient())
        {
            await client.ConnectAsync(link.EndPoint, limit.Token);
            await client.GetStream().WriteAsync(new byte[] { 1 }, limit.Token);
            await ReadAsync(client.GetStream(), 1);
            link.Cut();
            var end = await Record.ExceptionAsync(async () => Assert.Equal(0, await client.GetStream().ReadAsync(new byte[1], limit.Token)));
            Assert.True(end is null or IOException, $"{end}");
        }
        await first;
        var second = EchoAsync();
        using (var client = new TcpClient())
        {
            await client.ConnectAsync(link.EndPoint, limit.Token);
            await client.GetStream().WriteAsync(new byte[] { 2 }, limit.Token);
            Assert.Equal(2, (await ReadAsync(client.GetStream(), 1))[0]);
        }
        await second;
    }

    [Fact]
    public async Task A_target_that_is_not_there_shows_as_an_end_and_the_link_closes_all_the_same()
    {
        echo.Stop();
        await using var link = new SlowLink(new IPEndPoint(IPAddress.Loopback, 1), TimeSpan.Zero, 0);
        using var client = new TcpClient();
        await client.ConnectAsync(link.EndPoint, limit.Token);
        var end = await Record.ExceptionAsync(async () => Assert.Equal(0, await client.GetStream().ReadAsync(new byte[1], limit.Token)));
        Assert.True(end is null or IOException, $"{end}");
    }

    /// <summary>Sends one connection back what it sent, to its end.</summary>
    private async Task EchoAsync()
    {
        using var socket = await echo.AcceptSocketAsync(limit.Token);
        var buffer = new byte[64 * 1024];
        try
        {
            while (await socket.ReceiveAsync(buffer, limit.Token) is > 0 and var length)
            {
                for (var sent = 0; sent < length;) sent += await socket.SendAsync(buffer.AsMemory(sent, length - sent), limit.Token);
            }
            socket.Shutdown(SocketShutdown.Send);
        }
        catch (SocketException)
        {
            // The link was cut.
        }
    }

    private async Task<byte[]> ReadAsync(NetworkStream stream, int length)
    {
        var bytes = new byte[length];
        await stream.ReadExactlyAsync(bytes, limit.Token);
        return bytes;
    }
}
