using PeerDrive.Model.Changesets;
using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Revisions;
using PeerDrive.Storage.Databases;
using PeerDrive.Storage.Log;
using PeerDrive.Storage.Packs;

namespace PeerDrive.Storage.Catalog;

/// <summary>
/// All that derives from a volume's log: applies changesets that have been verified, and remembers how far. Everything in
/// here is called with the catalog's gate held.
/// </summary>
internal sealed class VolumeCatalog
{
    /// <summary>No setting that a person makes begins like this.</summary>
    private const string FeaturesKey = "\u0001features", SkippedKey = "skipped";

    private readonly Func<LogPosition, Changeset> readLog;
    private readonly IReadOnlySet<string> features;
    private IReadOnlyList<string>? lacked;
    private (long Row, Changeset Changeset)? lastRead;

    public VolumeCatalog(Database db, Func<LogPosition, Changeset> readLog, IReadOnlySet<string> features)
    {
        this.features = features;
        this.readLog = readLog;
        Db = db;
        Chains = new ChainTable(db);
        Tree = new TreeTable(db, Chains);
        Revisions = new RevisionTable(db);
        Entries = new EntryReader(db, Revisions);
    }

    public Database Db { get; }

    /// <summary>What this program has.</summary>
    public IReadOnlySet<string> Features => features;

    public ChainTable Chains { get; }

    public TreeTable Tree { get; }

    public RevisionTable Revisions { get; }

    public EntryReader Entries { get; }

    /// <summary>Where the first record lies that has not been applied.</summary>
    public LogPosition Applied
    {
        get
        {
            using var select = Db.Prepare("SELECT (SELECT value FROM meta WHERE key = 'log_file'), (SELECT value FROM meta WHERE key = 'log_offset')");
            select.Step();
            return select.IsNull(0) ? new LogPosition(1, 0) : new LogPosition(select.Int(0), select.Long(1));
        }

        set
        {
            Db.Prepare("INSERT OR REPLACE INTO meta VALUES('log_file', ?)").Bind(value.File).Run();
            Db.Prepare("INSERT OR REPLACE INTO meta VALUES('log_offset', ?)").Bind(value.Offset).Run();
        }
    }

    /// <summary>Changes when rows are numbered anew: what was remembered of them then means something else.</summary>
    public long Generation
    {
        get
        {
            using var select = Db.Prepare("SELECT value FROM meta WHERE key = 'generation'");
            return select.Step() ? select.Long(0) : 0;
        }
    }

    /// <summary>For a connection that others commit beside.</summary>
    public CatalogVersion Version
    {
        get
        {
            using var select = Db.Prepare("PRAGMA data_version");
            select.Step();
            return new CatalogVersion(select.Long(0), Generation);
        }
    }

    /// <summary>Features that the volume asks for and this program has not got. While there is one, changesets are kept and not applied.</summary>
    public IReadOnlyList<string> Lacked => lacked ??= Setting(FeaturesKey) is { } names ? [.. names.Split('\n').Where(name => !features.Contains(name))] : [];

    /// <summary>Whether some changeset was kept without being applied.</summary>
    public bool HasSkipped
    {
        get
        {
            using var select = Db.Prepare("SELECT value FROM meta WHERE key = ?").Bind(SkippedKey);
            return select.Step() && select.Flag(0);
        }

        private set => Db.Prepare("INSERT OR REPLACE INTO meta VALUES(?, ?)").Bind(SkippedKey).Bind(value ? 1 : 0).Run();
    }

    /// <summary>What stands in the log before this is applied whatever the features were when it came: they are no longer asked for.</summary>
    public LogPosition AppliesBefore { get; set; } = new(1, 0);

    /// <summary>Makes the tables; those of another version are dropped, so that all is derived anew.</summary>
    public static void CreateTables(Database db)
    {
        int version;
        using (var select = db.Prepare("PRAGMA user_version"))
        {
            // While it is being read, no table can be dropped.
            select.Step();
            version = select.Int(0);
        }
        if (version is not (0 or CatalogSchema.Version)) DropTables(db, [.. CatalogSchema.LogTables, "meta", "chunks", "packs", "lent_files", "lent_chunks"]);
        db.Execute(CatalogSchema.Sql);
        db.Execute($"PRAGMA user_version = {CatalogSchema.Version}");
    }

    /// <summary>Whether the log still holds what was applied last where it was: another log's catalog tells nothing of this one.</summary>
    public bool BelongsTo(ChangesetLog log)
    {
        var applied = Applied;
        if (applied.CompareTo(log.End) > 0) return false;
        using var select = Db.Prepare("SELECT hash, log_file, log_offset FROM changesets ORDER BY id DESC LIMIT 1");
        if (!select.Step()) return applied == new LogPosition(1, 0);
        try
        {
            return log.Read(new LogPosition(select.Int(1), select.Long(2)), out var next).Hash == select.Id<ChangesetHash>(0) && next == applied;
        }
        catch (PeerDriveException e) when (e.Kind is ErrorKind.Corrupt or ErrorKind.NotFound)
        {
            return false;
        }
    }

