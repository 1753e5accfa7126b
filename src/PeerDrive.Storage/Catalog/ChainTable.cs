using PeerDrive.Model.Changesets;
using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Storage.Databases;
using PeerDrive.Storage.Log;

namespace PeerDrive.Storage.Catalog;

/// <summary>
/// Who made which changeset, and who knew of what. A chain is one unforked run of an author's log; a fork begins a second
/// chain that branches off the first. The caller holds the catalog's gate.
/// </summary>
internal sealed class ChainTable(Database db)
{
    private const int CachedVectors = 4096;

    private readonly Dictionary<long, Dictionary<long, long>> vectors = [];

    public IEnumerable<ChainRow> All() => Select("SELECT id, author, device, branch_of, branch_at, sequence, hash FROM chains ORDER BY id", s => s);

    public List<ChainRow> Of(AuthorId author) =>
        Select("SELECT id, author, device, branch_of, branch_at, sequence, hash FROM chains WHERE author = ? ORDER BY id", s => s.BindId(author));

    public List<ChainRow> Of(DeviceId device) =>
        Select("SELECT id, author, device, branch_of, branch_at, sequence, hash FROM chains WHERE device = ? ORDER BY id", s => s.BindId(device));

    public VersionVector Vector() => VersionVector.Of(All().Select(chain => chain.Tip));

    public long Begin(AuthorId author, DeviceId device, long? branchOf, long branchAt)
    {
        db.Prepare("INSERT INTO chains(author, device, branch_of, branch_at, sequence, hash) VALUES(?, ?, ?, ?, ?, ?)")
            .BindId(author).BindId(device).Bind(branchOf).Bind(branchAt).Bind(branchAt).BindId(default(ChangesetHash)).Run();
        return db.LastInsertedRow;
    }

    public ChangesetRow? Find(ChangesetHash hash)
    {
        using var find = db.Prepare("SELECT id, chain, sequence, hash, lamport, log_file, log_offset, void FROM changesets WHERE hash = ?").BindId(hash);
        return find.Step() ? Row(find) : null;
    }

    /// <exception cref="PeerDriveException">Corrupt: the log does not hold it.</exception>
    public ChangesetRow Require(ChangesetHash hash) => Find(hash) ?? throw new PeerDriveException(
        ErrorKind.Corrupt, $"The log lacks changeset {hash}, which others in it build on. Fetch the volume from a peer again.");

    public ChangesetRow? Find(long chain, long sequence)
    {
        using var find = db.Prepare("SELECT id, chain, sequence, hash, lamport, log_file, log_offset, void FROM changesets WHERE chain = ? AND sequence = ?").Bind(chain).Bind(sequence);
        return find.Step() ? Row(find) : null;
    }

    public ChainRow Chain(long id) => Select("SELECT id, author, device, branch_of, branch_at, sequence, hash FROM chains WHERE id = ?", s => s.Bind(id))[0];

    public ChangesetRow Get(long id)
    {
        using var find = db.Prepare("SELECT id, chain, sequence, hash, lamport, log_file, log_offset, void FROM changesets WHERE id = ?").Bind(id);
        find.Step();
        return Row(find);
    }

    /// <summary>Changesets of a chain after <paramref name="sequence"/>, in order.</summary>
    public List<ChangesetRow> After(long chain, long sequence, int limit)
    {
        using var select = db.Prepare(
            "SELECT id, chain, sequence, hash, lamport, log_file, log_offset, void FROM changesets WHERE chain = ? AND sequence > ? ORDER BY sequence LIMIT ?")
            .Bind(chain).Bind(sequence).Bind(limit);
        var rows = new List<ChangesetRow>();
        while (select.Step()) rows.Add(Row(select));
        return rows;
    }

    /// <summary>Changesets that do not count.</summary>
    public List<ChangesetRow> Void()
    {
        using var select = db.Prepare("SELECT id, chain, sequence, hash, lamport, log_file, log_offset, void FROM changesets WHERE void = 1 ORDER BY id");
        var rows = new List<ChangesetRow>();
        while (select.Step()) rows.Add(Row(select));
        return rows;
    }

