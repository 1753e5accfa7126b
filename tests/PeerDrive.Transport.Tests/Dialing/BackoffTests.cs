using PeerDrive.Transport.Dialing;

namespace PeerDrive.Transport.Tests.Dialing;

public sealed class BackoffTests
{
    [Fact]
    public void Pauses_grow_to_five_minutes_and_a_success_starts_over()
    {
        var backoff = new Backoff(new Random(1));
        var pauses = Enumerable.Range(0, 20).Select(_ => backoff.Next()).ToList();
        Assert.InRange(pauses[0], TimeSpan.FromSeconds(0.5), TimeSpan.FromSeconds(1));
        Assert.All(pauses, p => Assert.InRange(p, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(5)));
        Assert.All(pauses[12..], p => Assert.True(p >= TimeSpan.FromMinutes(2.5)));
        backoff.Reset();
        Assert.InRange(backoff.Next(), TimeSpan.FromSeconds(0.5), TimeSpan.FromSeconds(1));
    }

    [Fact]
    public void One_seed_gives_one_sequence_and_another_another()
    {
        static List<TimeSpan> Pauses(int seed)
        {
            var backoff = new Backoff(new Random(seed));
            return Enumerable.Range(0, 10).Select(_ => backoff.Next()).ToList();
        }

        Assert.Equal(Pauses(5), Pauses(5));
        Assert.NotEqual(Pauses(5), Pauses(6));
    }
}
