using PeerDrive.Model;
using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Storage.Databases;
using PeerDrive.Storage.Disks;
using PeerDrive.Storage.Lending;

namespace PeerDrive.Storage.Packs;

/// <summary>
/// The chunks of one replica: packs, raw files and lent files with the catalog's index over them. Thread-safe. A chunk can be read as soon
/// as it was put; it is durable after <see cref="Sync"/>. Lock order: the catalog's gate, the pack writer's, this one's.
/// </summary>
public sealed class ChunkStore : IDisposable
{
    private readonly IDisk disk;
    private readonly PackPaths paths;
    private readonly PackFiles files;
    private readonly PackWriter writer;
    private readonly Database catalog;
    private readonly ChunkIndex index;
    private readonly Lock gate = new();
    private readonly Dictionary<ChunkId, ChunkLocation> pending = [];
    private HashSet<ChunkId> condemned = [];
    private long forgotten;
    private long removals;

    private ChunkStore(IDisk disk, PackPaths paths, PackWriter writer, Database catalog, ChunkIndex index)
    {
        this.disk = disk;
        this.paths = paths;
        this.writer = writer;
        this.catalog = catalog;
        this.index = index;
        files = new PackFiles(disk, paths);
        Direct = new DirectReads(files, Find);
        Handed = new HandedFiles(disk, paths, files, Direct);
        Lent = new LentFiles(disk, paths, writer, catalog, index, index.Lent);
    }

    /// <summary>Chunks that lie in the files of lean linked folders.</summary>
    public LentFiles Lent { get; }

    internal ChunkIndex Index => index;

    /// <summary>Reading of parts of chunks, and without copying.</summary>
    internal DirectReads Direct { get; }

    /// <summary>Counts chunks that turned out damaged.</summary>
    public long Forgotten => Interlocked.Read(ref forgotten);

    /// <summary>Files of the index were gone at the opening: what they had counts as being here only as far as it was looked at again.</summary>
    internal bool HasLost { get; private init; }

    /// <summary>Counts removals of chunks that nobody needed here, or that were damaged. Whoever relies on a chunk's being here looks whether there was one since.</summary>
    internal long Removals => Interlocked.Read(ref removals);

    /// <summary>At which size packs are sealed.</summary>
    internal long PackBytes
    {
        get => writer.SealBytes;
        set => writer.SealBytes = value;
    }

    /// <summary>Raw files that the kernel reads by itself.</summary>
    internal HandedFiles Handed { get; }

    /// <summary>Opens the store, brings the index up to date with what the packs hold, and cuts a torn tail.</summary>
    internal static ChunkStore Open(IDisk disk, string volumeFolder, Database catalog, ChunkIndex index)
    {
        var paths = new PackPaths(volumeFolder);
        foreach (var folder in new[] { paths.PackFolder, paths.RawFolder, paths.StagingFolder, paths.LentFolder }) disk.CreateFolder(folder);
        foreach (var leftover in disk.ListFiles(paths.StagingFolder).Where(name => PackId.TryParse(name, out _))) disk.Delete(Path.Combine(paths.StagingFolder, leftover));
        var recovery = new PackRecovery(disk, paths, catalog, index);
        recovery.Run();
        new LentRecovery(disk, paths, catalog, index.Lent).Run();
        var writer = new PackWriter(disk, paths, recovery.NextId);
        if (recovery.Unsealed is { } unsealed) writer.Resume(unsealed.Pack, unsealed.Indexed);
        return new ChunkStore(disk, paths, writer, catalog, index) { HasLost = recovery.HasLost };
    }

    public bool Contains(ChunkId id) => Find(id) is not null || (!Lent.IsEmpty && (Lent.Contains(id) || IsTakenOver(id)));

    /// <summary>Whether a chunk lies in this replica's own files: lent ones may be overwritten by others.</summary>
    internal bool IsKept(ChunkId id) => Find(id) is not null;

    /// <summary>Bytes of a chunk; null when it is not here.</summary>
    public int? PlainLength(ChunkId id) => Find(id)?.Plain ?? Lent.SizeOf(id) ?? (IsTakenOver(id) ? Find(id)?.Plain : null);

