using System.Buffers.Binary;
using System.Security.Cryptography;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Queries;
using PeerDrive.Model.Revisions;
using PeerDrive.Storage.Databases;

namespace PeerDrive.Storage.Search;

/// <summary>
/// Brings lines of the search index up to date. The caller holds the database's gate and a transaction. What is not asked for again is not written
/// again: a moved entry costs its own line, and nothing below it.
/// </summary>
internal sealed class IndexWriter(Database db, IDocumentTexts texts)
{
    /// <summary>Makes the index say of an entry what is so.</summary>
    public void Write(IndexedEntry entry, bool isForced = false)
    {
        var stamp = Stamp(entry, isInner: false);
        var inner = Stamp(entry, isInner: true);
        var old = Find(entry.Id);
        if (old is { } same && same.Stamp == stamp && !isForced) return;
        if (old is { } there && there.Inner == inner && !isForced)
        {
            db.Prepare("UPDATE docs SET parent = ?, conflict = ?, stamp = ? WHERE id = ?").BindId(entry.Parent).Bind(entry.IsConflict ? 1 : 0).Bind(stamp).Bind(there.Id).Run();
            return;
        }
        var isSameLife = old is { } former && former.Id >= SearchSchema.DeadFrom != entry.IsLive;
        var id = isSameLife ? old!.Value.Id : NextId(entry.IsLive);
        var state = entry.State;
        var name = entry.Name.ToString();
        var folded = Folding.Fold(name);
        var extension = MediaClasses.ExtensionOf(name);
        var kind = state?.Kind ?? (entry.IsFolder ? DocumentKind.Folder : DocumentKind.File);
        long? content = null;
        string derivedFields = "", derivedType = "";
        if (kind == DocumentKind.File && state is { Content.IsEmpty: false })
            (content, derivedType, derivedFields) = ContentOf(state.Content, MediaClasses.Of(kind, state.MediaType, extension));
        var mediaType = state?.MediaType is { Length: > 0 } said ? said : derivedType;
        var fields = FieldList.Of(state, derivedFields.Length > 0 ? FieldList.Load(derivedFields) : [], mediaType);
        if (old is { } gone) RemoveLine(gone.Id, keepsId: isSameLife);
        db.Prepare("INSERT INTO docs VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
            .Bind(id).BindId(entry.Id).BindId(entry.Parent).Bind(folded).Bind(LineConditions.EndOf(folded)).Bind((long)MediaClasses.Of(kind, mediaType, extension))
            .Bind((long)Math.Min(long.MaxValue, state?.Content.Size ?? 0)).Bind(entry.Modified).Bind(entry.Created).Bind(DeviceRow(entry.Device)).Bind(entry.IsConflict ? 1 : 0)
            .Bind(content).Bind(stamp).Bind(inner).Run();
        db.Prepare("INSERT INTO names(rowid, name, words) VALUES(?, ?, ?)").Bind(id).Bind(name).Bind(fields.Words).Run();
        foreach (var field in fields.Fields) db.Prepare("INSERT OR IGNORE INTO fields VALUES(?, ?)").Bind(TermRow(field)).Bind(id).Run();
        if (old is { Content: { } left } && left != content) DropIfUnused(left);
    }

    /// <summary>Forgets an entry.</summary>
    public void Remove(EntryId entry)
    {
        if (Find(entry) is not { } old) return;
        RemoveLine(old.Id, keepsId: false);
        if (old.Content is { } content) DropIfUnused(content);
    }

    /// <summary>Reads contents again of which nothing was known.</summary>
    /// <returns>Entries whose lines have to be written anew: their fields are others now.</returns>
    public IReadOnlyList<EntryId> Learn(ChunkId root, bool isNews)
    {
        var rows = new List<(long Row, Content Content, MediaClass Media)>();
        using (var select = db.Prepare("SELECT id, root, depth, size, chunking, media FROM contents WHERE root = ? AND (known = 0 OR ?)").BindId(root).Bind(isNews ? 1 : 0))
        {
            while (select.Step()) rows.Add((select.Long(0), ReadContent(select, 1), (MediaClass)select.Int(5)));
        }
        var entries = new List<EntryId>();
        foreach (var (row, content, media) in rows)
        {
            var before = FieldsOf(row);
            if (texts.Read(content, media) is not { } found) continue;
            Note(row, found);
            if (before == FieldsOf(row)) continue;
            using var select = db.Prepare("SELECT entry FROM docs WHERE content = ?").Bind(row);
            while (select.Step()) entries.Add(select.Id<EntryId>(0));
        }
        return entries;
    }

    /// <summary>Contents of which nothing is known, by row, after one.</summary>
    public (IReadOnlyList<ChunkId> Roots, long Last) UnknownAfter(long row, int limit)
    {
        using var select = db.Prepare("SELECT id, root FROM contents WHERE known = 0 AND id > ? ORDER BY id LIMIT ?").Bind(row).Bind(limit);
        var roots = new List<ChunkId>();
        while (select.Step())
        {
            row = select.Long(0);
            roots.Add(select.Id<ChunkId>(1));
        }
        return (roots, row);
    }

    /// <summary>Entries of the index by line, after one.</summary>
    public (IReadOnlyList<EntryId> Entries, long Last) EntriesAfter(long line, int limit)
    {
        using var select = db.Prepare("SELECT id, entry FROM docs WHERE id > ? ORDER BY id LIMIT ?").Bind(line).Bind(limit);
        var entries = new List<EntryId>();
        while (select.Step())
        {
            line = select.Long(0);
            entries.Add(select.Id<EntryId>(1));
        }
        return (entries, line);
    }

    public long Count()
    {
        using var count = db.Prepare("SELECT count(*) FROM docs");
        count.Step();
        return count.Long(0);
    }

    /// <summary>Forgets values that no document has any more.</summary>
    public void DropUnusedTerms() => db.Execute("DELETE FROM terms WHERE id NOT IN (SELECT term FROM fields)");

    public long? Number(string key)
    {
        using var select = db.Prepare("SELECT value FROM meta WHERE key = ?").Bind(key);
        return select.Step() ? select.Long(0) : null;
    }

    public void SetNumber(string key, long value) => db.Prepare("INSERT OR REPLACE INTO meta VALUES(?, ?)").Bind(key).Bind(value).Run();

    private (long Id, long Stamp, long Inner, long? Content)? Find(EntryId entry)
    {
        using var select = db.Prepare("SELECT id, stamp, inner_stamp, content FROM docs WHERE entry = ?").BindId(entry);
        return select.Step() ? (select.Long(0), select.Long(1), select.Long(2), select.LongOrNull(3)) : null;
    }

    /// <summary>Free numbers are used again, so that sets of lines stay dense.</summary>
    private long NextId(bool isLive)
    {
        long first = isLive ? 1 : SearchSchema.DeadFrom, end = isLive ? SearchSchema.DeadFrom : long.MaxValue;
        long? free = null;
        using (var select = db.Prepare("SELECT id FROM free WHERE id >= ? AND id < ? LIMIT 1").Bind(first).Bind(end))
        {
            if (select.Step()) free = select.Long(0);
        }
        if (free is { } again)
        {
            db.Prepare("DELETE FROM free WHERE id = ?").Bind(again).Run();
            return again;
        }
        using var last = db.Prepare("SELECT max(id) FROM docs WHERE id >= ? AND id < ?").Bind(first).Bind(end);
        last.Step();
        return last.LongOrNull(0) is { } greatest ? greatest + 1 : first;
    }

    private void RemoveLine(long id, bool keepsId)
    {
        db.Prepare("DELETE FROM docs WHERE id = ?").Bind(id).Run();
        db.Prepare("DELETE FROM names WHERE rowid = ?").Bind(id).Run();
        var terms = new List<long>();
        using (var select = db.Prepare("SELECT term FROM fields WHERE doc = ?").Bind(id))
        {
            while (select.Step()) terms.Add(select.Long(0));
        }
        foreach (var term in terms) db.Prepare("DELETE FROM fields WHERE term = ? AND doc = ?").Bind(term).Bind(id).Run();
        if (!keepsId) db.Prepare("INSERT OR IGNORE INTO free VALUES(?)").Bind(id).Run();
    }

    private (long Row, string MediaType, string Fields) ContentOf(Content content, MediaClass media)
    {
        long row;
        bool isKnown;
        using (var select = db.Prepare("SELECT id, known FROM contents WHERE root = ? AND depth = ? AND size = ? AND media = ?")
            .BindId(content.Root).Bind(content.Depth).Bind((long)content.Size).Bind((long)media))
        {
            row = select.Step() ? select.Long(0) : 0;
            isKnown = row > 0 && select.Flag(1);
        }
        if (row == 0)
        {
            db.Prepare("INSERT INTO contents(root, depth, size, chunking, media, known) VALUES(?, ?, ?, ?, ?, 0)")
                .BindId(content.Root).Bind(content.Depth).Bind((long)content.Size).Bind(content.Chunking).Bind((long)media).Run();
            row = db.LastInsertedRow;
        }
        if (!isKnown && texts.Read(content, media) is { } found) Note(row, found);
        var saved = FieldsOf(row);
        var at = saved.IndexOf('\n', StringComparison.Ordinal);
        return at < 0 ? (row, "", "") : (row, saved[..at], saved[(at + 1)..]);
    }

    /// <summary>Keeps what was read out of a content: the media type, a line feed, and the fields; nothing of all when there is none.</summary>
    private void Note(long row, DocumentText found)
    {
        var saved = found.MediaType.Length == 0 && found.Fields.IsEmpty ? null : found.MediaType.ReplaceLineEndings(" ") + "\n" + FieldList.Save(found.Fields.Take(SearchLimits.Values));
        db.Prepare("UPDATE contents SET known = 1, fields = ? WHERE id = ?").Bind(saved).Bind(row).Run();
        db.Prepare("DELETE FROM texts WHERE rowid = ?").Bind(row).Run();
        if (found.Text.Length > 0) db.Prepare("INSERT INTO texts(rowid, body) VALUES(?, ?)").Bind(row).Bind(found.Text.Replace('\0', ' ')).Run();
    }

    private string FieldsOf(long row)
    {
        using var select = db.Prepare("SELECT fields FROM contents WHERE id = ?").Bind(row);
        return select.Step() && !select.IsNull(0) ? select.Text(0) : "";
    }

    private void DropIfUnused(long content)
    {
        using (var select = db.Prepare("SELECT 1 FROM docs WHERE content = ? LIMIT 1").Bind(content))
        {
            if (select.Step()) return;
        }
        db.Prepare("DELETE FROM contents WHERE id = ?").Bind(content).Run();
        db.Prepare("DELETE FROM texts WHERE rowid = ?").Bind(content).Run();
    }

    private long DeviceRow(DeviceId device)
    {
        if (device == default) return 0;
        using (var select = db.Prepare("SELECT id FROM devices WHERE device = ?").BindId(device))
        {
            if (select.Step()) return select.Long(0);
        }
        db.Prepare("INSERT INTO devices(device) VALUES(?)").BindId(device).Run();
        return db.LastInsertedRow;
    }

    private long TermRow(DocumentField field)
    {
        using (var select = db.Prepare("SELECT id FROM terms WHERE key = ? AND text = ?").Bind(field.Key).Bind(field.Text))
        {
            if (select.Step()) return select.Long(0);
        }
        db.Prepare("INSERT INTO terms(key, text, words, number) VALUES(?, ?, ?, ?)").Bind(field.Key).Bind(field.Text).Bind(Folding.Words(field.Text!)).Bind(field.Number).Run();
        return db.LastInsertedRow;
    }

    private static Content ReadContent(Statement row, int at) => new((ulong)row.Long(at + 2), (uint)row.Long(at + 1), row.Id<ChunkId>(at), (uint)row.Long(at + 3));

    /// <summary>Another number when something else is to be written, as far as chance allows.</summary>
    /// <param name="isInner">Without what a move or a conflict changes.</param>
    private static long Stamp(IndexedEntry entry, bool isInner)
    {
        Span<byte> bytes = stackalloc byte[EntryId.Size + RevisionId.Size + Model.ModelLimits.NameBytes + 19];
        var length = 0;
        if (!isInner)
        {
            entry.Parent.WriteTo(bytes);
            bytes[EntryId.Size] = entry.IsConflict ? (byte)1 : (byte)0;
            length = EntryId.Size + 1;
        }
        entry.Revision.WriteTo(bytes[length..]);
        length += RevisionId.Size;
        bytes[length++] = entry.IsLive ? (byte)1 : (byte)0;
        bytes[length++] = entry.State is null ? (byte)1 : (byte)0;
        BinaryPrimitives.WriteInt64LittleEndian(bytes[length..], entry.Created);
        length += sizeof(long);
        entry.Name.Bytes.CopyTo(bytes[length..]);
        length += entry.Name.Bytes.Length;
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(bytes[..length], hash);
        return BinaryPrimitives.ReadInt64LittleEndian(hash);
    }
}
