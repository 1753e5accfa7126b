using System.Net;

namespace PeerDrive.Transport.Discovery;

/// <summary>Counts the datagrams of each source and says when one sends too many. Bounded memory. Not thread-safe.</summary>
internal sealed class DatagramMeter(TimeProvider time)
{
    private readonly Dictionary<IPAddress, int> counts = [];
    private long windowStart = time.GetTimestamp();

    /// <summary>Whether one more from this source is still within the limit.</summary>
    public bool Admits(IPAddress source)
    {
        if (time.GetElapsedTime(windowStart) >= TransportLimits.DatagramWindow || counts.Count >= TransportLimits.AnnouncerTableEntries)
        {
            counts.Clear();
            windowStart = time.GetTimestamp();
        }
        var count = counts.GetValueOrDefault(source) + 1;
        counts[source] = count;
        return count <= TransportLimits.DatagramsPerSource;
    }
}
