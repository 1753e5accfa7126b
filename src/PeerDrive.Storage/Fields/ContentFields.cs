using System.Collections.Immutable;
using System.Text;
using PeerDrive.Model.Annotations;
using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Revisions;
using PeerDrive.Native.Compression;
using PeerDrive.Storage.Databases;
using PeerDrive.Storage.Disks;

namespace PeerDrive.Storage.Fields;

/// <summary>
/// What was read out of the contents of a replica, by content: <c>fields.db</c> beside the catalog. All of it is derived and this device's own; the
/// file can be deleted at any time. Also which types fields of the volume had, so that new values can be of the same. Thread-safe.
/// </summary>
public sealed class ContentFields : IDisposable
{
    private const string FileName = "fields.db";

    /// <summary>Raised by whatever changes the tables; another number makes them anew.</summary>
    private const int Schema = 1;

    private const int TextLevel = 3;

    private readonly Database db;

    private ContentFields(Database db) => this.db = db;

    /// <summary>More was noted. Called in no lock, on the thread that noted it.</summary>
    public Action? OnAdded { get; set; }

    /// <summary>The number of what was noted last; see <see cref="Since"/>.</summary>
    public long Last
    {
        get
        {
            lock (db.Gate)
            {
                using var select = db.Prepare("SELECT coalesce(max(id), 0) FROM contents");
                select.Step();
                return select.Long(0);
            }
        }
    }

    /// <param name="folder">The volume's folder in the data directory.</param>
    public static ContentFields Open(IDisk disk, string folder)
    {
        var path = Path.Combine(folder, FileName);
        try
        {
            return OpenOnce(disk, path);
        }
        catch (PeerDriveException e) when (e.Kind == ErrorKind.Corrupt)
        {
            // Nothing in it that cannot be read out again.
            foreach (var suffix in new[] { "", "-wal", "-shm" }) File.Delete(path + suffix);
            return OpenOnce(disk, path);
        }
    }

    /// <summary>What is known of a content, without its text; null: it was not looked at yet.</summary>
    public ExtractedFields? Find(Content content)
    {
        lock (db.Gate) return IdOf(content) is { } id ? Read(id) : null;
    }

    /// <summary>The text in a content; null: there is none, or it was not looked at yet.</summary>
    public string? TextOf(Content content)
    {
        lock (db.Gate) return IdOf(content) is { } id ? ReadText(id) : null;
    }

    /// <summary>Whether extractors of a version need not look at a content again.</summary>
    public bool IsKnown(Content content, int version)
    {
        lock (db.Gate)
        {
            using var select = Bind(db.Prepare("SELECT 1 FROM contents WHERE root = ? AND depth = ? AND size = ? AND version >= ?"), content).Bind(version);
            return select.Step();
        }
    }

    /// <summary>Contents that were looked at after a number, the first first, for whoever follows.</summary>
    /// <param name="id">0 for all; else the last number that was given.</param>
    public IReadOnlyList<(long Id, Content Content)> Since(long id, int limit)
    {
        lock (db.Gate)
        {
            using var select = db.Prepare("SELECT id, size, depth, root, chunking FROM contents WHERE id > ? ORDER BY id LIMIT ?").Bind(id).Bind(limit);
            var found = new List<(long, Content)>();
            while (select.Step()) found.Add((select.Long(0), new Content((ulong)select.Long(1), (uint)select.Long(2), select.Id<ChunkId>(3), (uint)select.Long(4))));
            return found;
        }
    }

    /// <summary>Notes what was found, in place of what was known before; it gets a new number.</summary>
    public void Add(Content content, ExtractedFields found)
    {
        lock (db.Gate)
        {
            using var transaction = db.Begin();
            if (IdOf(content) is { } former)
            {
                db.Prepare("DELETE FROM field_values WHERE content = ?").Bind(former).Run();
                db.Prepare("DELETE FROM contents WHERE id = ?").Bind(former).Run();
            }
            var text = found.Text is { Length: > 0 } words ? Capped(words) : null;
            var insert = Bind(db.Prepare("INSERT INTO contents(root, depth, size, chunking, version, outcome, format, problem, text_bytes, text) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"), content, withChunking: true)
                .Bind(found.Version).Bind((long)found.Outcome).Bind(found.Format).Bind(found.Problem).Bind(text?.Length ?? 0L);
            if (text is null) insert.Bind((string?)null).Run();
            else insert.Bind(Compressed(text)).Run();
            var id = db.LastInsertedRow;
            foreach (var (name, value) in found.Fields.Take(StorageLimits.ExtractedFields))
            {
                db.Prepare("INSERT OR REPLACE INTO field_values VALUES(?, ?, ?, ?)").Bind(id).Bind(name).Bind(FieldTypes.NameOf(FieldTypes.Of(value))).Bind(FieldText.Show(value)).Run();
            }
            transaction.Commit();
        }
        OnAdded?.Invoke();
    }

    /// <summary>The type that a field of the volume had last; null: nobody has used it yet.</summary>
    public FieldType? TypeOf(string field)
    {
        lock (db.Gate)
        {
            using var select = db.Prepare("SELECT type FROM field_types WHERE name = ?").Bind(field);
            return select.Step() ? FieldTypes.Require(select.Text(0)) : null;
        }
    }

