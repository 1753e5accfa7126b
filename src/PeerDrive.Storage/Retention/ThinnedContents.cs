using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Revisions;
using PeerDrive.Storage.Catalog;
using PeerDrive.Storage.Databases;

namespace PeerDrive.Storage.Retention;

/// <summary>
/// Contents that the retention rule let go here. They are not fetched again by themselves, only when somebody reads them. The state database has them; the catalog has a copy, for its
/// queries, which is made anew when it is not of the same generation. Lock order: the catalog's gate, then the state database's.
/// </summary>
internal sealed class ThinnedContents
{
    private const string GenerationKey = "thinned-generation";

    private readonly Database state;
    private readonly VolumeCatalog catalog;

    public ThinnedContents(Database state, VolumeCatalog catalog)
    {
        (this.state, this.catalog) = (state, catalog);
        lock (catalog.Db.Gate)
        {
            lock (state.Gate)
            {
                state.Execute("CREATE TABLE IF NOT EXISTS thinned(root BLOB NOT NULL, depth INTEGER NOT NULL, size INTEGER NOT NULL, PRIMARY KEY(root, depth, size)) WITHOUT ROWID");
                using var select = catalog.Db.Prepare("SELECT value FROM meta WHERE key = ?").Bind(GenerationKey);
                if ((select.Step() ? select.Long(0) : 0) != Generation) CopyAll();
            }
        }
    }

    private long Generation
    {
        get
        {
            using var select = state.Prepare("SELECT value FROM settings WHERE key = ?").Bind(GenerationKey);
            return select.Step() ? select.Long(0) : 0;
        }
    }

    /// <summary>Remembers contents that are about to go. Durable when it returns.</summary>
    public void Add(IReadOnlyCollection<Content> contents) => Change(contents, "INSERT OR IGNORE INTO thinned VALUES(?, ?, ?)");

    /// <summary>Contents are to be here again.</summary>
    public void Remove(IReadOnlyCollection<Content> contents) => Change(contents, "DELETE FROM thinned WHERE root = ? AND depth = ? AND size = ?");

    /// <summary>All contents are to be here again.</summary>
    public void Clear()
    {
        lock (catalog.Db.Gate)
        {
            lock (state.Gate)
            {
                using (var transaction = state.Begin())
                {
                    state.Execute("DELETE FROM thinned");
                    state.Prepare("INSERT OR REPLACE INTO settings VALUES(?, ?)").Bind(GenerationKey).Bind(Generation + 1).Run();
                    transaction.Commit();
                }
                CopyAll();
            }
        }
    }

    /// <summary>Finds those that are shown now: a version was restored, a file undeleted.</summary>
    /// <param name="entries">Rows that changed.</param>
    /// <param name="documents">Rows that changed.</param>
    /// <returns>Whether there were any. The caller holds the catalog's gate, outside a transaction.</returns>
    public bool Revive(IEnumerable<long> entries, IEnumerable<long> documents)
    {
        if (!catalog.Revisions.HasThinned) return false;
        var shown = entries.Select(catalog.Entries.Find).OfType<EntryRow>().Where(entry => entry.IsLive).Select(entry => catalog.Revisions.FindRow(entry.Document)).OfType<long>()
            .Concat(documents.Where(document => catalog.Entries.CountOf(document) > 0)).Distinct();
        List<Content> revived = [.. shown.SelectMany(catalog.Revisions.Heads).Select(head => head.Content).Where(content => !content.IsEmpty && catalog.Revisions.IsThinned(content))];
        if (revived.Count == 0) return false;
        Remove(revived);
        return true;
    }

    /// <summary>The caller holds both gates.</summary>
    private void CopyAll()
    {
        using var transaction = catalog.Db.Begin();
        catalog.Db.Execute("DELETE FROM thinned");
        using (var select = state.Prepare("SELECT root, depth, size FROM thinned"))
        {
            while (select.Step())
                catalog.Db.Prepare("INSERT INTO thinned VALUES(?, ?, ?)").BindId(select.Id<ChunkId>(0)).Bind(select.Long(1)).Bind(select.Long(2)).Run();
        }
        NoteGeneration(Generation);
        transaction.Commit();
    }

    private void Change(IReadOnlyCollection<Content> contents, string sql)
    {
        if (contents.Count == 0) return;
        lock (catalog.Db.Gate)
        {
            lock (state.Gate)
            {
                var next = Generation + 1;
                using (var transaction = state.Begin())
                {
                    foreach (var content in contents) Run(state, sql, content);
                    state.Prepare("INSERT OR REPLACE INTO settings VALUES(?, ?)").Bind(GenerationKey).Bind(next).Run();
                    transaction.Commit();
                }
                using var copied = catalog.Db.Begin();
                foreach (var content in contents) Run(catalog.Db, sql, content);
                NoteGeneration(next);
                copied.Commit();
            }
        }
    }

    private static void Run(Database db, string sql, Content content) => db.Prepare(sql).BindId(content.Root).Bind(content.Depth).Bind((long)content.Size).Run();

    private void NoteGeneration(long generation) => catalog.Db.Prepare("INSERT OR REPLACE INTO meta VALUES(?, ?)").Bind(GenerationKey).Bind(generation).Run();
}
