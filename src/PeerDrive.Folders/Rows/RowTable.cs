using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Revisions;
using PeerDrive.Native.Files;
using PeerDrive.Storage.Databases;

namespace PeerDrive.Folders.Rows;

/// <summary>
/// The rows of one link in the replica's state. Folders are also kept in memory, one object each, so that paths cost no
/// query; files are read as they are needed. Look-ups are thread-safe, changes belong to the link's loop.
/// </summary>
internal sealed class RowTable
{
    private const string Columns = "id, parent, name, entry, document, revision, inode, btime, size, mtime, ctime, mode, links, uid, gid, xattrs";

    /// <summary>Row numbers of a link are its number in the upper bits and a count.</summary>
    private const int NumberShift = 40;

    /// <summary>Rows that may wait to be saved together: a durable step for each would cost a sync of the disk for each.</summary>
    private const int MaxDeferred = 256;

    private readonly Database state;
    private readonly Dictionary<long, FileRow> folders = [];
    private readonly Dictionary<EntryId, FileRow> foldersByEntry = [];
    private readonly Dictionary<long, FileRow?> deferred = [];
    private readonly long first;
    private readonly long last;
    private long next;

    public RowTable(Database state, long link, EntryId folder)
    {
        this.state = state;
        first = link << NumberShift;
        last = first + (1L << NumberShift) - 1;
        Root = new FileRow { Id = first, Parent = -1, Entry = folder };
        Load();
    }

    /// <summary>The directory itself, which has no row in the table.</summary>
    public FileRow Root { get; }

    public bool IsEmpty { get; private set; }

    public int FolderCount => folders.Count;

    public static void CreateTables(Database state)
    {
        lock (state.Gate)
        {
            state.Execute("""
                CREATE TABLE IF NOT EXISTS link_files(
                  id INTEGER PRIMARY KEY, parent INTEGER NOT NULL, name BLOB NOT NULL, entry BLOB NOT NULL, document BLOB NOT NULL, revision BLOB,
                  inode INTEGER NOT NULL, btime INTEGER NOT NULL, size INTEGER NOT NULL, mtime INTEGER NOT NULL, ctime INTEGER NOT NULL,
                  mode INTEGER NOT NULL, links INTEGER NOT NULL, uid INTEGER NOT NULL, gid INTEGER NOT NULL, xattrs INTEGER NOT NULL);
                CREATE INDEX IF NOT EXISTS link_files_place ON link_files(parent, name);
                CREATE INDEX IF NOT EXISTS link_files_entry ON link_files(entry);
                CREATE INDEX IF NOT EXISTS link_files_document ON link_files(document);
                CREATE INDEX IF NOT EXISTS link_files_inode ON link_files(inode);
                """);
        }
    }

    /// <summary>Forgets what is in memory and reads it again, after a failure half-way.</summary>
    public void Load()
    {
        folders.Clear();
        foldersByEntry.Clear();
        deferred.Clear();
        lock (state.Gate)
        {
            using (var select = state.Prepare("SELECT coalesce(max(id), 0) FROM link_files WHERE id BETWEEN ? AND ?").Bind(first).Bind(last))
            {
                select.Step();
                next = Math.Max(select.Long(0), first) + 1;
                IsEmpty = select.Long(0) == 0;
            }
            using var all = state.Prepare($"SELECT {Columns} FROM link_files WHERE id BETWEEN ? AND ? AND mode & 61440 = 16384").Bind(first).Bind(last);
            while (all.Step()) Remember(Read(all));
        }
        folders[Root.Id] = Root;
        foldersByEntry[Root.Entry] = Root;
    }

    public FileRow New(FileRow parent, EntryName name, FileSeen seen) => new() { Id = next++, Parent = parent.Id, Name = name, Seen = seen };

    /// <summary>A folder's row by number; null when it is gone.</summary>
    public FileRow? Folder(long id)
    {
        lock (state.Gate) return folders.GetValueOrDefault(id);
    }

