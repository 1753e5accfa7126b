namespace PeerDrive.Storage.Databases;

/// <summary>A transaction or savepoint; undone when disposed without <see cref="Commit"/>.</summary>
public sealed class Transaction : IDisposable
{
    private readonly Database database;
    private readonly int level;
    private bool ended;

    internal Transaction(Database database, int level)
    {
        this.database = database;
        this.level = level;
    }

    public void Commit()
    {
        // Should COMMIT fail, disposing rolls back.
        database.End(level, commit: true);
        ended = true;
    }

    public void Dispose()
    {
        if (!ended) database.End(level, commit: false);
        ended = true;
    }
}
