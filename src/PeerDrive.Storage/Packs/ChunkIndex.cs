using PeerDrive.Model.Identifiers;
using PeerDrive.Storage.Databases;
using PeerDrive.Storage.Lending;

namespace PeerDrive.Storage.Packs;

/// <summary>
/// The catalog's tables of chunk places. Look-ups have a connection of their own, so that they never wait for a transaction.
/// </summary>
internal sealed class ChunkIndex(Database writer, Database reader)
{
    /// <summary>Chunks in the files of lean linked folders.</summary>
    public LentTable Lent { get; } = new(writer, reader);

    public const string Schema = """
        CREATE TABLE IF NOT EXISTS chunks(
          id BLOB PRIMARY KEY, pack INTEGER NOT NULL, offset INTEGER NOT NULL, stored INTEGER NOT NULL, plain INTEGER NOT NULL,
          encoding INTEGER NOT NULL, crc INTEGER NOT NULL) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS packs(pack INTEGER PRIMARY KEY, indexed INTEGER NOT NULL, sealed INTEGER NOT NULL, raw INTEGER NOT NULL);
        """;

    public ChunkLocation? Find(ChunkId id)
    {
        lock (reader.Gate)
        {
            using var find = reader.Prepare("SELECT pack, offset, stored, plain, encoding, crc FROM chunks WHERE id = ?").BindId(id);
            return find.Step() ? Read(find, 0) : null;
        }
    }

    /// <summary>All chunks of one pack, in the order of their offsets.</summary>
    public List<KeyValuePair<ChunkId, ChunkLocation>> OfPack(PackId pack)
    {
        lock (reader.Gate)
        {
            using var select = reader.Prepare("SELECT id, pack, offset, stored, plain, encoding, crc FROM chunks WHERE pack = ? ORDER BY offset").Bind(pack.Number);
            var lines = new List<KeyValuePair<ChunkId, ChunkLocation>>();
            while (select.Step()) lines.Add(new(select.Id<ChunkId>(0), Read(select, 1)));
            return lines;
        }
    }

    /// <summary>Count of distinct chunks and the bytes of their payloads.</summary>
    public (long Chunks, long Bytes) Totals()
    {
        lock (reader.Gate)
        {
            using var select = reader.Prepare("SELECT count(*), coalesce(sum(stored), 0) FROM chunks");
            select.Step();
            return (select.Long(0), select.Long(1));
        }
    }

    public List<PackRow> Packs()
    {
        lock (writer.Gate)
        {
            using var select = writer.Prepare("SELECT pack, indexed, sealed, raw FROM packs ORDER BY pack");
            var rows = new List<PackRow>();
            while (select.Step()) rows.Add(new PackRow(new PackId((uint)select.Long(0)), select.Long(1), select.Flag(2), select.Flag(3)));
            return rows;
        }
    }

    /// <summary>Records chunks; those already known keep their place. The caller holds the writer's gate.</summary>
    public void Add(ChunkId id, ChunkLocation location) =>
        writer.Prepare("INSERT OR IGNORE INTO chunks VALUES(?, ?, ?, ?, ?, ?, ?)")
            .BindId(id).Bind(location.Pack.Number).Bind(location.Offset).Bind(location.Stored).Bind(location.Plain)
            .Bind((long)location.Encoding).Bind(location.Crc).Run();

    /// <summary>Records a chunk found in a file; of two places the later one counts: it was written because the first was damaged, or is to go.</summary>
    public void Put(ChunkId id, ChunkLocation location) =>
        writer.Prepare("""
            INSERT INTO chunks VALUES(?, ?, ?, ?, ?, ?, ?) ON CONFLICT(id) DO UPDATE SET pack = excluded.pack, offset = excluded.offset,
            stored = excluded.stored, plain = excluded.plain, encoding = excluded.encoding, crc = excluded.crc WHERE (excluded.pack, excluded.offset) > (pack, offset)
            """)
            .BindId(id).Bind(location.Pack.Number).Bind(location.Offset).Bind(location.Stored).Bind(location.Plain)
            .Bind((long)location.Encoding).Bind(location.Crc).Run();

    /// <summary>Whether a chunk has its place in a pack, and no other. The caller holds the writer's gate.</summary>
    /// <param name="lentCounts">A place in a lent file is another one.</param>
    public bool IsNeeded(PackId pack, bool lentCounts)
    {
        using var select = writer.Prepare("SELECT 1 FROM chunks WHERE pack = ? AND (? = 0 OR NOT EXISTS (SELECT 1 FROM lent_chunks WHERE lent_chunks.id = chunks.id)) LIMIT 1")
            .Bind(pack.Number).Bind(lentCounts ? 1 : 0);
        return select.Step();
    }

