using System.Globalization;
using PeerDrive.Model.Queries;
using PeerDrive.Storage.Disks;
using PeerDrive.Storage.Search;
using PeerDrive.Storage.Volumes;

namespace PeerDrive.Storage.Tests.Search;

/// <summary>All that a search index says, as text, without the numbers that mean nothing outside it.</summary>
internal static class IndexPicture
{
    public static string Of(string volumeFolder)
    {
        using var db = new RealDisk().OpenDatabase(Path.Combine(volumeFolder, "search.db"), durable: false);
        var lines = new List<string>();
        Add("""
            SELECT 'doc', hex(entry), hex(parent), docs.name, ext, class, docs.size, mtime, created, hex(devices.device), conflict, docs.id >= 1099511627776, hex(root), known, contents.fields
            FROM docs LEFT JOIN devices ON devices.id = docs.device LEFT JOIN contents ON contents.id = docs.content
            """);
        Add("SELECT 'names', hex(entry), names.name, words FROM names JOIN docs ON docs.id = names.rowid");
        Add("SELECT 'field', hex(entry), key, text, number FROM fields JOIN docs ON docs.id = fields.doc JOIN terms ON terms.id = fields.term");
        Add("SELECT 'text', hex(root), media, body FROM texts JOIN contents ON contents.id = texts.rowid");
        // What nothing refers to must not be left behind.
        Add("SELECT 'stray', rowid FROM names WHERE rowid NOT IN (SELECT id FROM docs)");
        Add("SELECT 'stray text', rowid FROM texts WHERE rowid NOT IN (SELECT id FROM contents)");
        Add("SELECT 'stray content', id FROM contents WHERE id NOT IN (SELECT content FROM docs WHERE content IS NOT NULL)");
        Add("SELECT 'stray field', doc FROM fields WHERE doc NOT IN (SELECT id FROM docs)");
        lines.Sort(StringComparer.Ordinal);
        return string.Join('\n', lines);

        void Add(string sql)
        {
            using var select = db.Prepare(sql);
            while (select.Step())
            {
                var cells = new List<string>();
                for (var i = 0; i < 15 && i < Columns(sql); i++) cells.Add(select.IsNull(i) ? "-" : select.Text(i));
                lines.Add(string.Join('|', cells));
            }
        }

        static int Columns(string sql) => sql[..sql.IndexOf("FROM", StringComparison.Ordinal)].Count(letter => letter == ',') + 1;
    }

    /// <summary>Names of what is found, in the order of the answer.</summary>
    public static string Names(VolumeSearch search, string query) =>
        string.Join(' ', search.Find(Query.Parse(query), null, SearchLimits.Page).Hits.Select(hit => hit.Entry.Name.ToString()));

    /// <summary>Makes an index of a volume in another place from scratch, and gives its picture.</summary>
    public static async Task<string> RebuiltAsync(Volume volume)
    {
        var path = Path.Combine(volume.Folder, "search.db");
        foreach (var suffix in new[] { "", "-wal", "-shm" }) File.Delete(path + suffix);
        await using (var search = VolumeSearch.Open(volume, new RealDisk(), TimeProvider.System))
        {
            search.Start();
            await Soon.UntilAsync(() => !search.Progress.IsBuilding);
        }
        return Of(volume.Folder);
    }
}
