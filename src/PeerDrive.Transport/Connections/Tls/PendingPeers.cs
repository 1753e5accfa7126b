using System.Net;
using System.Net.Sockets;

namespace PeerDrive.Transport.Connections.Tls;

/// <summary>
/// The connections of strangers, bounded by address and in total. A newcomer is always let in: the oldest that has not finished its
/// handshake gives way, so that idle connections cannot keep an honest peer out. Thread-safe; evicts outside its lock.
/// </summary>
internal sealed class PendingPeers(int perAddress, int total)
{
    private readonly Lock gate = new();
    private readonly LinkedList<Entry> entries = new();
    private readonly Dictionary<IPAddress, int> counts = [];

    public int Count
    {
        get
        {
            lock (gate) return entries.Count;
        }
    }

    /// <param name="evict">Ends the connection; must not block.</param>
    public Entry Admit(IPAddress address, Action evict)
    {
        var entry = new Entry(this, Network(address), evict);
        Entry? victim = null;
        lock (gate)
        {
            var count = counts.GetValueOrDefault(entry.Address);
            if (count >= perAddress) victim = Oldest(entry.Address);
            else if (entries.Count >= total) victim = Oldest(null);
            if (victim is not null) Remove(victim);
            entries.AddLast(entry.Node);
            counts[entry.Address] = counts.GetValueOrDefault(entry.Address) + 1;
        }
        victim?.Evict();
        return entry;
    }

    private Entry? Oldest(IPAddress? address)
    {
        Entry? fallback = null;
        foreach (var entry in entries)
        {
            if (address is not null && !entry.Address.Equals(address)) continue;
            if (!entry.HasProvedKey) return entry;
            fallback ??= entry;
        }
        return fallback;
    }

    private void Remove(Entry entry)
    {
        if (entry.Node.List is null) return;
        entries.Remove(entry.Node);
        if (counts[entry.Address] == 1) counts.Remove(entry.Address);
        else counts[entry.Address]--;
    }

    // One host commonly has a whole /64 of IPv6.
    private static IPAddress Network(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6) return address.MapToIPv4();
        if (address.AddressFamily != AddressFamily.InterNetworkV6) return address;
        var bytes = address.GetAddressBytes();
        bytes.AsSpan(8).Clear();
        return new IPAddress(bytes);
    }

    internal sealed class Entry : IDisposable
    {
        private readonly PendingPeers owner;

        internal Entry(PendingPeers owner, IPAddress address, Action evict)
        {
            this.owner = owner;
            Address = address;
            Evict = evict;
            Node = new LinkedListNode<Entry>(this);
        }

        public bool HasProvedKey { get; set; }

        internal IPAddress Address { get; }

        internal Action Evict { get; }

        internal LinkedListNode<Entry> Node { get; }

        /// <summary>The connection is authorised or has ended.</summary>
        public void Dispose()
        {
            lock (owner.gate) owner.Remove(this);
        }
    }
}