    public FileRow? Folder(EntryId entry)
    {
        lock (state.Gate) return foldersByEntry.GetValueOrDefault(entry);
    }

    public List<FileRow> Children(FileRow folder) => Select("parent = ?", s => s.Bind(folder.Id), row => row.Parent == folder.Id);

    public FileRow? Child(FileRow folder, EntryName name) =>
        Select("parent = ? AND name = ?", s => s.Bind(folder.Id).Bind(name.Bytes), row => row.Parent == folder.Id && row.Name == name).FirstOrDefault();

    /// <summary>The row at a path from the top; null when there is none.</summary>
    public FileRow? AtPath(ReadOnlySpan<byte> path)
    {
        var at = Root;
        foreach (var range in path.Split((byte)'/'))
        {
            if (!at.IsFolder && at.Id != Root.Id || Child(at, EntryName.Create(path[range])) is not { } child) return null;
            at = child;
        }
        return at;
    }

    public FileRow? ByEntry(EntryId entry) => Folder(entry) ?? Mine("entry = ?", s => s.BindId(entry), row => row.Entry == entry).FirstOrDefault();

    public List<FileRow> ByInode(ulong inode) => IsEmpty ? [] : Mine("inode = ?", s => s.Bind((long)inode), row => row.Seen.Inode == inode);

    public List<FileRow> ByDocument(DocumentId document) => Mine("document = ?", s => s.BindId(document), row => row.Document == document);

    /// <summary>Files of at least so many bytes.</summary>
    public List<FileRow> Large(long bytes) => Select("id BETWEEN ? AND ? AND size >= ? AND mode & 61440 = 32768", s => s.Bind(first).Bind(last).Bind(bytes),
        row => row.Id >= first && row.Id <= last && row.Seen.Size >= bytes && row.Seen.Kind == FileKind.Regular);

    /// <summary>Path of a folder's row from the top, without a slash at either end; null when it hangs on nothing.</summary>
    public byte[]? PathOf(FileRow folder)
    {
        if (folder.Id == Root.Id) return [];
        var parts = new Stack<FileRow>();
        for (var at = folder; at.Id != Root.Id;)
        {
            parts.Push(at);
            if (parts.Count > 4096 || Folder(at.Parent) is not { } parent) return null;
            at = parent;
        }
        var length = parts.Count - 1;
        foreach (var part in parts) length += part.Name.Bytes.Length;
        var path = new byte[length];
        var end = 0;
        foreach (var part in parts)
        {
            if (end > 0) path[end++] = (byte)'/';
            part.Name.Bytes.CopyTo(path.AsSpan(end));
            end += part.Name.Bytes.Length;
        }
        return path;
    }

    public static byte[] Join(ReadOnlySpan<byte> folder, EntryName name)
    {
        if (folder.IsEmpty) return name.Bytes.ToArray();
        var path = new byte[folder.Length + 1 + name.Bytes.Length];
        folder.CopyTo(path);
        path[folder.Length] = (byte)'/';
        name.Bytes.CopyTo(path.AsSpan(folder.Length + 1));
        return path;
    }

    /// <summary>Makes a folder's row known in memory before it is saved, so that what is inside can be placed.</summary>
    public void Remember(FileRow row)
    {
        if (!row.IsFolder) return;
        lock (state.Gate)
        {
            folders[row.Id] = row;
            if (row.Entry != default) foldersByEntry[row.Entry] = row;
        }
    }

    /// <summary>Saves a row with the next ones: look-ups see it at once; should the power go before, it is as if its step had not been noted.</summary>
    public void Defer(FileRow row)
    {
        lock (state.Gate)
        {
            deferred[row.Id] = row;
            Remember(row);
            IsEmpty = false;
            if (deferred.Count >= MaxDeferred) SaveDeferred();
        }
    }

    /// <summary>Removes a row with the next ones that are saved.</summary>
    public void DeferRemoval(long id)
    {
        lock (state.Gate)
        {
            deferred[id] = null;
            Forget(id);
            if (deferred.Count >= MaxDeferred) SaveDeferred();
        }
    }

