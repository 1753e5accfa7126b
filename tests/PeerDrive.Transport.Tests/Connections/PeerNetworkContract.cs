using System.Net;
using PeerDrive.Model.Errors;
using PeerDrive.Transport.Connections;
using PeerDrive.Transport.Framing;
using PeerDrive.Transport.Identity;

namespace PeerDrive.Transport.Tests.Connections;

/// <summary>What every network promises; run against each.</summary>
public abstract class PeerNetworkContract : IAsyncLifetime
{
    private static readonly CancellationToken None = CancellationToken.None;
    private readonly PersonIdentity person = PersonIdentity.Create("Ann");
    private readonly List<IAsyncDisposable> opened = [];
    private IPeerNetwork annsNetwork = null!, bobsNetwork = null!;
    private IPeerListener listener = null!;

    protected DeviceIdentity Ann { get; private set; } = null!;

    protected DeviceIdentity Bob { get; private set; } = null!;

    public Task InitializeAsync()
    {
        Ann = DeviceIdentity.Create(person, "laptop");
        Bob = DeviceIdentity.Create(person, "desktop");
        annsNetwork = Attach(Ann);
        bobsNetwork = Attach(Bob);
        listener = bobsNetwork.Listen(new IPEndPoint(IPAddress.Loopback, 0));
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        foreach (var one in opened) await one.DisposeAsync().OrFail();
        await listener.DisposeAsync().OrFail();
        Ann.Dispose();
        Bob.Dispose();
        person.Dispose();
    }

    [Fact]
    public async Task Two_devices_exchange_frames_and_know_each_other()
    {
        var (ann, bob) = await ConnectAsync();
        Assert.Equal(Bob.Device, ann.Remote);
        Assert.Equal(Ann.Device, bob.Remote);
        Assert.Equal(Ann.Certificate, bob.RemoteCertificate);
        Assert.True(ann.IsDialled);
        Assert.False(bob.IsDialled);

        await ann.SendAsync(Priority.Control, new byte[] { 1, 2, 3 }, new byte[] { 4, 5 }, None).OrFail();
        using var there = await bob.ReceiveAsync(None).OrFail();
        Assert.Equal([1, 2, 3], there!.Message.ToArray());
        Assert.Equal([4, 5], there.Payload.ToArray());
        Assert.Equal(Priority.Control, there.Priority);

        await bob.SendAsync(Priority.Bulk, new byte[] { 9 }, default, None).OrFail();
        using var back = await ann.ReceiveAsync(None).OrFail();
        Assert.Equal([9], back!.Message.ToArray());
        Assert.True(back.Payload.IsEmpty);
    }

    [Fact]
    public async Task Frames_of_one_priority_arrive_in_order_and_whole()
    {
        var (ann, bob) = await ConnectAsync();
        bob.Authorize();
        var random = new Random(7);
        var sent = Enumerable.Range(0, 500).Select(i =>
        {
            var message = new byte[4 + random.Next(i % 10 == 0 ? 100_000 : 100)];
            var payload = new byte[random.Next(TransportLimits.PayloadBytes + 1)];
            random.NextBytes(message);
            random.NextBytes(payload);
            BitConverter.TryWriteBytes(message, i);
            return (message, payload);
        }).ToList();
        var sender = SendAllAsync();
        foreach (var (message, payload) in sent)
        {
            using var frame = await bob.ReceiveAsync(None).OrFail();
            Assert.True(frame!.Message.Span.SequenceEqual(message));
            Assert.True(frame.Payload.Span.SequenceEqual(payload));
        }
        await sender.OrFail();

        async Task SendAllAsync()
        {
            foreach (var (message, payload) in sent) await ann.SendAsync(Priority.Bulk, message, payload, None);
        }
    }

    [Fact]
    public async Task The_caller_may_reuse_its_memory_when_the_call_returns()
    {
        var (ann, bob) = await ConnectAsync();
        var message = new byte[] { 1 };
        var sending = ann.SendAsync(Priority.Control, message, default, None);
        message[0] = 2;
        await sending.OrFail();
        using var frame = await bob.ReceiveAsync(None).OrFail();
        Assert.Equal(1, frame!.Message.Span[0]);
    }