    /// <summary>Notes the types of the annotations of a document.</summary>
    public void NoteTypes(ImmutableSortedDictionary<string, AnnotationValue> annotations)
    {
        lock (db.Gate)
        {
            using var transaction = db.Begin();
            foreach (var (name, value) in annotations.Where(field => Encoding.UTF8.GetByteCount(field.Key) <= Model.ModelLimits.FieldNameBytes))
            {
                db.Prepare("INSERT INTO field_types VALUES(?, ?) ON CONFLICT(name) DO UPDATE SET type = excluded.type WHERE type <> excluded.type")
                    .Bind(name).Bind(FieldTypes.NameOf(FieldTypes.Of(value))).Run();
            }
            // Whoever uses a name for each file has no use for a list of names.
            db.Prepare("DELETE FROM field_types WHERE rowid <= (SELECT max(rowid) FROM field_types) - ?").Bind(StorageLimits.FieldTypes).Run();
            transaction.Commit();
        }
    }

    /// <summary>Fields that the volume's documents had, by name.</summary>
    public IReadOnlyList<(string Name, FieldType Type)> Types()
    {
        lock (db.Gate)
        {
            using var select = db.Prepare("SELECT name, type FROM field_types ORDER BY name");
            var types = new List<(string, FieldType)>();
            while (select.Step()) types.Add((select.Text(0), FieldTypes.Require(select.Text(1))));
            return types;
        }
    }

    public void Dispose()
    {
        lock (db.Gate) db.Dispose();
    }

    private static ContentFields OpenOnce(IDisk disk, string path)
    {
        var db = disk.OpenDatabase(path, durable: false);
        try
        {
            lock (db.Gate)
            {
                using var transaction = db.Begin();
                if (VersionOf(db) != Schema) Make(db);
                transaction.Commit();
            }
            return new ContentFields(db);
        }
        catch
        {
            db.Dispose();
            throw;
        }
    }

    private static long VersionOf(Database db)
    {
        using var select = db.Prepare("PRAGMA user_version");
        select.Step();
        return select.Long(0);
    }

    private static void Make(Database db) => db.Execute($"""
        DROP TABLE IF EXISTS contents;
        DROP TABLE IF EXISTS field_values;
        DROP TABLE IF EXISTS field_types;
        CREATE TABLE contents(
          id INTEGER PRIMARY KEY AUTOINCREMENT, root BLOB NOT NULL, depth INTEGER NOT NULL, size INTEGER NOT NULL, chunking INTEGER NOT NULL,
          version INTEGER NOT NULL, outcome INTEGER NOT NULL, format TEXT NOT NULL, problem TEXT, text_bytes INTEGER NOT NULL, text BLOB,
          UNIQUE(root, depth, size));
        CREATE TABLE field_values(content INTEGER NOT NULL, name TEXT NOT NULL, type TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY(content, name)) WITHOUT ROWID;
        CREATE TABLE field_types(name TEXT NOT NULL UNIQUE, type TEXT NOT NULL);
        PRAGMA user_version = {Schema};
        """);

    private static Statement Bind(Statement statement, Content content, bool withChunking = false)
    {
        statement.BindId(content.Root).Bind(content.Depth).Bind((long)content.Size);
        return withChunking ? statement.Bind(content.Chunking) : statement;
    }

    private static byte[] Capped(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        var length = Math.Min(bytes.Length, StorageLimits.ExtractedTextBytes);
        // Not in the middle of a character.
        while (length < bytes.Length && length > 0 && (bytes[length] & 0xC0) == 0x80) length--;
        return bytes[..length];
    }

    private static ReadOnlySpan<byte> Compressed(byte[] text)
    {
        var packed = new byte[Zstd.CompressBound(text.Length)];
        return packed.AsSpan(0, Zstd.Compress(text, packed, TextLevel));
    }

    private long? IdOf(Content content)
    {
        using var select = Bind(db.Prepare("SELECT id FROM contents WHERE root = ? AND depth = ? AND size = ?"), content);
        return select.Step() ? select.Long(0) : null;
    }

    private ExtractedFields Read(long id)
    {
        var fields = RevisionState.NoAnnotations.ToBuilder();
        using (var select = db.Prepare("SELECT name, type, value FROM field_values WHERE content = ?").Bind(id))
        {
            while (select.Step())
            {
                if (FieldText.Parse(FieldTypes.Require(select.Text(1)), select.Text(2)) is { } value) fields[select.Text(0)] = value;
            }
        }
        using var content = db.Prepare("SELECT outcome, version, format, problem FROM contents WHERE id = ?").Bind(id);
        content.Step();
        return new ExtractedFields((ExtractionOutcome)content.Int(0), content.Int(1), content.Text(2), fields.ToImmutable(), Text: null, content.IsNull(3) ? null : content.Text(3));
    }

    private string? ReadText(long id)
    {
        using var select = db.Prepare("SELECT text_bytes, text FROM contents WHERE id = ?").Bind(id);
        if (!select.Step() || select.IsNull(1) || select.Long(0) is not (> 0 and <= StorageLimits.ExtractedTextBytes)) return null;
        var plain = new byte[select.Int(0)];
        return Zstd.TryDecompress(select.Blob(1), plain) ? Encoding.UTF8.GetString(plain) : null;
    }
}
