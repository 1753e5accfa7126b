namespace PeerDrive.Transport.Dialing;

/// <summary>
/// How long to wait before a lost peer is dialled again: doubling from <see cref="TransportLimits.BackoffMinimum"/> to
/// <see cref="TransportLimits.BackoffMaximum"/>, less up to half by chance, so that devices which lost each other together do not return
/// together. Not thread-safe.
/// </summary>
public sealed class Backoff(Random random)
{
    private TimeSpan ceiling = TransportLimits.BackoffMinimum;

    /// <summary>The pause after one more failure.</summary>
    public TimeSpan Next()
    {
        var pause = ceiling * (1 - random.NextDouble() / 2);
        ceiling = ceiling * 2 > TransportLimits.BackoffMaximum ? TransportLimits.BackoffMaximum : ceiling * 2;
        return pause < TransportLimits.BackoffMinimum ? TransportLimits.BackoffMinimum : pause;
    }

    /// <summary>After a success, or when the network changed.</summary>
    public void Reset() => ceiling = TransportLimits.BackoffMinimum;
}
