using PeerDrive.Model.Identifiers;

namespace PeerDrive.Transport.Limiting;

/// <summary>The limits of all connections of a node, which can be changed while they are used. Thread-safe.</summary>
public sealed class RateLimits(TimeProvider time)
{
    /// <summary>Bytes a second that a limit is at least: with less, peers would take a slow answer for none.</summary>
    public const long LeastRate = 16_000;

    private readonly Lock gate = new();
    private readonly HashSet<PeerRates> open = [];
    private RateTable table = RateTable.Unlimited;

    /// <summary>What holds now.</summary>
    public RateTable Table
    {
        get
        {
            lock (gate) return table;
        }
    }

    /// <summary>What all connections send and receive.</summary>
    public RateMeter Sent { get; } = new(time);

    public RateMeter Received { get; } = new(time);

    internal RateBucket Up { get; } = new(time);

    internal RateBucket Down { get; } = new(time);

    /// <summary>Replaces all limits; open connections obey at once.</summary>
    public void Apply(RateTable next)
    {
        lock (gate)
        {
            table = next;
            Up.Rate = next.Total.Up;
            Down.Rate = next.Total.Down;
            foreach (var rates in open) rates.Apply(next.Peers.GetValueOrDefault(rates.Device));
        }
    }

    /// <summary>Bytes that a device sends and receives in a second now; of two connections to one device the sum.</summary>
    public (long Sent, long Received) Now(DeviceId device)
    {
        lock (gate)
        {
            var its = open.Where(rates => rates.Device == device).ToList();
            return (its.Sum(rates => rates.SentPerSecond), its.Sum(rates => rates.ReceivedPerSecond));
        }
    }

    /// <summary>The part of a new connection, which disposes it.</summary>
    internal PeerRates Open(DeviceId device)
    {
        var rates = new PeerRates(this, device, time);
        lock (gate)
        {
            rates.Apply(table.Peers.GetValueOrDefault(device));
            open.Add(rates);
        }
        return rates;
    }

    internal void Close(PeerRates rates)
    {
        lock (gate) open.Remove(rates);
    }
}