    /// <summary>Changesets whose hash begins with hexadecimal digits; at most two.</summary>
    public List<ChangesetHash> Starting(HexPrefix prefix)
    {
        using var select = db.Prepare("SELECT hash FROM changesets WHERE hash >= ? AND hash <= ? LIMIT 2").Bind(prefix.First(ChangesetHash.Size)).Bind(prefix.Last(ChangesetHash.Size));
        var found = new List<ChangesetHash>();
        while (select.Step()) found.Add(select.Id<ChangesetHash>(0));
        return found;
    }

    /// <summary>Distinct times of the newest changesets of a chain that count, newest first.</summary>
    public List<long> LastTimes(long chain, int limit)
    {
        using var select = db.Prepare("SELECT time FROM changesets WHERE chain = ? AND void = 0 ORDER BY sequence DESC").Bind(chain);
        var times = new List<long>();
        while (times.Count < limit && select.Step())
        {
            if (times.Count == 0 || times[^1] != select.Long(0)) times.Add(select.Long(0));
        }
        return times;
    }

    /// <summary>Adds a changeset at the end of its chain.</summary>
    public ChangesetRow Add(long chain, long sequence, ChangesetHash hash, long lamport, long time, LogPosition position, bool isVoid, bool isMembership)
    {
        db.Prepare("INSERT INTO changesets(chain, sequence, hash, lamport, time, log_file, log_offset, void, membership) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?)")
            .Bind(chain).Bind(sequence).BindId(hash).Bind(lamport).Bind(time).Bind(position.File).Bind(position.Offset)
            .Bind(isVoid ? 1 : 0).Bind(isMembership ? 1 : 0).Run();
        var row = new ChangesetRow(db.LastInsertedRow, chain, sequence, hash, (ulong)lamport, position, isVoid);
        SetTip(row);
        return row;
    }

    /// <summary>Gives a changeset that was just built its hash and place in the log.</summary>
    public void Complete(ChangesetRow row, ChangesetHash hash, LogPosition position, bool isMembership)
    {
        db.Prepare("UPDATE changesets SET hash = ?, log_file = ?, log_offset = ?, membership = ? WHERE id = ?")
            .BindId(hash).Bind(position.File).Bind(position.Offset).Bind(isMembership ? 1 : 0).Bind(row.Id).Run();
        SetTip(row with { Hash = hash });
    }

    /// <summary>Takes back a changeset that was begun and stayed empty.</summary>
    public void Abandon(ChangesetRow row, ChainRow before)
    {
        db.Prepare("DELETE FROM dependencies WHERE chain = ? AND sequence = ?").Bind(row.Chain).Bind(row.Sequence).Run();
        db.Prepare("DELETE FROM changesets WHERE id = ?").Bind(row.Id).Run();
        db.Prepare("UPDATE chains SET sequence = ?, hash = ? WHERE id = ?").Bind(before.Sequence).BindId(before.Hash).Bind(before.Id).Run();
        vectors.Remove(row.Id);
    }

    public void AddDependency(ChangesetRow row, long chain, long sequence) =>
        db.Prepare("INSERT INTO dependencies VALUES(?, ?, ?, ?) ON CONFLICT DO UPDATE SET dependency_sequence = max(dependency_sequence, excluded.dependency_sequence)")
            .Bind(row.Chain).Bind(chain).Bind(row.Sequence).Bind(sequence).Run();

    public ulong MaxLamport()
    {
        using var select = db.Prepare("SELECT coalesce(max(changesets.lamport), 0) FROM chains JOIN changesets ON changesets.chain = chains.id AND changesets.sequence = chains.sequence");
        select.Step();
        return (ulong)select.Long(0);
    }

    /// <summary>Chain → greatest sequence that the author of a changeset had seen, the changeset itself included.</summary>
    public IReadOnlyDictionary<long, long> VectorOf(ChangesetRow row)
    {
        if (vectors.TryGetValue(row.Id, out var vector)) return vector;
        vector = [];
        AddVector(vector, row.Chain, row.Sequence);
        if (vectors.Count >= CachedVectors) vectors.Clear();
        return vectors[row.Id] = vector;
    }

