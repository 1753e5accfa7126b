namespace PeerDrive.Storage.Catalog;

/// <summary>
/// Rows of a table remembered by id, both ways; forgotten together when there are too many. What it holds is outside the database, so
/// it is to be forgotten after a rollback and when rows are numbered anew.
/// </summary>
internal sealed class RowMemory<TId>
    where TId : struct
{
    private const int MaxRows = 8192;

    private readonly Dictionary<TId, long> rows = [];
    private readonly Dictionary<long, TId> ids = [];

    public long? RowOf(TId id) => rows.TryGetValue(id, out var row) ? row : null;

    public TId? IdOf(long row) => ids.TryGetValue(row, out var id) ? id : null;

    /// <returns>The row.</returns>
    public long Remember(TId id, long row)
    {
        if (rows.Count >= MaxRows) Forget();
        ids[row] = id;
        return rows[id] = row;
    }

    public void Forget()
    {
        rows.Clear();
        ids.Clear();
    }
}
