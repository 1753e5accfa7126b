using PeerDrive.Transport.Limiting;

namespace PeerDrive.Transport.Tests.Limiting;

public sealed class RateBucketTests
{
    private const int Frame = 64 * 1024;
    private readonly ManualTimeProvider time = new();

    [Theory]
    [InlineData(1_000_000)]
    [InlineData(2_000_000)]
    [InlineData(50_000_000)]
    public void Over_ten_seconds_the_rate_is_kept_within_five_percent(long rate)
    {
        var bucket = new RateBucket(time) { Rate = rate };
        long taken = 0;
        for (var end = time.GetUtcNow().AddSeconds(10); time.GetUtcNow() < end;)
        {
            while (bucket.TryTake(Frame)) taken += Frame;
            time.Advance(Longer(bucket.Wait(Frame), TimeSpan.FromMilliseconds(1)));
        }
        Assert.InRange(taken, rate * 9.5, rate * 10.5);
    }

    [Theory]
    [InlineData(16_000)]
    [InlineData(2_000_000)]
    public void After_a_pause_no_more_than_the_burst_goes_at_once(long rate)
    {
        var bucket = new RateBucket(time) { Rate = rate };
        time.Advance(TimeSpan.FromHours(1));
        var taken = 0L;
        while (bucket.TryTake(1000)) taken += 1000;
        Assert.InRange(taken, bucket.Burst - 1000, bucket.Burst);
        Assert.True(bucket.Burst <= Math.Max(Frame, rate / 4));
    }

    [Fact]
    public void More_than_a_burst_at_once_goes_too_and_is_paid_for_afterwards()
    {
        var bucket = new RateBucket(time) { Rate = 100_000 };
        time.Advance(TimeSpan.FromMinutes(1));
        Assert.True(bucket.TryTake(1_000_000));
        Assert.False(bucket.TryTake(1));
        Assert.InRange(bucket.Wait(1).TotalSeconds, 9.0, 10.0);
    }

    [Fact]
    public void What_is_only_counted_comes_out_of_what_others_may_take()
    {
        var bucket = new RateBucket(time) { Rate = 1_000_000 };
        long content = 0, control = 0;
        for (var i = 0; i < 10_000; i++)
        {
            time.Advance(TimeSpan.FromMilliseconds(1));
            bucket.Count(400);
            control += 400;
            while (bucket.TryTake(Frame)) content += Frame;
        }
        Assert.InRange(content + control, 9_500_000, 10_500_000);
        Assert.Equal(4_000_000, control);
    }

    [Fact]
    public void A_flood_that_is_counted_holds_others_up_for_ten_seconds_at_most()
    {
        var bucket = new RateBucket(time) { Rate = 1_000_000 };
        bucket.Count(1L << 40);
        Assert.True(bucket.Wait(Frame) <= TimeSpan.FromSeconds(10.1));
    }

    [Fact]
    public void A_new_rate_holds_at_once_and_gives_nothing_for_free()
    {
        var bucket = new RateBucket(time) { Rate = 10_000_000 };
        time.Advance(TimeSpan.FromMinutes(1));
        for (var i = 0; i < 100; i++) bucket.Rate = i % 2 == 0 ? 100_000 : 0;
        bucket.Rate = 100_000;
        Assert.False(bucket.TryTake(Frame));
        time.Advance(TimeSpan.FromSeconds(0.7));
        Assert.True(bucket.TryTake(Frame));
        bucket.Rate = 0;
        Assert.True(bucket.TryTake(long.MaxValue));
    }

    [Fact]
    public void Who_must_obey_two_limits_takes_from_neither_when_one_refuses()
    {
        var own = new RateBucket(time) { Rate = 10_000_000 };
        var total = new RateBucket(time) { Rate = 100_000 };
        time.Advance(TimeSpan.FromSeconds(10));
        var throttle = new Throttle(own, total);
        Assert.True(throttle.TryTake(Frame));
        var left = own.Burst - Frame;
        for (var i = 0; i < 1000; i++) Assert.False(throttle.TryTake(Frame));
        Assert.True(own.TryTake(left));
        Assert.True(throttle.Wait(Frame) > TimeSpan.Zero);
    }

    [Fact]
    public void The_meter_tells_the_rate_of_the_last_seconds_and_forgets()
    {
        var meter = new RateMeter(time);
        for (var i = 0; i < 100; i++)
        {
            meter.Add(100_000);
            time.Advance(TimeSpan.FromSeconds(0.1));
        }
        Assert.InRange(meter.PerSecond, 850_000, 1_000_000);
        time.Advance(TimeSpan.FromDays(1));
        Assert.Equal(0, meter.PerSecond);
    }

    private static TimeSpan Longer(TimeSpan one, TimeSpan other) => one > other ? one : other;
}