    [Fact]
    public async Task What_was_sent_before_closing_arrives_and_then_the_reason()
    {
        var (ann, bob) = await ConnectAsync();
        bob.Authorize();
        for (var i = 0; i < 20; i++) await ann.SendAsync(Priority.Bulk, new byte[] { (byte)i }, new byte[1000], None).OrFail();
        await ann.CloseAsync(new CloseReason(CloseKind.ShuttingDown, "good night")).OrFail();
        for (var i = 0; i < 20; i++)
        {
            using var frame = await bob.ReceiveAsync(None).OrFail();
            Assert.Equal(i, frame!.Message.Span[0]);
        }
        Assert.Null(await bob.ReceiveAsync(None).OrFail());
        Assert.Equal(new CloseReason(CloseKind.ShuttingDown, "good night", ByPeer: true), await bob.Closed.OrFail());
        Assert.Equal(new CloseReason(CloseKind.ShuttingDown, "good night"), await ann.Closed.OrFail());
    }

    [Fact]
    public async Task The_first_reason_counts()
    {
        var (ann, bob) = await ConnectAsync();
        await Task.WhenAll(
            ann.CloseAsync(new CloseReason(CloseKind.Duplicate, "one")),
            ann.CloseAsync(new CloseReason(CloseKind.Internal, "two"))).OrFail();
        Assert.Equal(CloseKind.Duplicate, (await ann.Closed.OrFail()).Kind);
        bob.Authorize();
        Assert.Equal(CloseKind.Duplicate, (await bob.Closed.OrFail()).Kind);
    }

    [Fact]
    public async Task A_closed_connection_refuses_to_send_and_receives_nothing()
    {
        var (ann, _) = await ConnectAsync();
        await ann.CloseAsync(new CloseReason(CloseKind.Done, "done")).OrFail();
        var refused = await Assert.ThrowsAsync<PeerDriveException>(() => ann.SendAsync(Priority.Control, new byte[1], default, None).OrFail());
        Assert.Equal(ErrorKind.Unreachable, refused.Kind);
        Assert.Null(await ann.ReceiveAsync(None).OrFail());
    }

    [Fact]
    public async Task Another_device_than_the_expected_one_is_refused()
    {
        var refused = await Assert.ThrowsAsync<PeerDriveException>(() => annsNetwork.ConnectAsync(listener.LocalEndPoint, Ann.Device, None).OrFail());
        Assert.Equal(ErrorKind.Forbidden, refused.Kind);
    }

    [Fact]
    public async Task Where_nobody_listens_nobody_is_reached()
    {
        var end = listener.LocalEndPoint;
        await listener.DisposeAsync().OrFail();
        var refused = await Assert.ThrowsAsync<PeerDriveException>(() => annsNetwork.ConnectAsync(end, Bob.Device, None).OrFail());
        Assert.Equal(ErrorKind.Unreachable, refused.Kind);
    }

    [Fact]
    public void An_address_in_use_cannot_be_listened_at_again()
    {
        var refused = Assert.Throws<PeerDriveException>(() => annsNetwork.Listen(listener.LocalEndPoint));
        Assert.Equal(ErrorKind.Busy, refused.Kind);
    }

    [Fact]
    public async Task A_disposed_listener_ends_its_accepting()
    {
        var accepting = listener.AcceptAsync(None).OrFail();
        await listener.DisposeAsync().OrFail();
        Assert.Null(await accepting);
    }

    [Fact]
    public async Task A_stranger_is_capped_until_it_is_authorised()
    {
        var (ann, bob) = await ConnectAsync();
        Assert.False(bob.IsAuthorized);
        await ann.SendAsync(Priority.Control, new byte[TransportLimits.UnauthorizedFrameBytes + 1], default, None).OrFail();
        Assert.Null(await bob.ReceiveAsync(None).OrFail());
        Assert.Equal(CloseKind.Protocol, (await bob.Closed.OrFail()).Kind);
        Assert.Equal(CloseKind.Protocol, (await ann.Closed.OrFail()).Kind);
    }

