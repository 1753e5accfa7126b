using PeerDrive.Model.Errors;
using PeerDrive.Transport.Framing;

namespace PeerDrive.Transport.Tests.Framing;

public sealed class SendQueueTests
{
    private readonly SendQueue queue = new(TimeProvider.System, null);

    [Fact]
    public async Task The_most_urgent_goes_first_and_equals_keep_their_order()
    {
        foreach (var (priority, mark) in new[] { (Priority.Bulk, 1), (Priority.Control, 2), (Priority.Bulk, 3), (Priority.Streaming, 4), (Priority.Control, 5) })
            await queue.EnqueueAsync(Make(priority, mark), default);
        Assert.Equal([4, 2, 5, 1, 3], Take(10_000));
    }

    [Fact]
    public async Task A_flood_of_urgent_frames_does_not_starve_the_rest()
    {
        await queue.EnqueueAsync(Make(Priority.Bulk, 99), default);
        var taken = new List<int>();
        for (var i = 0; i < TransportLimits.FairnessBatches; i++)
        {
            await queue.EnqueueAsync(Make(Priority.Streaming, 1), default);
            await queue.EnqueueAsync(Make(Priority.Streaming, 1), default);
            taken.AddRange(Take(1));
        }
        Assert.Contains(99, taken);
    }

    [Fact]
    public async Task A_full_priority_waits_and_the_others_do_not()
    {
        var big = TransportLimits.BulkQueueBytes / (TransportLimits.PayloadBytes + 1000);
        for (var i = 0; i < big; i++) await queue.EnqueueAsync(Make(Priority.Bulk, i & 255, TransportLimits.PayloadBytes), default);
        var waiting = queue.EnqueueAsync(Make(Priority.Bulk, 7, TransportLimits.PayloadBytes), default).AsTask();
        var second = queue.EnqueueAsync(Make(Priority.Bulk, 8, TransportLimits.PayloadBytes), default).AsTask();
        Assert.True(TryEnqueue(Make(Priority.Control, 1)));
        Assert.Equal([1], Take(1));
        Assert.False(second.IsCompleted);
        Take(TransportLimits.PayloadBytes * 3);
        await waiting.OrFail();
        await second.OrFail();
    }

    [Fact]
    public void Millions_of_tiny_frames_are_bounded_too()
    {
        var accepted = 0;
        while (TryEnqueue(Make(Priority.Bulk, 1))) accepted++;
        Assert.InRange(accepted, 1, TransportLimits.BulkQueueBytes / TransportLimits.FrameOverheadBytes);
    }

    [Fact]
    public async Task A_wait_that_is_given_up_leaves_nothing_behind()
    {
        while (TryEnqueue(Make(Priority.Bulk, 1, TransportLimits.PayloadBytes))) { }
        using var impatient = new CancellationTokenSource();
        var waiting = queue.EnqueueAsync(Make(Priority.Bulk, 42), impatient.Token).AsTask();
        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.OrFail());
        Assert.DoesNotContain(42, Take(int.MaxValue));
    }

    [Fact]
    public async Task Closing_sends_what_is_queued_then_the_reason_and_refuses_the_rest()
    {
        await queue.EnqueueAsync(Make(Priority.Bulk, 1), default);
        queue.Close("done", Make(Priority.Streaming, 77), drop: false);
        Assert.True(await queue.WaitToTakeAsync());
        Assert.Equal([1, 77], Take(10_000));
        Assert.False(await queue.WaitToTakeAsync());
        var refused = await Assert.ThrowsAsync<PeerDriveException>(async () => await queue.EnqueueAsync(Make(Priority.Bulk, 1), default));
        Assert.Equal(ErrorKind.Unreachable, refused.Kind);
    }

    [Fact]
    public async Task Closing_at_once_sends_only_the_reason_and_fails_who_waits()
    {
        while (TryEnqueue(Make(Priority.Bulk, 1, TransportLimits.PayloadBytes))) { }
        var waiting = queue.EnqueueAsync(Make(Priority.Bulk, 1), default).AsTask();
        queue.Close("broken", Make(Priority.Streaming, 77), drop: true);
        Assert.Equal([77], Take(int.MaxValue));
        await Assert.ThrowsAsync<PeerDriveException>(() => waiting.OrFail());
    }

    private static Frame Make(Priority priority, int mark, int payload = 0) =>
        Frame.Create(FrameType.Application, priority, [(byte)mark], new byte[payload]);

    private bool TryEnqueue(Frame frame) => queue.EnqueueAsync(frame, default).AsTask().IsCompleted;

    private List<int> Take(int limit)
    {
        var batch = new List<Frame>();
        queue.Take(batch, limit);
        var marks = batch.ConvertAll(f => (int)f.Message.Span[0]);
        foreach (var frame in batch) frame.Dispose();
        return marks;
    }
}