    public void SaveDeferred()
    {
        lock (state.Gate)
        {
            if (deferred.Count > 0) Save([], []);
        }
    }

    /// <summary>Saves rows and removes others in one durable step, with those that wait.</summary>
    public void Save(IEnumerable<FileRow> rows, IEnumerable<long> removed)
    {
        lock (state.Gate)
        {
            using var transaction = state.Begin();
            foreach (var (id, row) in deferred)
            {
                if (row is null) Delete(id);
                else Write(row);
            }
            foreach (var id in removed)
            {
                Delete(id);
                Forget(id);
            }
            foreach (var row in rows)
            {
                Write(row);
                Remember(row);
                IsEmpty = false;
            }
            transaction.Commit();
            deferred.Clear();
        }
    }

    /// <summary>Saves where a row's file was found.</summary>
    public void SaveMoved(FileRow row, FileRow folder, EntryName name)
    {
        row.Parent = folder.Id;
        row.Name = name;
        Save([row], []);
    }

    /// <summary>Forgets every row of the link.</summary>
    public static void RemoveAll(Database state, long link) =>
        state.Prepare("DELETE FROM link_files WHERE id BETWEEN ? AND ?").Bind(link << NumberShift).Bind((link + 1 << NumberShift) - 1).Run();

    private void Delete(long id) => state.Prepare("DELETE FROM link_files WHERE id = ?").Bind(id).Run();

    private void Forget(long id)
    {
        if (folders.Remove(id, out var folder) && foldersByEntry.GetValueOrDefault(folder.Entry) == folder) foldersByEntry.Remove(folder.Entry);
    }

    private void Write(FileRow row)
    {
        var insert = state.Prepare($"INSERT OR REPLACE INTO link_files({Columns}) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
            .Bind(row.Id).Bind(row.Parent).Bind(row.Name.Bytes).BindId(row.Entry).BindId(row.Document);
        insert = row.Revision is { } revision ? insert.BindId(revision) : insert.Bind((long?)null);
        var seen = row.Seen;
        insert.Bind((long)seen.Inode).Bind(seen.Btime).Bind(seen.Size).Bind(seen.Mtime).Bind(seen.Ctime).Bind(seen.Mode).Bind(seen.Links)
            .Bind(seen.Uid).Bind(seen.Gid).Bind(seen.Xattrs).Run();
    }

    private List<FileRow> Mine(string condition, Func<Statement, Statement> bind, Func<FileRow, bool> matches) =>
        Select(condition, bind, matches).FindAll(row => row.Id >= first && row.Id <= last);

    /// <param name="matches">The condition again: a row in memory may be ahead of the table.</param>
    private List<FileRow> Select(string condition, Func<Statement, Statement> bind, Func<FileRow, bool> matches)
    {
        var rows = new List<FileRow>();
        lock (state.Gate)
        {
            using var select = bind(state.Prepare($"SELECT {Columns} FROM link_files WHERE {condition}"));
            while (select.Step())
            {
                var id = select.Long(0);
                if (deferred.ContainsKey(id)) continue;
                // A folder has one object, which may be ahead of its row.
                var row = folders.TryGetValue(id, out var folder) ? folder : Read(select);
                if (matches(row)) rows.Add(row);
            }
            foreach (var row in deferred.Values)
            {
                if (row is not null && matches(row)) rows.Add(row);
            }
        }
        return rows;
    }

    private static FileRow Read(Statement row) => new()
    {
        Id = row.Long(0),
        Parent = row.Long(1),
        Name = EntryName.Create(row.Blob(2)),
        Entry = row.Id<EntryId>(3),
        Document = row.Id<DocumentId>(4),
        Revision = row.IsNull(5) ? null : row.Id<RevisionId>(5),
        Seen = new FileSeen(
            (ulong)row.Long(6), row.Long(7), row.Long(8), row.Long(9), row.Long(10), (uint)row.Long(11), (uint)row.Long(12), (uint)row.Long(13),
            (uint)row.Long(14), row.Long(15)),
    };
}