    /// <summary>Forgets all that derives from the log, so that it can be applied from its beginning.</summary>
    public void Clear()
    {
        foreach (var table in CatalogSchema.LogTables) Db.Execute($"DELETE FROM {table}");
        Applied = new LogPosition(1, 0);
        if (HasSkipped) HasSkipped = false;
        Db.Execute("INSERT INTO meta VALUES('generation', 1) ON CONFLICT(key) DO UPDATE SET value = value + 1");
        Forget();
    }

    /// <summary>Drops what is remembered outside the database: after a rollback it may not be so.</summary>
    public void Forget()
    {
        lacked = null;
        Chains.ForgetVectors();
        Tree.Forget();
        Revisions.Forget();
        Building.Clear();
        lastRead = null;
    }

    /// <summary>Adds a verified changeset to its chain and applies its operations unless it is void.</summary>
    public ChangesetRow Apply(Changeset changeset, long chain, LogPosition position, bool isVoid)
    {
        var header = changeset.Header;
        var body = changeset.Body;
        var row = Chains.Add(
            chain, (long)header.Sequence, changeset.Hash, (long)header.Lamport, body.Time, position, isVoid, body.Operations.Any(IsMembership));
        foreach (var tip in header.Dependencies)
        {
            var dependency = Chains.Require(tip.Hash);
            Chains.AddDependency(row, dependency.Chain, dependency.Sequence);
        }
        if (isVoid) return row;
        for (var i = 0; i < body.Operations.Length; i++)
        {
            if (body.Operations[i] is Operation.Features) ApplyOperation(row, i, body.Operations[i]);
        }
        if (Lacked.Count > 0 && position.CompareTo(AppliesBefore) >= 0)
        {
            HasSkipped = true;
            return row;
        }
        for (var i = 0; i < body.Operations.Length; i++) ApplyOperation(row, i, body.Operations[i]);
        return row;
    }

    public void ApplyOperation(ChangesetRow changeset, int op, Operation operation)
    {
        switch (operation)
        {
            case Operation.Put put:
                Tree.ApplyPut(changeset, op, put, Revisions.RowOf(put.Document));
                break;
            case Operation.Delete delete:
                Tree.ApplyDelete(changeset, op, delete);
                break;
            case Operation.Revise revise:
                var document = Revisions.RowOf(revise.Revision.Document);
                long? through = revise.Through is { } entry ? Tree.RowOf(entry) : null;
                Revisions.Add(changeset, op, revise.Revision, document, Load);
                // A merge adds nothing that a person made: it keeps no name alive.
                if (!revise.Revision.IsMerge) Tree.ApplyRevise(changeset, op, document, through);
                Tree.TouchDocument(document);
                break;
            case Operation.Setting setting:
                ApplySetting(changeset, op, setting);
                break;
            case Operation.Features list:
                ApplySetting(changeset, op, new Operation.Setting(FeaturesKey, string.Join('\n', list.Names)));
                lacked = null;
                break;
        }
    }

    /// <summary>Whether an operation changes who may do what.</summary>
    public static bool IsMembership(Operation operation) =>
        operation is Operation.Member or Operation.Device or Operation.RemoveMember or Operation.Features;

    /// <summary>Positions of all changesets that change who may do what, in the order of arrival.</summary>
    public List<ChangesetRow> MembershipChangesets()
    {
        using var select = Db.Prepare("SELECT id FROM changesets WHERE membership = 1 ORDER BY id");
        var ids = new List<long>();
        while (select.Step()) ids.Add(select.Long(0));
        return [.. ids.Select(Chains.Get)];
    }

    /// <summary>Revisions of the changeset that is being built, which the log does not hold yet.</summary>
    public Dictionary<RevisionId, Revision> Building { get; } = [];

    public Revision Load(RevisionRow row)
    {
        if (Building.TryGetValue(row.Id, out var building)) return building;
        if (lastRead is not { } last || last.Row != row.Changeset)
        {
            last = (row.Changeset, readLog(Chains.Get(row.Changeset).Position));
            lastRead = last;
        }
        return ((Operation.Revise)last.Changeset.Body.Operations[row.Operation]).Revision;
    }

    public string? Setting(string key)
    {
        using var select = Db.Prepare("SELECT value FROM settings WHERE key = ?").Bind(key);
        return select.Step() && select.Text(0) is { Length: > 0 } value ? value : null;
    }

    private static void DropTables(Database db, IEnumerable<string> tables)
    {
        foreach (var table in tables) db.Execute($"DROP TABLE IF EXISTS {table}");
    }

    private void ApplySetting(ChangesetRow changeset, int op, Operation.Setting setting)
    {
        using (var known = Db.Prepare("SELECT lamport, hash, op FROM settings WHERE key = ?").Bind(setting.Key))
        {
            if (known.Step() && new OrderKey((ulong)known.Long(0), known.Id<ChangesetHash>(1), known.Int(2)).CompareTo(changeset.Key(op)) > 0) return;
        }
        Db.Prepare("INSERT OR REPLACE INTO settings VALUES(?, ?, ?, ?, ?)")
            .Bind(setting.Key).Bind(setting.Value).Bind((long)changeset.Lamport).BindId(changeset.Hash).Bind(op).Run();
    }
}