    /// <summary>Stores a chunk unless it is there. What only a lent file has is stored: such a file may change.</summary>
    /// <param name="id">Its SHA-256, which the caller has just computed from <paramref name="plain"/>.</param>
    /// <returns>Whether it was new.</returns>
    public bool Put(ChunkId id, ReadOnlySpan<byte> plain)
    {
        if (IsSafe(id)) return false;
        using var record = new PooledBytes(PackFormat.RecordBytes + Math.Max(plain.Length, ChunkCompressor.Bound(plain.Length)));
        var payload = record.Span[PackFormat.RecordBytes..];
        var stored = ChunkCompressor.TryCompress(plain, payload);
        var encoding = stored > 0 ? ChunkEncoding.Zstd : ChunkEncoding.Plain;
        if (stored == 0) plain.CopyTo(payload);
        Append(record.Span[..(PackFormat.RecordBytes + (stored > 0 ? stored : plain.Length))], id, plain.Length, encoding);
        return true;
    }

    /// <summary>Stores a chunk that came from a peer in the form in which it came, after checking it against its id.</summary>
    /// <returns>Whether the bytes are the chunk's; when not, nothing was stored.</returns>
    public bool TryPutReceived(ReceivedChunk chunk)
    {
        var payload = chunk.Payload;
        var (id, plain) = (chunk.Id, chunk.Plain);
        if (plain is <= 0 or > ModelLimits.ChunkBytes || payload.Length > plain || chunk.Encoding is not (ChunkEncoding.Plain or ChunkEncoding.Zstd)) return false;
        if (chunk.Encoding == ChunkEncoding.Plain)
        {
            if (payload.Length != plain || Id.Hash<ChunkId>(payload) != id) return false;
        }
        else
        {
            using var bytes = new PooledBytes(plain);
            if (!Native.Compression.Zstd.TryDecompress(payload, bytes.Span) || Id.Hash<ChunkId>(bytes.Span) != id) return false;
        }
        if (!IsSafe(id) && !Lent.Contains(id)) Append(chunk.Record.Span, id, plain, chunk.Encoding);
        return true;
    }

    /// <summary>Count of chunks and the bytes of their payloads, whether the catalog has heard of them or not.</summary>
    internal (long Chunks, long Bytes) Totals()
    {
        var (count, bytes) = index.Totals();
        lock (gate) return (count + pending.Count, bytes + pending.Values.Sum(location => (long)location.Stored));
    }

    /// <summary>Bytes of packs and raw files, needed or not.</summary>
    public long DiskBytes()
    {
        var indexed = index.DiskBytes();
        lock (gate) return indexed + pending.Values.Sum(location => (long)location.Stored);
    }

    /// <summary>A chunk's plain bytes.</summary>
    /// <exception cref="PeerDriveException">NotHere: this replica lacks it. Corrupt: its record is damaged.</exception>
    public PooledBytes Read(ChunkId id)
    {
        var chunk = ReadStored(id);
        if (chunk.Encoding == ChunkEncoding.Plain) return chunk.Payload;
        using (chunk)
        {
            var plain = new PooledBytes(chunk.Plain);
            try
            {
                ChunkCompressor.Decompress(chunk.Payload.Span, plain.Span);
                return plain;
            }
            catch
            {
                plain.Dispose();
                throw;
            }
        }
    }

    /// <summary>A chunk as it is kept, its checksum checked.</summary>
    /// <inheritdoc cref="Read"/>
    public StoredChunk ReadStored(ChunkId id)
    {
        if (Find(id) is not { } location)
        {
            if (Lent.TryRead(id) is { } plain) return new StoredChunk(plain, ChunkEncoding.Plain, plain.Length);
            if (IsTakenOver(id)) return ReadStored(id);
            throw new PeerDriveException(ErrorKind.NotHere, $"Chunk {id} is not stored here.");
        }
        try
        {
            return ReadStored(id, location);
        }
        catch (PeerDriveException e) when (e.Kind == ErrorKind.Corrupt && Find(id) != location)
        {
            // Its pack was given back meanwhile.
            return ReadStored(id);
        }
    }

    private StoredChunk ReadStored(ChunkId id, ChunkLocation location)
    {
        var isRaw = location.Encoding == ChunkEncoding.Raw;
        var header = isRaw ? 0 : PackFormat.RecordBytes;
        var record = new PooledBytes(header + location.Stored);
        try
        {
            var read = ReadFile(location, isRaw, record.Span);
            var intact = read == record.Length && (isRaw
                ? Crc32C.Compute(record.Span) == location.Crc
                : PackFormat.TryReadRecord(record.Span, out var found, out var stored, out _, out _, out _) && found == id
                    && stored == location.Stored && PackFormat.IsIntact(record.Span));
            if (!intact) throw new PeerDriveException(ErrorKind.Corrupt, $"Chunk {id} in {(isRaw ? "raw file" : "pack")} {location.Pack} at {location.Offset} is damaged.");
        }
        catch
        {
            record.Dispose();
            throw;
        }
        record.Skip(header);
        return new StoredChunk(record, isRaw ? ChunkEncoding.Plain : location.Encoding, location.Plain);
    }

