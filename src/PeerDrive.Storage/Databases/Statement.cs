using PeerDrive.Model.Identifiers;
using SQLitePCL;

namespace PeerDrive.Storage.Databases;

/// <summary>A prepared statement in use: bind in order, step, read. Disposing makes it ready for its next use.</summary>
public sealed class Statement : IDisposable
{
    private readonly Database database;
    private readonly sqlite3_stmt statement;
    private int bound;
    private bool busy;

    internal Statement(Database database, sqlite3_stmt statement)
    {
        this.database = database;
        this.statement = statement;
    }

    public Statement Bind(long value)
    {
        raw.sqlite3_bind_int64(statement, ++bound, value);
        return this;
    }

    public Statement Bind(long? value)
    {
        if (value is { } number) return Bind(number);
        raw.sqlite3_bind_null(statement, ++bound);
        return this;
    }

    public Statement Bind(double? value)
    {
        if (value is { } number) raw.sqlite3_bind_double(statement, ++bound, number);
        else raw.sqlite3_bind_null(statement, ++bound);
        return this;
    }

    public Statement Bind(string? value)
    {
        if (value is null) raw.sqlite3_bind_null(statement, ++bound);
        else raw.sqlite3_bind_text(statement, ++bound, value);
        return this;
    }

    public Statement Bind(ReadOnlySpan<byte> value)
    {
        raw.sqlite3_bind_blob(statement, ++bound, value);
        return this;
    }

    public Statement BindId<T>(T id)
        where T : struct, IId<T>
    {
        Span<byte> bytes = stackalloc byte[T.Size];
        id.WriteTo(bytes);
        return Bind((ReadOnlySpan<byte>)bytes);
    }

    /// <returns>False when there are no more rows.</returns>
    public bool Step()
    {
        var code = raw.sqlite3_step(statement);
        if (code == raw.SQLITE_ROW) return true;
        if (code != raw.SQLITE_DONE) database.Check(code);
        return false;
    }

    /// <summary>Steps through a statement that gives no rows, and makes it ready for its next use.</summary>
    public void Run()
    {
        try
        {
            Step();
        }
        finally
        {
            Dispose();
        }
    }

    public bool IsNull(int column) => raw.sqlite3_column_type(statement, column) == raw.SQLITE_NULL;

    public long Long(int column) => raw.sqlite3_column_int64(statement, column);

    public long? LongOrNull(int column) => IsNull(column) ? null : Long(column);

    public int Int(int column) => raw.sqlite3_column_int(statement, column);

    public double Double(int column) => raw.sqlite3_column_double(statement, column);

    public bool Flag(int column) => Int(column) != 0;

    public string Text(int column) => raw.sqlite3_column_text(statement, column).utf8_to_string() ?? "";

    /// <summary>Valid until the next step.</summary>
    public ReadOnlySpan<byte> Blob(int column) => raw.sqlite3_column_blob(statement, column);

    public T Id<T>(int column)
        where T : struct, IId<T> => Model.Identifiers.Id.Decode<T>(Blob(column));

    public void Dispose()
    {
        if (!busy) return;
        busy = false;
        raw.sqlite3_reset(statement);
        raw.sqlite3_clear_bindings(statement);
    }

    internal Statement Restart()
    {
        if (busy) Dispose();
        busy = true;
        bound = 0;
        return this;
    }

    internal void Close() => statement.Dispose();
}
