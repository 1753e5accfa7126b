using PeerDrive.Transport.Framing;
using PeerDrive.Transport.Limiting;

namespace PeerDrive.Transport.Tests.Limiting;

/// <summary>What the send queue does under a limit.</summary>
public sealed class LimitedQueueTests
{
    private const int Payload = 60_000;
    private readonly ManualTimeProvider time = new();
    private readonly RateBucket bucket;
    private readonly SendQueue queue;

    public LimitedQueueTests()
    {
        bucket = new RateBucket(time) { Rate = 1_000_000 };
        queue = new SendQueue(time, new Throttle(bucket, new RateBucket(time)));
    }

    [Fact]
    public async Task Content_waits_for_the_limit_and_control_and_pings_pass_it()
    {
        await queue.EnqueueAsync(Make(Priority.Streaming, 1, Payload), default);
        await queue.EnqueueAsync(Make(Priority.Bulk, 2, Payload), default);
        Assert.Empty(Take());
        await queue.EnqueueAsync(Make(Priority.Control, 3, 0), default);
        queue.EnqueueNow(Make(Priority.Streaming, 4, 0));
        Assert.Equal([3, 4], Take());
    }

    [Fact]
    public async Task A_waiting_taker_is_woken_when_the_limit_allows_it_and_by_control_at_once()
    {
        await queue.EnqueueAsync(Make(Priority.Bulk, 1, Payload), default);
        var held = queue.WaitToTakeAsync();
        Assert.False(held.IsCompleted);
        await queue.EnqueueAsync(Make(Priority.Control, 2, 0), default);
        Assert.True(await held.OrFail());
        Assert.Equal([2], Take());
        held = queue.WaitToTakeAsync();
        Assert.False(held.IsCompleted);
        time.Advance(TimeSpan.FromMilliseconds(100));
        Assert.True(await held.OrFail());
        Assert.Equal([1], Take());
    }

    [Fact]
    public async Task A_readers_content_goes_before_bulk_that_is_smaller()
    {
        await queue.EnqueueAsync(Make(Priority.Streaming, 1, Payload), default);
        await queue.EnqueueAsync(Make(Priority.Bulk, 2, 100), default);
        time.Advance(TimeSpan.FromMilliseconds(30));
        Assert.Empty(Take());
        time.Advance(TimeSpan.FromMilliseconds(100));
        Assert.Equal([1, 2], Take());
    }

    [Fact]
    public async Task The_rate_of_all_together_is_kept_and_control_never_waits()
    {
        long sent = 0;
        var waited = 0;
        for (var tick = 0; tick < 10_000; tick++)
        {
            while (queue.EnqueueAsync(Make(Priority.Bulk, 1, Payload), default).AsTask() is { IsCompleted: true })
            {
                if (tick > 0) break;
            }
            if (tick % 10 == 0) await queue.EnqueueAsync(Make(Priority.Control, 2, 0), default);
            var batch = new List<Frame>();
            queue.Take(batch, int.MaxValue);
            if (tick % 10 == 0 && batch.TrueForAll(frame => frame.Message.Span[0] != 2)) waited++;
            sent += batch.Sum(frame => frame.Wire.Length);
            foreach (var frame in batch) frame.Dispose();
            time.Advance(TimeSpan.FromMilliseconds(1));
        }
        Assert.Equal(0, waited);
        Assert.InRange(sent, 9_500_000, 10_500_000);
    }

    [Fact]
    public async Task Content_that_is_no_longer_wanted_is_dropped_and_the_rest_keeps_its_order()
    {
        using var over = new CancellationTokenSource();
        await queue.EnqueueAsync(Make(Priority.Bulk, 1, 10), default);
        var unwanted = Make(Priority.Bulk, 2, Payload);
        unwanted.Unwanted = over.Token;
        await queue.EnqueueAsync(unwanted, default);
        await queue.EnqueueAsync(Make(Priority.Bulk, 3, 10), default);
        over.Cancel();
        queue.DropUnwanted();
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal([1, 3], Take());
    }

    [Fact]
    public async Task Closing_tells_the_reason_and_drops_what_the_limit_holds_back()
    {
        await queue.EnqueueAsync(Make(Priority.Bulk, 1, Payload), default);
        await queue.EnqueueAsync(Make(Priority.Control, 2, 0), default);
        queue.Close("done", Make(Priority.Streaming, 77, 0), drop: false);
        Assert.True(await queue.WaitToTakeAsync().OrFail());
        Assert.Equal([2, 77], Take());
        Assert.False(await queue.WaitToTakeAsync().OrFail());
    }

    private static Frame Make(Priority priority, int mark, int payload) => Frame.Create(FrameType.Application, priority, [(byte)mark], new byte[payload]);

    private List<int> Take()
    {
        var batch = new List<Frame>();
        queue.Take(batch, int.MaxValue);
        var marks = batch.ConvertAll(frame => (int)frame.Message.Span[0]);
        foreach (var frame in batch) frame.Dispose();
        return marks;
    }
}