    /// <summary>Begins a raw file, which keeps one large content's bytes verbatim.</summary>
    internal RawWriter BeginRaw()
    {
        var pack = writer.TakeId();
        return new RawWriter(disk, paths, pack, disk.Open(paths.Staging(pack), create: true));
    }

    /// <summary>Begins a raw file of what lies in a file of the staging folder already.</summary>
    /// <inheritdoc cref="RawWriter(IDisk, PackPaths, PackId, IDiskFile, string, Action{RawWriter, Model.Revisions.Content})"/>
    internal RawWriter BeginRaw(IDiskFile written, string path, Action<RawWriter, Model.Revisions.Content> take) =>
        new(disk, paths, writer.TakeId(), written, path, take);

    /// <summary>The raw file that has a chunk; null when it lies elsewhere.</summary>
    internal PackId? RawFileOf(ChunkId id) => Find(id) is { Encoding: ChunkEncoding.Raw } location ? location.Pack : null;

    /// <summary>Whether a raw file can be relied on for a chunk: it is the chunk's known place, or what lies there has the right checksum.</summary>
    internal bool IsSoundIn(ChunkId id, ChunkLocation place)
    {
        if (Find(id) is not { } known) return false;
        if (known.Pack == place.Pack) return true;
        // Stored twice, or damaged here and fetched again.
        using var bytes = new PooledBytes(place.Stored);
        return ReadFile(place, isRaw: true, bytes.Span) == bytes.Length && Crc32C.Compute(bytes.Span) == place.Crc;
    }

    /// <summary>Chunks of a raw file in order; null when its index is missing or damaged.</summary>
    internal IReadOnlyList<KeyValuePair<ChunkId, ChunkLocation>>? RawChunks(PackId pack) => new PackScanner(disk, paths).ReadRawIndex(pack);

    /// <summary>A raw file for reading; null when it is gone, or the disk has no files of the operating system.</summary>
    internal RawFile? OpenRaw(PackId pack, long length) => disk.FileExists(paths.Raw(pack)) ? files.TryRentRaw(pack, length) : null;

    /// <summary>Takes over a finished raw file.</summary>
    internal void AddRaw(IReadOnlyList<KeyValuePair<ChunkId, ChunkLocation>> chunks)
    {
        lock (gate)
        {
            foreach (var (id, location) in chunks)
            {
                pending.TryAdd(id, location);
                condemned.Remove(id);
            }
        }
    }

    /// <summary>Makes durable what was put. After a failure the store takes nothing more until it is opened again.</summary>
    public void Sync() => writer.Sync();

    /// <summary>Records places of chunks in the catalog, after making the chunks durable.</summary>
    public void FlushIndex()
    {
        KeyValuePair<ChunkId, ChunkLocation>[] durable;
        lock (gate) durable = [.. pending];
        if (durable.Length == 0) return;
        Sync();
        // In one step for all who hold the catalog's gate: what another call has recorded meanwhile may have another place already, or be gone, and its old one must not come back.
        lock (catalog.Gate)
        {
            // Inside another transaction, whose end is open, the places stay in memory until the next call.
            if (catalog.IsInTransaction) return;
            List<KeyValuePair<ChunkId, ChunkLocation>> chunks;
            lock (gate) chunks = [.. durable.Where(chunk => pending.TryGetValue(chunk.Key, out var place) && place == chunk.Value)];
            if (chunks.Count == 0) return;
            using (var transaction = catalog.Begin())
            {
                foreach (var (id, location) in chunks) index.Put(id, location);
                foreach (var pack in chunks.GroupBy(chunk => (chunk.Value.Pack, IsRaw: chunk.Value.Encoding == ChunkEncoding.Raw)))
                {
                    var end = pack.Max(chunk => chunk.Value.Offset + chunk.Value.Stored) + (pack.Key.IsRaw ? 0 : PackFormat.RecordBytes);
                    index.SetPack(new PackRow(pack.Key.Pack, end, pack.Key.IsRaw, pack.Key.IsRaw));
                }
                transaction.Commit();
            }
            lock (gate)
            {
                foreach (var (id, _) in chunks) pending.Remove(id);
            }
        }
    }

    /// <summary>Forgets a chunk, so that it counts as missing and is fetched again.</summary>
    public void Forget(ChunkId id)
    {
        FlushIndex();
        Forget(id, Find(id));
    }