    /// <summary>The whole vector that a changeset's maker had seen before it; all that it names must be stored.</summary>
    public VersionVector DependenciesOf(ChangesetHeader header)
    {
        var rows = header.Dependencies.Select(tip => Require(tip.Hash));
        var vector = Including(rows);
        if (header.Sequence > 1)
        {
            foreach (var (chain, sequence) in VectorOf(Require(header.Previous))) Raise(vector, chain, sequence);
        }
        return VersionVector.Of(vector.Select(seen => new Tip(Chain(seen.Key).Author, (ulong)seen.Value, Find(seen.Key, seen.Value)!.Value.Hash)));
    }

    /// <summary>Chain → sequence for changesets and the trunks that their chains branch off.</summary>
    public Dictionary<long, long> Including(IEnumerable<ChangesetRow> rows)
    {
        var vector = new Dictionary<long, long>();
        foreach (var row in rows)
        {
            Raise(vector, row.Chain, row.Sequence);
            RaiseTrunks(vector, row.Chain);
        }
        return vector;
    }

    /// <summary>Whether some stored changeset answers to a question.</summary>
    public bool AnyStored(Func<ChangesetRow, bool> question)
    {
        using var select = db.Prepare("SELECT id FROM changesets ORDER BY id");
        var ids = new List<long>();
        while (select.Step()) ids.Add(select.Long(0));
        return ids.Any(id => question(Get(id)));
    }

    /// <summary>Whether neither changeset is in the other's vector.</summary>
    public bool AreConcurrent(ChangesetRow a, ChangesetRow b) => !Knows(a, b) && !Knows(b, a);

    public void ForgetVectors() => vectors.Clear();

    private bool Knows(ChangesetRow knower, ChangesetRow known) =>
        VectorOf(knower).TryGetValue(known.Chain, out var sequence) && sequence >= known.Sequence;

    private void AddVector(Dictionary<long, long> vector, long chain, long sequence)
    {
        // A branch includes its trunk up to where it left it.
        for (long? at = chain; at is { } current;)
        {
            Raise(vector, current, sequence);
            foreach (var (dependency, seen) in DependenciesOf(current, sequence))
            {
                Raise(vector, dependency, seen);
                RaiseTrunks(vector, dependency);
            }
            (at, sequence) = Trunk(current);
        }
    }

    private void RaiseTrunks(Dictionary<long, long> vector, long chain)
    {
        for (var (trunk, at) = Trunk(chain); trunk is { } current; (trunk, at) = Trunk(current)) Raise(vector, current, at);
    }

    private static void Raise(Dictionary<long, long> vector, long chain, long sequence)
    {
        if (!vector.TryGetValue(chain, out var known) || known < sequence) vector[chain] = sequence;
    }

    private List<(long Chain, long Sequence)> DependenciesOf(long chain, long sequence)
    {
        using var select = db.Prepare("SELECT dependency, max(dependency_sequence) FROM dependencies WHERE chain = ? AND sequence <= ? GROUP BY dependency").Bind(chain).Bind(sequence);
        var found = new List<(long, long)>();
        while (select.Step()) found.Add((select.Long(0), select.Long(1)));
        return found;
    }

    private (long? Chain, long At) Trunk(long chain)
    {
        using var select = db.Prepare("SELECT branch_of, branch_at FROM chains WHERE id = ?").Bind(chain);
        return select.Step() ? (select.LongOrNull(0), select.Long(1)) : (null, 0);
    }

    private void SetTip(ChangesetRow row) =>
        db.Prepare("UPDATE chains SET sequence = ?, hash = ? WHERE id = ?").Bind(row.Sequence).BindId(row.Hash).Bind(row.Chain).Run();

    private List<ChainRow> Select(string sql, Func<Statement, Statement> bind)
    {
        using var select = bind(db.Prepare(sql));
        var rows = new List<ChainRow>();
        while (select.Step())
        {
            rows.Add(new ChainRow(
                select.Long(0), select.Id<AuthorId>(1), select.Id<DeviceId>(2), select.LongOrNull(3), select.Long(4), select.Long(5), select.Id<ChangesetHash>(6)));
        }
        return rows;
    }

    private static ChangesetRow Row(Statement row) => new(
        row.Long(0), row.Long(1), row.Long(2), row.Id<ChangesetHash>(3), (ulong)row.Long(4), new LogPosition(row.Int(5), row.Long(6)), row.Flag(7));
}
