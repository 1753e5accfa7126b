using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Storage.Disks;

namespace PeerDrive.Storage.Packs;

/// <summary>
/// Appends records to the newest pack, seals it when it is full and begins the next. Thread-safe; appending goes on beside a sync. A
/// failed sync makes it fail for good: what was written since the last good sync may be gone, and only a restart can tell. Lock order:
/// syncing, gate.
/// </summary>
internal sealed class PackWriter(IDisk disk, PackPaths paths, PackId next) : IDisposable
{
    /// <summary>Of a pack with more chunks than this, as small files make it, the places are read again when it is sealed, and not kept in memory until then.</summary>
    private const int MostLines = 65_536;

    private readonly Lock syncing = new();
    private readonly Lock gate = new();
    private readonly List<KeyValuePair<ChunkId, ChunkLocation>> lines = [];
    private readonly List<IDiskFile> unsynced = [];
    private IDiskFile? file;
    private PackId pack;
    private long end, sealBytes = StorageLimits.PackBytes;
    private bool dirty, hasBegun, hasMore;
    private PackId nextPack = next;
    private PeerDriveException? failure;

    /// <summary>At which size packs are sealed.</summary>
    public long SealBytes
    {
        get => Interlocked.Read(ref sealBytes);
        set => Interlocked.Exchange(ref sealBytes, value);
    }

    /// <summary>Goes on with a pack that was not full; what is in it is looked up when it is sealed.</summary>
    public void Resume(PackId unsealed, long length)
    {
        lock (gate)
        {
            file = disk.Open(paths.Pack(unsealed), create: false);
            if (file.Length > length) file.Truncate(length);
            pack = unsealed;
            end = length;
            ForgetLines();
        }
    }

    /// <summary>A number that no pack or raw file of this replica had before.</summary>
    public PackId TakeId()
    {
        lock (gate)
        {
            var id = nextPack;
            nextPack = new PackId(id.Number + 1);
            return id;
        }
    }

    /// <param name="record">Room for the header, then the payload; the header is filled in here.</param>
    /// <param name="onAppended">Told where the record is, in the order of the records; it is durable after <see cref="Sync"/>.</param>
    public void Append(Span<byte> record, ChunkId id, int plain, ChunkEncoding encoding, Action<ChunkLocation> onAppended)
    {
        var crc = PackFormat.WriteRecord(record, id, plain, encoding);
        lock (gate)
        {
            if (failure is not null) throw failure;
            if (file is null) Begin();
            file!.Write(end, record);
            dirty = true;
            var location = new ChunkLocation(pack, end, record.Length - PackFormat.RecordBytes, plain, encoding, crc);
            if (lines.Count == MostLines) ForgetLines();
            if (!hasMore) lines.Add(new(id, location));
            end += record.Length;
            onAppended(location);
            if (end >= SealBytes) Seal();
        }
    }

    /// <summary>Whether a pack is the one that records are appended to.</summary>
    public bool IsCurrent(PackId other)
    {
        lock (gate) return file is not null && pack == other;
    }

    /// <summary>Ends the newest pack though it is not full, so that it can be given back; the next record begins another.</summary>
    public void EndCurrent()
    {
        lock (gate)
        {
            if (failure is not null) throw failure;
            if (file is not null) Seal();
        }
    }

    /// <summary>Makes durable all that was appended before the call.</summary>
    public void Sync()
    {
        // What another call is making durable just now must be so before this one returns.
        lock (syncing)
        {
            List<IDiskFile> full;
            IDiskFile? current;
            bool isFolderDirty;
            lock (gate)
            {
                if (failure is not null) throw failure;
                full = [.. unsynced];
                unsynced.Clear();
                current = dirty ? file : null;
                isFolderDirty = hasBegun;
                dirty = hasBegun = false;
            }
            try
            {
                foreach (var pack in full) pack.Sync();
                current?.Sync();
                if (isFolderDirty) disk.SyncFolder(paths.PackFolder);
            }
            catch (PeerDriveException e)
            {
                lock (gate) failure = e;
                throw;
            }
            finally
            {
                foreach (var pack in full) pack.Dispose();
            }
        }
    }

    public void Dispose()
    {
        lock (syncing)
        {
            lock (gate)
            {
                foreach (var pack in unsynced) pack.Dispose();
                unsynced.Clear();
                file?.Dispose();
                file = null;
            }
        }
    }

    private void Begin()
    {
        pack = TakeId();
        Span<byte> header = stackalloc byte[PackFormat.HeaderBytes];
        PackFormat.WriteHeader(header, pack);
        var begun = disk.Open(paths.Pack(pack), create: true);
        try
        {
            begun.Write(0, header);
        }
        catch
        {
            // Without its header no record may follow; the next append begins another pack.
            begun.Dispose();
            throw;
        }
        file = begun;
        hasBegun = true;
        end = PackFormat.HeaderBytes;
        lines.Clear();
        hasMore = false;
    }

    private void ForgetLines()
    {
        lines.Clear();
        lines.TrimExcess();
        hasMore = true;
    }

    private void Seal()
    {
        var records = hasMore ? new PackScanner(disk, paths).ScanPack(pack, 0).Chunks : lines;
        file!.Write(end, PackFormat.WriteIndex(records, end));
        unsynced.Add(file);
        file = null;
        dirty = false;
    }
}