    [Fact]
    public async Task Authorising_after_the_first_frame_admits_a_large_second_one_that_was_sent_already()
    {
        var (ann, bob) = await ConnectAsync();
        await ann.SendAsync(Priority.Control, new byte[100], default, None).OrFail();
        await ann.SendAsync(Priority.Control, new byte[TransportLimits.MessageBytes], new byte[TransportLimits.PayloadBytes], None).OrFail();
        (await bob.ReceiveAsync(None).OrFail())!.Dispose();
        bob.Authorize();
        using var large = await bob.ReceiveAsync(None).OrFail();
        Assert.Equal(TransportLimits.MessageBytes, large!.Message.Length);
        Assert.Equal(TransportLimits.PayloadBytes, large.Payload.Length);
    }

    [Fact]
    public async Task A_receiver_that_does_not_take_slows_its_sender_down()
    {
        var (ann, bob) = await ConnectAsync();
        bob.Authorize();
        var sent = 0;
        var payload = new byte[TransportLimits.PayloadBytes];
        // More than both queues and any socket buffer of this machine hold.
        const int Most = 4000;
        var sender = SendAllAsync();
        while (sent < Most && !await IsStuckAsync()) { }
        Assert.InRange(sent, 10, Most - 1);
        for (var i = 0; i < Most; i++) (await bob.ReceiveAsync(None).OrFail())!.Dispose();
        await sender.OrFail();

        async Task SendAllAsync()
        {
            for (; sent < Most; sent++) await ann.SendAsync(Priority.Bulk, new byte[] { 1 }, payload, None);
        }

        async Task<bool> IsStuckAsync()
        {
            var before = sent;
            await sender.WaitAsync(TimeSpan.FromMilliseconds(200)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return sent == before;
        }
    }

    [Fact]
    public async Task An_urgent_frame_overtakes_queued_bulk()
    {
        var (ann, bob) = await ConnectAsync();
        bob.Authorize();
        const int Bulk = 600;
        var payload = new byte[TransportLimits.PayloadBytes];
        var sent = 0;
        var sender = SendBulkAsync();
        while (await IsMovingAsync()) { }
        await ann.SendAsync(Priority.Control, new byte[] { 2 }, default, None).OrFail();
        int before = 0, after = 0;
        for (var control = false; before + after < Bulk;)
        {
            using var frame = await bob.ReceiveAsync(None).OrFail();
            if (frame!.Priority == Priority.Control) control = true;
            else if (control) after++;
            else before++;
        }
        await sender.OrFail();
        // At least the whole bulk queue was overtaken, save a batch that was being written.
        Assert.InRange(after, 50, Bulk);

        async Task SendBulkAsync()
        {
            for (; sent < Bulk; sent++) await ann.SendAsync(Priority.Bulk, new byte[] { 1 }, payload, None);
        }

        async Task<bool> IsMovingAsync()
        {
            var now = sent;
            await sender.WaitAsync(TimeSpan.FromMilliseconds(200)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return sent != now;
        }
    }

    [Fact]
    public async Task Waiting_can_be_given_up_without_losing_a_frame()
    {
        var (ann, bob) = await ConnectAsync();
        using var impatient = new CancellationTokenSource();
        var waiting = bob.ReceiveAsync(impatient.Token).OrFail();
        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        await ann.SendAsync(Priority.Control, new byte[] { 5 }, default, None).OrFail();
        using var frame = await bob.ReceiveAsync(None).OrFail();
        Assert.Equal(5, frame!.Message.Span[0]);
    }

    [Fact]
    public async Task Lengths_beyond_the_caps_are_refused_at_the_sender()
    {
        var (ann, _) = await ConnectAsync();
        foreach (var (message, payload) in new[] { (0, 10), (TransportLimits.MessageBytes + 1, 0), (1, TransportLimits.PayloadBytes + 1) })
        {
            var refused = await Assert.ThrowsAsync<PeerDriveException>(async () => await ann.SendAsync(Priority.Bulk, new byte[message], new byte[payload], None));
            Assert.Equal(ErrorKind.Invalid, refused.Kind);
        }
    }

    protected abstract IPeerNetwork Attach(DeviceIdentity device);

    protected async Task<(IPeerConnection Ann, IPeerConnection Bob)> ConnectAsync()
    {
        var accepting = listener.AcceptAsync(None).OrFail();
        var ann = await annsNetwork.ConnectAsync(listener.LocalEndPoint, Bob.Device, None).OrFail();
        opened.Add(ann);
        var bob = (await accepting)!;
        opened.Add(bob);
        return (ann, bob);
    }
}
