using PeerDrive.Model.Changesets;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Revisions;
using PeerDrive.Storage.Catalog;
using PeerDrive.Storage.Databases;
using PeerDrive.Storage.Log;
using PeerDrive.Storage.Volumes;

namespace PeerDrive.Storage.History;

/// <summary>
/// Tells changes, newest first. Those of a document, or of a folder with little in it, are found by their entries; else the volume's
/// changesets are gone through by time, a limited number for one page. Used with the catalog's gate held.
/// </summary>
internal sealed class HistoryReader(VolumeCatalog catalog, Func<LogPosition, Changeset> readLog, HistoryQuery query)
{
    /// <summary>Entries of a folder that are looked up one by one; of more, the changesets are gone through.</summary>
    private const int MaxEntries = 2_000;

    /// <summary>Changesets that are read for one page.</summary>
    private const int MaxRead = 4_000;

    private readonly HistoryWords words = new(catalog);
    private readonly List<HistoryChange> found = [];
    private long? below;

    public HistoryPage Read()
    {
        if (query.Below is { } folder && folder != EntryId.Root)
        {
            if (catalog.Tree.FindRow(folder) is not { } row) return new HistoryPage([], null);
            below = row;
        }
        return query.Document is { } document ? catalog.Revisions.FindRow(document) is { } known ? Gather([known], []) : new HistoryPage([], null)
            : below is { } top && Few(top) is { } entries ? Gather([], entries)
            : Scan();
    }

    /// <summary>A folder and what is, or was, in it; null when that is too much.</summary>
    private List<long>? Few(long folder)
    {
        using var select = catalog.Db.Prepare("""
            WITH RECURSIVE below(id) AS (SELECT ? UNION SELECT entries.id FROM below CROSS JOIN entries ON entries.parent = below.id
              UNION SELECT puts.entry FROM below CROSS JOIN puts ON puts.several = 1 AND puts.parent = below.id) SELECT id FROM below LIMIT ?
            """).Bind(folder).Bind(MaxEntries + 1);
        var entries = new List<long>();
        while (select.Step()) entries.Add(select.Long(0));
        return entries.Count > MaxEntries ? null : entries;
    }

    /// <summary>Goes through the operations of documents, or of entries and their documents.</summary>
    private HistoryPage Gather(List<long> documents, List<long> entries)
    {
        var operations = new Dictionary<long, (HistoryCursor At, HashSet<int> Wanted)>();
        foreach (var document in documents)
        {
            Add(operations, "revisions", "revisions.document = ?", document);
            Add(operations, "puts", "puts.entry IN (SELECT id FROM entries WHERE document = ?)", document);
            Add(operations, "deletes", "deletes.void = 0 AND deletes.entry IN (SELECT id FROM entries WHERE document = ?)", document);
        }
        foreach (var entry in entries)
        {
            Add(operations, "puts", "puts.entry = ?", entry);
            Add(operations, "deletes", "deletes.void = 0 AND deletes.entry = ?", entry);
            Add(operations, "revisions", "revisions.document = (SELECT document FROM entries WHERE id = ?)", entry);
        }
        foreach (var (row, (at, wanted)) in operations.OrderByDescending(operation => operation.Value.At))
        {
            if (!IsAsked(at)) continue;
            if (found.Count >= query.Limit) break;
            Take(row, at, wanted);
        }
        return Page(null);
    }

    private void Add(Dictionary<long, (HistoryCursor At, HashSet<int> Wanted)> operations, string table, string where, long value)
    {
        using var select = catalog.Db.Prepare(
            $"SELECT changesets.id, changesets.time, changesets.hash, {table}.op FROM {table} JOIN changesets ON changesets.id = {table}.changeset WHERE {where}").Bind(value);
        while (select.Step())
        {
            if (!operations.TryGetValue(select.Long(0), out var known))
                operations[select.Long(0)] = known = (new HistoryCursor(select.Long(1), select.Id<ChangesetHash>(2), int.MaxValue), []);
            known.Wanted.Add(select.Int(3));
        }
    }

    private HistoryPage Scan()
    {
        var chains = catalog.Chains.All().Where(chain => query.By is not { } by || by.Contains(chain.Device)).Select(chain => chain.Id).ToHashSet();
        var until = Math.Min(query.Until ?? long.MaxValue, query.After?.Time ?? long.MaxValue);
        using var select = catalog.Db.Prepare(
            "SELECT id, time, hash, chain FROM changesets WHERE void = 0 AND time <= ? AND time >= ? ORDER BY time DESC, hash DESC").Bind(until).Bind(query.Since ?? long.MinValue);
        var read = 0;
        while (found.Count <= query.Limit && select.Step())
        {
            var at = new HistoryCursor(select.Long(1), select.Id<ChangesetHash>(2), int.MaxValue);
            if (!IsAsked(at) || !chains.Contains(select.Long(3))) continue;
            if (++read > MaxRead) return Page(at);
            Take(select.Long(0), at, null);
        }
        return Page(null);
    }

    /// <summary>Whether something of a changeset may come on this page.</summary>
    private bool IsAsked(HistoryCursor last) =>
        (query.Since is not { } since || last.Time >= since) && (query.Until is not { } until || last.Time <= until)
        && (query.After is not { } after || (last.Time, last.Changeset) is var key && (key.Time < after.Time || (key.Time == after.Time && key.Changeset.CompareTo(after.Changeset) <= 0)));

    private void Take(long row, HistoryCursor at, HashSet<int>? wanted)
    {
        var known = catalog.Chains.Get(row);
        var device = catalog.Chains.Chain(known.Chain).Device;
        if (query.By is { } by && !by.Contains(device)) return;
        var changes = words.Of(readLog(known.Position), known, device, at.Time, wanted, below);
        for (var i = changes.Count - 1; i >= 0 && found.Count <= query.Limit; i--)
        {
            var change = changes[i];
            if (query.After is { } after && change.At.CompareTo(after) >= 0) continue;
            if (query.Kinds is { } kinds && !kinds.Contains(change.Kind)) continue;
            if (query.Comment is { } text && !change.Comment.Contains(text, StringComparison.OrdinalIgnoreCase)) continue;
            found.Add(change);
        }
    }

    /// <param name="stopped">Where the look ended for this time; null: at the end, or with one more than was asked for.</param>
    private HistoryPage Page(HistoryCursor? stopped)
    {
        if (found.Count > query.Limit) return new HistoryPage(found[..query.Limit], found[query.Limit - 1].At);
        return new HistoryPage(found, stopped);
    }
}