    /// <summary>Forgets a chunk that was found damaged, unless it is whole by now: it was stored anew, or its pack was given back.</summary>
    /// <returns>Whether it was forgotten.</returns>
    public bool TryForgetDamaged(ChunkId id)
    {
        FlushIndex();
        var place = Find(id);
        if (IsWhole(id)) return false;
        Forget(id, place);
        return true;
    }

    /// <param name="place">Where it was; a newer place stays. Null: in lent files only.</param>
    private void Forget(ChunkId id, ChunkLocation? place)
    {
        // First: who commits a content from now on looks whether it is here.
        Interlocked.Increment(ref removals);
        if (place is { } known)
        {
            lock (catalog.Gate) index.Remove(id, known);
        }
        Interlocked.Increment(ref forgotten);
        Direct.Forget(id);
        Lent.Forget(id);
    }

    /// <summary>
    /// Begins the removal of chunks: whoever stores one of them from now on writes it again, and so takes it out of the set. One removal at a time; ends with
    /// <see cref="EndRemoval"/>.
    /// </summary>
    /// <param name="ids">Places of all of them are in the index. The store's own from here on.</param>
    internal void Condemn(HashSet<ChunkId> ids)
    {
        lock (gate)
        {
            ids.ExceptWith(pending.Keys);
            condemned = ids;
        }
    }

    /// <summary>Chunks are needed after all.</summary>
    internal void Spare(IEnumerable<ChunkId> ids)
    {
        // Finding them may read lists, for which nobody else is to wait.
        List<ChunkId> found = [.. ids];
        lock (gate) condemned.ExceptWith(found);
    }

    /// <summary>What is still condemned.</summary>
    internal IReadOnlyCollection<ChunkId> Condemned()
    {
        lock (gate) return [.. condemned];
    }

    internal void EndRemoval()
    {
        lock (gate) condemned = [];
    }

    /// <summary>Takes chunks out of the index, in the caller's transaction.</summary>
    internal void RemoveAll(IEnumerable<ChunkId> ids)
    {
        Interlocked.Increment(ref removals);
        foreach (var id in ids) index.Remove(id);
    }

    /// <summary>The transaction of <see cref="RemoveAll"/> is committed.</summary>
    internal void NoteRemoved(IEnumerable<ChunkId> ids)
    {
        foreach (var id in ids) Direct.Forget(id);
        Interlocked.Increment(ref forgotten);
    }

    /// <summary>
    /// Gives back the space of a pack of which at least one part in <paramref name="leastPart"/> is not in the index any more, or of a raw file of which nothing is: what else is in a pack
    /// is written again to the newest one, and durable before the pack goes.
    /// </summary>
    /// <returns>Bytes given back.</returns>
    internal long TryReclaim(PackId id, int leastPart)
    {
        FlushIndex();
        if (index.UseOf(id) is not var (pack, used) || !IsReclaimable(pack, used, leastPart)) return 0;
        if (IsOpen(pack)) writer.EndCurrent();
        // Nothing is appended to it any more: all that is in it is in the index now.
        FlushIndex();
        try
        {
            foreach (var (chunk, _) in index.OfPack(pack.Pack)) PutAgain(chunk, pack.Pack);
        }
        catch (PeerDriveException e) when (e.Kind is ErrorKind.Corrupt)
        {
            // Damage is for 'check' to find and for peers to heal; the pack stays as it is.
            return 0;
        }
        return TryRemovePack(pack, lentCounts: false) ? pack.Indexed - used : 0;
    }

    internal static bool IsReclaimable(PackRow pack, long used, int leastPart) => pack.IsRaw ? used == 0 : (pack.Indexed - used) * leastPart >= pack.Indexed;

    /// <summary>Gives back the space of what lies in lent files too.</summary>
    /// <returns>Bytes given back.</returns>
    public long DropRedundant(CancellationToken cancellation) => new RedundantPacks(this, Lent).Drop(cancellation);

    /// <summary>Whether a pack is still being written to.</summary>
    internal bool IsOpen(PackRow pack) => !pack.IsRaw && writer.IsCurrent(pack.Pack);

    /// <summary>Writes a chunk of a pack once more, to the newest pack.</summary>
    internal void PutAgain(ChunkId id, PackId from)
    {
        if (Find(id) is not { } location || location.Pack != from) return;
        using var chunk = ReadStored(id, location);
        using var record = new PooledBytes(PackFormat.RecordBytes + chunk.Payload.Length);
        chunk.Payload.Span.CopyTo(record.Span[PackFormat.RecordBytes..]);
        Append(record.Span, id, chunk.Plain, chunk.Encoding);
    }

