using System.Net;

namespace PeerDrive.Sync.Sessions;

/// <summary>Addresses of one device in the order in which they are tried: those that worked last, then new ones, then those that failed least. Not thread-safe.</summary>
internal sealed class AddressList(TimeProvider time)
{
    private readonly List<Known> known = [];
    private long order;

    /// <summary>The likeliest first.</summary>
    public IReadOnlyList<EndPoint> InOrder =>
        [.. known.OrderBy(each => each.Failures).ThenByDescending(each => each.Worked).ThenByDescending(each => each.Heard).Select(each => each.Address)];

    /// <summary>Somebody says that the device is there.</summary>
    /// <param name="isSure">It was seen there just now, so that earlier failures say nothing.</param>
    /// <returns>Whether the address is new.</returns>
    public bool Add(EndPoint address, bool isSure)
    {
        var there = known.Find(each => each.Address.Equals(address));
        if (there is null) known.Add(there = new Known(address) { Added = time.GetTimestamp() });
        else if (!isSure) return false;
        var isNew = there.Heard == 0;
        if (isSure) there.Failures = 0;
        there.Heard = ++order;
        if (known.Count > SyncLimits.AddressesPerDevice)
            known.Remove(known.Where(each => each != there).OrderByDescending(each => each.Failures).ThenBy(each => each.Worked).ThenBy(each => each.Heard).First());
        return isNew;
    }

    public void Succeeded(EndPoint address)
    {
        if (known.Find(each => each.Address.Equals(address)) is not { } there) return;
        there.Failures = 0;
        there.Worked = ++order;
        there.Added = time.GetTimestamp();
    }

    /// <summary>The device was not reached there. An address that fails often and for long is forgotten, unless it is the last.</summary>
    public void Failed(EndPoint address)
    {
        if (known.Find(each => each.Address.Equals(address)) is not { } there) return;
        there.Failures++;
        if (known.Count > 1 && there.Failures >= SyncLimits.AddressFailures && time.GetElapsedTime(there.Added) >= SyncLimits.AddressForgotten) known.Remove(there);
    }

    private sealed class Known(EndPoint address)
    {
        public EndPoint Address => address;

        public int Failures { get; set; }

        /// <summary>Place among all events at which it worked last; 0: never.</summary>
        public long Worked { get; set; }

        public long Heard { get; set; }

        /// <summary>When it was first heard of, or worked.</summary>
        public long Added { get; set; }
    }
}
