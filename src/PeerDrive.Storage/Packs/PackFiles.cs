using PeerDrive.Storage.Disks;

namespace PeerDrive.Storage.Packs;

/// <summary>Open packs and raw files, shared by readers; the least recently used are closed when there are too many. Thread-safe.</summary>
internal sealed class PackFiles(IDisk disk, PackPaths paths) : IDisposable
{
    // Packs of 64 MiB: 16 GB are at hand without opening; far below the usual limit of 1,024 descriptors.
    private const int MaxOpen = 256;

    private readonly Lock gate = new();
    private readonly Dictionary<PackId, Entry> open = [];
    private long clock;

    /// <summary>Reads from a pack or raw file.</summary>
    /// <returns>Bytes read.</returns>
    public int Read(PackId pack, bool raw, long offset, Span<byte> destination)
    {
        var entry = Rent(pack, raw);
        try
        {
            return entry.File.Read(offset, destination);
        }
        finally
        {
            Return(entry);
        }
    }

    /// <summary>A raw file for others to read from; null when it is shorter, or the disk has no files of the operating system.</summary>
    public RawFile? TryRentRaw(PackId pack, long length)
    {
        var entry = Rent(pack, raw: true);
        if (entry.File.Handle is { } handle && entry.File.Length >= length) return new RawFile(handle, () => Return(entry));
        Return(entry);
        return null;
    }

    /// <summary>Closes a file that was removed. Returns when nobody reads from it.</summary>
    public void Forget(PackId pack) => Replace(pack, () => { });

    /// <summary>Has another file take a file's name. Returns when nobody reads from the one that had it before.</summary>
    public void Replace(PackId pack, Action rename)
    {
        Entry? entry;
        lock (gate)
        {
            rename();
            if (!open.Remove(pack, out entry)) return;
            entry.IsGone = true;
            if (entry.Readers == 0)
            {
                entry.File.Dispose();
                return;
            }
        }
        entry.Left.Wait();
    }

    public void Dispose()
    {
        lock (gate)
        {
            foreach (var entry in open.Values) entry.File.Dispose();
            open.Clear();
        }
    }

    private Entry Rent(PackId pack, bool raw)
    {
        lock (gate)
        {
            if (!open.TryGetValue(pack, out var entry))
            {
                if (open.Count >= MaxOpen) CloseOldest();
                open[pack] = entry = new Entry(disk.OpenRead(raw ? paths.Raw(pack) : paths.Pack(pack)));
            }
            entry.Readers++;
            entry.LastUse = ++clock;
            return entry;
        }
    }

    private void Return(Entry entry)
    {
        lock (gate)
        {
            if (--entry.Readers > 0 || !entry.IsGone) return;
            entry.File.Dispose();
            entry.Left.Set();
        }
    }

    private void CloseOldest()
    {
        var idle = open.Where(pair => pair.Value.Readers == 0).OrderBy(pair => pair.Value.LastUse).Take(MaxOpen / 4).ToList();
        foreach (var (pack, entry) in idle)
        {
            open.Remove(pack);
            entry.File.Dispose();
        }
    }

    private sealed class Entry(IDiskFile file)
    {
        public IDiskFile File { get; } = file;

        public int Readers { get; set; }

        /// <summary>Its name leads elsewhere: the last reader closes it.</summary>
        public bool IsGone { get; set; }

        public ManualResetEventSlim Left { get; } = new();

        public long LastUse { get; set; }
    }
}