    /// <summary>Removes a pack or raw file of which nothing is needed that was not written again.</summary>
    /// <param name="lentCounts">Chunks that lie in lent files too need not be written again.</param>
    /// <returns>False: something in it has no other place, so it stays.</returns>
    internal bool TryRemovePack(PackRow pack, bool lentCounts)
    {
        // Their new places first: at no moment may a reader find a chunk in neither.
        FlushIndex();
        lock (catalog.Gate)
        {
            if (index.IsNeeded(pack.Pack, lentCounts)) return false;
            using var transaction = catalog.Begin();
            index.RemovePack(pack.Pack);
            transaction.Commit();
        }
        if (pack.IsRaw) Handed.Remove(pack.Pack);
        else disk.Delete(paths.Pack(pack.Pack));
        // Afterwards, so that nobody opens it once more, and its room is not kept.
        files.Forget(pack.Pack);
        if (pack.IsRaw) disk.Delete(paths.RawIndex(pack.Pack));
        disk.SyncFolder(pack.IsRaw ? paths.RawFolder : paths.PackFolder);
        return true;
    }

    /// <summary>Checks every record of every pack and raw file against its checksum and id.</summary>
    /// <param name="onProgress">Told the bytes read so far.</param>
    /// <returns>Chunks that are damaged.</returns>
    public IEnumerable<ChunkId> FindDamaged(Action<long> onProgress)
    {
        FlushIndex();
        long bytes = 0;
        foreach (var pack in index.Packs())
        {
            foreach (var (id, location) in index.OfPack(pack.Pack))
            {
                // What a collector took meanwhile is none.
                if (!IsWhole(id) && Find(id) is not null) yield return id;
                onProgress(bytes += location.Stored);
            }
        }
        foreach (var file in Lent.Table.All())
        {
            foreach (var id in Lent.Table.ChunksOf(file.Pack))
            {
                if (Find(id) is not null || !Lent.Contains(id)) continue;
                var length = Lent.SizeOf(id) ?? 0;
                if (IsWhole(id)) onProgress(bytes += length);
                else yield return id;
            }
        }
    }

    public void Dispose()
    {
        writer.Dispose();
        files.Dispose();
    }

    private bool IsWhole(ChunkId id)
    {
        try
        {
            using var plain = Read(id);
            return Id.Hash<ChunkId>(plain.Span) == id;
        }
        catch (PeerDriveException e) when (e.Kind is ErrorKind.Corrupt or ErrorKind.NotFound or ErrorKind.NotHere or ErrorKind.Io)
        {
            return false;
        }
    }

    private int ReadFile(ChunkLocation location, bool isRaw, Span<byte> destination)
    {
        try
        {
            return files.Read(location.Pack, isRaw, location.Offset, destination);
        }
        catch (PeerDriveException e) when (e.Kind == ErrorKind.NotFound)
        {
            throw new PeerDriveException(ErrorKind.Corrupt, $"{(isRaw ? "Raw file" : "Pack")} {location.Pack} is missing. 'peerdrive check' fetches its chunks from a peer again.", e);
        }
    }

    /// <summary>Whether a chunk is here and stays.</summary>
    private bool IsSafe(ChunkId id)
    {
        lock (gate)
        {
            if (pending.ContainsKey(id)) return true;
            if (condemned.Contains(id)) return false;
        }
        return index.Find(id) is not null;
    }

    /// <summary>Bytes that a chunk takes on disk; null when it is in no file of this replica's own.</summary>
    internal long? StoredBytes(ChunkId id) => Find(id) is { } location ? location.Stored + (location.Encoding == ChunkEncoding.Raw ? 0 : PackFormat.RecordBytes) : null;

    /// <summary>Whether a chunk that was in no file of the replica's own, and then in no lent one, was brought from these to those in between.</summary>
    private bool IsTakenOver(ChunkId id) => !Lent.IsEmpty && Find(id) is not null;

    private ChunkLocation? Find(ChunkId id)
    {
        lock (gate)
        {
            if (pending.TryGetValue(id, out var location)) return location;
        }
        return index.Find(id);
    }

    private void Append(Span<byte> record, ChunkId id, int plain, ChunkEncoding encoding)
    {
        var full = false;
        // Noted in the order of the records: the index must never call a pack indexed beyond a record that it does not have.
        writer.Append(record, id, plain, encoding, location =>
        {
            lock (gate)
            {
                pending.TryAdd(id, location);
                condemned.Remove(id);
                full = pending.Count >= StorageLimits.PendingChunks;
            }
        });
        if (full) FlushIndex();
    }
}
