using PeerDrive.Model.Identifiers;
using PeerDrive.Storage.Databases;
using PeerDrive.Storage.Packs;

namespace PeerDrive.Storage.Lending;

/// <summary>The catalog's tables of lent files. A chunk may lie in several. Look-ups use the connection that never waits for a transaction.</summary>
internal sealed class LentTable(Database writer, Database reader)
{
    public const string Schema = """

        CREATE TABLE IF NOT EXISTS lent_files(
          pack INTEGER PRIMARY KEY, lender BLOB NOT NULL, inode INTEGER NOT NULL, size INTEGER NOT NULL, mtime INTEGER NOT NULL, path TEXT NOT NULL);
        CREATE INDEX IF NOT EXISTS lent_files_inode ON lent_files(inode);
        CREATE TABLE IF NOT EXISTS lent_chunks(
          id BLOB NOT NULL, pack INTEGER NOT NULL, offset INTEGER NOT NULL, size INTEGER NOT NULL, PRIMARY KEY(id, pack)) WITHOUT ROWID;
        CREATE INDEX IF NOT EXISTS lent_chunks_pack ON lent_chunks(pack);
        """;

    private const string Columns = "lent_files.pack, lent_files.lender, lent_files.inode, lent_files.size, lent_files.mtime, lent_files.path";

    private volatile bool isEmpty = IsEmptyNow(writer);

    /// <summary>There is no file in it, nor was since the volume was opened.</summary>
    public bool IsEmpty => isEmpty;

    /// <summary>The caller holds the writer's gate.</summary>
    public void Add(LentFile file, IReadOnlyList<KeyValuePair<ChunkId, ChunkLocation>> lines)
    {
        writer.Prepare("INSERT OR REPLACE INTO lent_files VALUES(?, ?, ?, ?, ?, ?)")
            .Bind(file.Pack.Number).Bind(Bytes(file.Lender)).Bind((long)file.Inode).Bind(file.Size).Bind(file.Mtime).Bind(file.Path).Run();
        foreach (var (id, location) in lines)
            writer.Prepare("INSERT OR REPLACE INTO lent_chunks VALUES(?, ?, ?, ?)").BindId(id).Bind(file.Pack.Number).Bind(location.Offset).Bind(location.Plain).Run();
        isEmpty = false;
    }

    /// <summary>The caller holds the writer's gate.</summary>
    public void Remove(PackId pack)
    {
        writer.Prepare("DELETE FROM lent_chunks WHERE pack = ?").Bind(pack.Number).Run();
        writer.Prepare("DELETE FROM lent_files WHERE pack = ?").Bind(pack.Number).Run();
    }

    /// <summary>Forgets one place of a chunk. The caller holds the writer's gate.</summary>
    public void RemoveChunk(ChunkId id, PackId pack) => writer.Prepare("DELETE FROM lent_chunks WHERE id = ? AND pack = ?").BindId(id).Bind(pack.Number).Run();

    /// <summary>Forgets every place of a chunk. The caller holds the writer's gate.</summary>
    public void RemoveChunk(ChunkId id) => writer.Prepare("DELETE FROM lent_chunks WHERE id = ?").BindId(id).Run();

    /// <summary>Files in which a chunk lies, with the place in each.</summary>
    public List<(LentFile File, long Offset, int Size)> Find(ChunkId id)
    {
        var found = new List<(LentFile, long, int)>();
        if (isEmpty) return found;
        lock (reader.Gate)
        {
            using var select = reader.Prepare($"SELECT {Columns}, lent_chunks.offset, lent_chunks.size FROM lent_chunks JOIN lent_files ON lent_files.pack = lent_chunks.pack WHERE lent_chunks.id = ?").BindId(id);
            while (select.Step()) found.Add((Read(select), select.Long(6), select.Int(7)));
        }
        return found;
    }

    public List<LentFile> All() => Select("TRUE", s => s);

    public List<LentFile> Of(Bits128 lender) => Select("lender = ?", s => s.Bind(Bytes(lender)));

    public List<LentFile> ByInode(Bits128 lender, ulong inode) => isEmpty ? [] : Select("inode = ? AND lender = ?", s => s.Bind((long)inode).Bind(Bytes(lender)));

    /// <summary>Chunks of one file, by id.</summary>
    public List<ChunkId> ChunksOf(PackId pack)
    {
        lock (reader.Gate)
        {
            using var select = reader.Prepare("SELECT id FROM lent_chunks WHERE pack = ? ORDER BY offset").Bind(pack.Number);
            var ids = new List<ChunkId>();
            while (select.Step()) ids.Add(select.Id<ChunkId>(0));
            return ids;
        }
    }

    /// <summary>Packs and raw files with the bytes of their payloads, and how many of these lie in lent files too.</summary>
    public List<(PackRow Pack, long Bytes, long Lent)> Overlaps()
    {
        var found = new List<(PackRow, long, long)>();
        if (isEmpty) return found;
        lock (reader.Gate)
        {
            using var select = reader.Prepare("""
                SELECT packs.pack, packs.indexed, packs.sealed, packs.raw, sum(chunks.stored), sum(CASE WHEN EXISTS (SELECT 1 FROM lent_chunks WHERE lent_chunks.id = chunks.id) THEN chunks.stored ELSE 0 END) lent
                FROM chunks JOIN packs ON packs.pack = chunks.pack GROUP BY packs.pack HAVING lent > 0
                """);
            while (select.Step()) found.Add((new PackRow(new PackId((uint)select.Long(0)), select.Long(1), select.Flag(2), select.Flag(3)), select.Long(4), select.Long(5)));
        }
        return found;
    }

    private static bool IsEmptyNow(Database db)
    {
        lock (db.Gate)
        {
            using var select = db.Prepare("SELECT 1 FROM lent_files LIMIT 1");
            return !select.Step();
        }
    }

    private List<LentFile> Select(string condition, Func<Statement, Statement> bind)
    {
        lock (reader.Gate)
        {
            using var select = bind(reader.Prepare($"SELECT {Columns} FROM lent_files WHERE {condition} ORDER BY pack"));
            var files = new List<LentFile>();
            while (select.Step()) files.Add(Read(select));
            return files;
        }
    }

    private static byte[] Bytes(Bits128 lender)
    {
        var bytes = new byte[Bits128.Size];
        lender.WriteTo(bytes);
        return bytes;
    }

    private static LentFile Read(Statement row) => new(
        new PackId((uint)row.Long(0)), Bits128.Read(row.Blob(1)), (ulong)row.Long(2), row.Long(3), row.Long(4), row.Text(5));
}
