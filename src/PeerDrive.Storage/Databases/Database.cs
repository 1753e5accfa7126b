using PeerDrive.Model.Errors;
using SQLitePCL;

namespace PeerDrive.Storage.Databases;

/// <summary>
/// One SQLite connection with its prepared statements. Used by one thread at a time: callers hold <see cref="Gate"/>, which
/// is re-entrant, over every statement and from the beginning to the end of a transaction.
/// </summary>
public sealed class Database : IDisposable
{
    /// <summary>How long a statement waits for other connections, and how long the giving back of a journal does.</summary>
    private const int PatienceMilliseconds = 10_000, MomentMilliseconds = 100;

    private readonly sqlite3 connection;
    /// <summary>Constants known by reference: hashing a long text costs more than some statements do.</summary>
    private const int KnownByReference = 500;

    private readonly Dictionary<string, Statement> statements = [];
    private readonly Dictionary<object, Statement> constants = new(ReferenceEqualityComparer.Instance);
    private readonly Action? onClosed;
    private readonly string journal;
    private int depth;

    private Database(sqlite3 connection, string path, Action? onClosed)
    {
        this.connection = connection;
        journal = path + "-wal";
        this.onClosed = onClosed;
    }

    public Lock Gate { get; } = new();

    /// <summary>Whether a transaction is open; asked with the gate held.</summary>
    public bool IsInTransaction => depth > 0;

    /// <summary>A statement found the file damaged.</summary>
    public bool IsDamaged { get; private set; }