    /// <summary>Forgets a pack that is gone, or that is not the one that was indexed. The caller holds the writer's gate.</summary>
    public void RemovePack(PackId pack)
    {
        writer.Prepare("DELETE FROM chunks WHERE pack = ?").Bind(pack.Number).Run();
        writer.Prepare("DELETE FROM packs WHERE pack = ?").Bind(pack.Number).Run();
    }

    /// <summary>Records how far a pack is indexed. The caller holds the writer's gate.</summary>
    public void SetPack(PackRow row) =>
        writer.Prepare("INSERT INTO packs VALUES(?, ?, ?, ?) ON CONFLICT(pack) DO UPDATE SET indexed = max(indexed, excluded.indexed), sealed = max(sealed, excluded.sealed)")
            .Bind(row.Pack.Number).Bind(row.Indexed).Bind(row.IsSealed ? 1 : 0).Bind(row.IsRaw ? 1 : 0).Run();

    /// <summary>Forgets one place of a chunk; another one stays. The caller holds the writer's gate.</summary>
    public void Remove(ChunkId id, ChunkLocation place) =>
        writer.Prepare("DELETE FROM chunks WHERE id = ? AND pack = ? AND offset = ?").BindId(id).Bind(place.Pack.Number).Bind(place.Offset).Run();

    /// <summary>Forgets a chunk. The caller holds the writer's gate.</summary>
    public void Remove(ChunkId id) => writer.Prepare("DELETE FROM chunks WHERE id = ?").BindId(id).Run();

    /// <summary>Bytes of packs and raw files as far as they are indexed.</summary>
    public long DiskBytes()
    {
        lock (reader.Gate)
        {
            using var select = reader.Prepare("SELECT coalesce(sum(indexed), 0) FROM packs");
            select.Step();
            return select.Long(0);
        }
    }

    /// <summary>Packs and raw files with the bytes of their records that are still in the index. The caller holds no gate.</summary>
    public List<(PackRow Pack, long Used)> Use()
    {
        lock (writer.Gate)
        {
            using var select = writer.Prepare($"{UseSql} GROUP BY packs.pack").Bind(PackFormat.RecordBytes);
            var found = new List<(PackRow, long)>();
            while (select.Step()) found.Add(ReadUse(select));
            return found;
        }
    }

    /// <summary>The same of one; null when it is gone.</summary>
    public (PackRow Pack, long Used)? UseOf(PackId pack)
    {
        lock (writer.Gate)
        {
            using var select = writer.Prepare($"{UseSql} WHERE packs.pack = ? GROUP BY packs.pack").Bind(PackFormat.RecordBytes).Bind(pack.Number);
            return select.Step() ? ReadUse(select) : null;
        }
    }

    /// <summary>Chunks whose first two bytes, as a number, are in a range.</summary>
    public HashSet<ChunkId> Within(int first, int end)
    {
        lock (reader.Gate)
        {
            using var select = end > ushort.MaxValue
                ? reader.Prepare("SELECT id FROM chunks WHERE id >= ?").Bind((ReadOnlySpan<byte>)[(byte)(first >> 8), (byte)first])
                : reader.Prepare("SELECT id FROM chunks WHERE id >= ? AND id < ?").Bind((ReadOnlySpan<byte>)[(byte)(first >> 8), (byte)first]).Bind((ReadOnlySpan<byte>)[(byte)(end >> 8), (byte)end]);
            var found = new HashSet<ChunkId>();
            while (select.Step()) found.Add(select.Id<ChunkId>(0));
            return found;
        }
    }

    private const string UseSql = """
        SELECT packs.pack, packs.indexed, packs.sealed, packs.raw, coalesce(sum(chunks.stored + CASE packs.raw WHEN 0 THEN ? ELSE 0 END), 0)
        FROM packs LEFT JOIN chunks ON chunks.pack = packs.pack
        """;

    private static (PackRow Pack, long Used) ReadUse(Statement row) =>
        (new PackRow(new PackId((uint)row.Long(0)), row.Long(1), row.Flag(2), row.Flag(3)), row.Long(4));

    private static ChunkLocation Read(Statement row, int column) => new(
        new PackId((uint)row.Long(column)), row.Long(column + 1), row.Int(column + 2), row.Int(column + 3),
        (ChunkEncoding)row.Int(column + 4), (uint)row.Long(column + 5));
}
