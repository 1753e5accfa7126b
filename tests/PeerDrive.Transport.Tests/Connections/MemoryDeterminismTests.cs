using System.Net;
using System.Text;
using PeerDrive.Transport.Connections;
using PeerDrive.Transport.Connections.Memory;
using PeerDrive.Transport.Framing;
using PeerDrive.Transport.Identity;

namespace PeerDrive.Transport.Tests.Connections;

public sealed class MemoryDeterminismTests : IDisposable
{
    private static readonly CancellationToken None = CancellationToken.None;
    private readonly PersonIdentity person = PersonIdentity.Create("Ann");
    private readonly DeviceIdentity ann, bob;

    public MemoryDeterminismTests()
    {
        ann = DeviceIdentity.Create(person, "laptop");
        bob = DeviceIdentity.Create(person, "desktop");
    }

    public void Dispose()
    {
        ann.Dispose();
        bob.Dispose();
        person.Dispose();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void One_seed_gives_one_trace_and_nothing_leaves_the_scheduler(int seed)
    {
        var first = Tell(seed);
        Assert.NotEmpty(first);
        for (var again = 0; again < 5; again++) Assert.Equal(first, Tell(seed));
    }

    [Fact]
    public void A_delay_is_latency_and_not_throughput()
    {
        var time = new ManualTimeProvider();
        var took = OneThread.Run(
            async () =>
            {
                var network = new MemoryPeerNetwork(time) { Fate = (_, _, _) => new FrameFate(TimeSpan.FromMilliseconds(50)) };
                await using var listener = network.Attach(bob.Certificate).Listen(new IPEndPoint(IPAddress.Loopback, 0));
                await using var near = await network.Attach(ann.Certificate).ConnectAsync(listener.LocalEndPoint, bob.Device, None);
                await using var far = (await listener.AcceptAsync(None))!;
                far.Authorize();
                var start = time.GetTimestamp();
                for (var i = 0; i < 40; i++)
                {
                    await near.SendAsync(Priority.Control, new byte[] { 1 }, default, None);
                    if (i % 10 == 9) await Task.Delay(TimeSpan.FromMilliseconds(10), time);
                }
                for (var i = 0; i < 40; i++) (await far.ReceiveAsync(None))!.Dispose();
                return time.GetElapsedTime(start);
            },
            time);
        // The last were sent after 30 ms.
        Assert.InRange(took.TotalMilliseconds, 80, 85);
    }

    private string Tell(int seed)
    {
        var time = new ManualTimeProvider();
        var thread = Environment.CurrentManagedThreadId;
        return OneThread.Run(
            async () =>
            {
                var random = new Random(seed);
                var start = time.GetTimestamp();
                var trace = new StringBuilder();
                var frames = 0;
                var network = new MemoryPeerNetwork(time)
                {
                    Fate = (_, _, bytes) => new FrameFate(TimeSpan.FromMilliseconds(random.Next(20)), Cut: ++frames == 150),
                };
                await using var listener = network.Attach(bob.Certificate).Listen(new IPEndPoint(IPAddress.Loopback, 0));
                await using var near = await network.Attach(ann.Certificate).ConnectAsync(listener.LocalEndPoint, bob.Device, None);
                await using var far = (await listener.AcceptAsync(None))!;
                far.Authorize();
                var hearing = HearAsync("bob", far);
                var answers = HearAsync("ann", near);
                await Task.WhenAll(SpeakAsync(near), SpeakAsync(far));
                await Task.WhenAll(hearing, answers);
                trace.AppendLine($"{(await near.Closed).Kind} {(await far.Closed).Kind}");
                return trace.ToString();

                async Task HearAsync(string who, IPeerConnection connection)
                {
                    while (await connection.ReceiveAsync(None) is { } frame)
                    {
                        Assert.Equal(thread, Environment.CurrentManagedThreadId);
                        trace.AppendLine($"{time.GetElapsedTime(start).TotalMilliseconds} {who} {frame.Priority} {frame.Message.Span[0]}");
                        frame.Dispose();
                    }
                    Assert.Equal(thread, Environment.CurrentManagedThreadId);
                }

                async Task SpeakAsync(IPeerConnection connection)
                {
                    for (var i = 0; i < 100 && !connection.Closed.IsCompleted; i++)
                    {
                        try
                        {
                            await connection.SendAsync((Priority)random.Next(3), new byte[] { (byte)i }, default, None);
                        }
                        catch (Model.Errors.PeerDriveException)
                        {
                            return;
                        }
                        await Task.Delay(TimeSpan.FromMilliseconds(random.Next(3)), time);
                        Assert.Equal(thread, Environment.CurrentManagedThreadId);
                    }
                }
            },
            time);
    }
}