    /// <summary>Opens or creates a database at a path, or the URI of one in memory.</summary>
    /// <param name="durable">Each commit is synced (synchronous=FULL); otherwise the last commits may be lost with the power.</param>
    /// <param name="onClosed">Called after the connection was closed.</param>
    /// <exception cref="PeerDriveException">Corrupt, NoSpace, ReadOnly or Io.</exception>
    public static Database Open(string path, bool durable, Action? onClosed = null)
    {
        SystemSqlite.Initialize();
        var code = raw.sqlite3_open_v2(
            path, out var connection, raw.SQLITE_OPEN_READWRITE | raw.SQLITE_OPEN_CREATE | raw.SQLITE_OPEN_NOMUTEX | raw.SQLITE_OPEN_URI, null);
        var database = new Database(connection, path, onClosed);
        try
        {
            database.Check(code);
            // First: another connection that opens or closes just now holds even the journal mode for a moment.
            database.Check(raw.sqlite3_busy_timeout(connection, PatienceMilliseconds));
            database.Execute("PRAGMA journal_mode=WAL");
            database.Execute(durable ? "PRAGMA synchronous=FULL" : "PRAGMA synchronous=NORMAL");
            database.Execute("PRAGMA cache_size=-8192");
            database.Execute("PRAGMA temp_store=MEMORY");
            database.Execute("PRAGMA wal_autocheckpoint=4000");
            // A journal that grew with a large commit, or beside a reader, gives its room back when it begins anew.
            database.Execute("PRAGMA journal_size_limit=16777216");
            return database;
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

    /// <summary>Runs statements that take no parameters and whose rows do not matter.</summary>
    public void Execute(string sql) => Check(raw.sqlite3_exec(connection, sql));

    /// <summary>Number of the row that was inserted last.</summary>
    public long LastInsertedRow => raw.sqlite3_last_insert_rowid(connection);

    /// <summary>Rows that the last statement inserted, changed or deleted.</summary>
    public int Changes => raw.sqlite3_changes(connection);

    /// <summary>Rows that this connection changed since it was opened.</summary>
    public int TotalChanges => raw.sqlite3_total_changes(connection);

    /// <summary>Bytes on the disk that the journal has; 0 of one in memory.</summary>
    public long JournalBytes => new FileInfo(journal) is { Exists: true } file ? file.Length : 0;

    /// <summary>
    /// Puts all that the journal has where it belongs, and empties it. It stays as it is when another connection reads or writes for longer than a moment.
    /// </summary>
    public void EmptyJournal()
    {
        Check(raw.sqlite3_busy_timeout(connection, MomentMilliseconds));
        var code = raw.sqlite3_wal_checkpoint_v2(connection, null, raw.SQLITE_CHECKPOINT_TRUNCATE, out _, out _);
        Check(raw.sqlite3_busy_timeout(connection, PatienceMilliseconds));
        if ((code & 0xFF) is not (raw.SQLITE_BUSY or raw.SQLITE_LOCKED)) Check(code);
    }

    /// <summary>A statement ready to take parameters; prepared once and kept.</summary>
    public Statement Prepare(string sql)
    {
        if (constants.TryGetValue(sql, out var constant)) return constant.Restart();
        if (!statements.TryGetValue(sql, out var statement))
        {
            Check(raw.sqlite3_prepare_v3(connection, sql, raw.SQLITE_PREPARE_PERSISTENT, out var prepared));
            statements[sql] = statement = new Statement(this, prepared);
        }
        if (constants.Count < KnownByReference) constants.Add(sql, statement);
        return statement.Restart();
    }

    /// <summary>Begins a transaction, or a savepoint inside one; undone when disposed without <see cref="Transaction.Commit"/>.</summary>
    public Transaction Begin()
    {
        Prepare(depth == 0 ? "BEGIN IMMEDIATE" : "SAVEPOINT inner").Run();
        return new Transaction(this, depth++);
    }

    /// <summary>Begins a transaction that only reads: all statements until its end see one state.</summary>
    public Transaction BeginRead()
    {
        Prepare("BEGIN").Run();
        return new Transaction(this, depth++);
    }

    /// <summary>Copies the whole database, as last committed, into another open one.</summary>
    public void BackupTo(Database target)
    {
        using var backup = raw.sqlite3_backup_init(target.connection, "main", connection, "main");
        var code = raw.sqlite3_backup_step(backup, -1);
        if (code != raw.SQLITE_DONE) Check(code);
    }

    /// <summary>Problems that SQLite's own check finds; empty when there are none.</summary>
    public IReadOnlyList<string> IntegrityProblems()
    {
        var problems = new List<string>();
        using var check = Prepare("PRAGMA integrity_check(20)");
        while (check.Step())
        {
            if (check.Text(0) != "ok") problems.Add(check.Text(0));
        }
        return problems;
    }

    public void Dispose()
    {
        foreach (var statement in statements.Values) statement.Close();
        statements.Clear();
        constants.Clear();
        connection.Dispose();
        onClosed?.Invoke();
    }

    internal void End(int level, bool commit)
    {
        depth = level;
        // After a full disk SQLite may have rolled all back by itself.
        if (!commit && raw.sqlite3_get_autocommit(connection) != 0) return;
        if (level == 0)
        {
            Prepare(commit ? "COMMIT" : "ROLLBACK").Run();
            return;
        }
        // The innermost of this name is meant.
        if (!commit) Prepare("ROLLBACK TO inner").Run();
        Prepare("RELEASE inner").Run();
    }

    internal void Check(int code)
    {
        if (code is raw.SQLITE_OK or raw.SQLITE_ROW or raw.SQLITE_DONE) return;
        IsDamaged |= (code & 0xFF) is raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB;
        var text = raw.sqlite3_errmsg(connection).utf8_to_string();
        throw (code & 0xFF) switch
        {
            raw.SQLITE_FULL => new PeerDriveException(ErrorKind.NoSpace, $"The disk is full: {text}. Free some space and try again; nothing was lost."),
            raw.SQLITE_READONLY => new PeerDriveException(ErrorKind.ReadOnly, $"The data directory is read-only: {text}."),
            raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB => new PeerDriveException(ErrorKind.Corrupt, $"A database is damaged: {text}. 'peerdrive check --rebuild' makes the catalog anew."),
            raw.SQLITE_IOERR or raw.SQLITE_CANTOPEN => new PeerDriveException(ErrorKind.Io, $"A database could not be read or written: {text}."),
            raw.SQLITE_BUSY or raw.SQLITE_LOCKED => new PeerDriveException(ErrorKind.Busy, $"A database is in use: {text}."),
            _ => new PeerDriveException(ErrorKind.Internal, $"SQLite: {text} ({code})."),
        };
    }
}
