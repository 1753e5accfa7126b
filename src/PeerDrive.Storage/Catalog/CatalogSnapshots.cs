using PeerDrive.Storage.Databases;

namespace PeerDrive.Storage.Catalog;

/// <summary>
/// The catalog for those who only read: they see what was last committed, through a connection of their own, and never wait for
/// the writer. Inside an edit, on the writer's thread, they see the edit.
/// </summary>
internal sealed class CatalogSnapshots(VolumeCatalog writer, VolumeCatalog reader)
{
    private long generation = -1;

    /// <summary>One state for all that is asked until the scope is disposed. Scopes nest.</summary>
    public Scope Enter()
    {
        if (writer.Db.Gate.IsHeldByCurrentThread) return new Scope(writer, null, null);
        reader.Db.Gate.Enter();
        try
        {
            return new Scope(reader, reader.Db.Gate, reader.Db.IsInTransaction ? null : Begin());
        }
        catch
        {
            reader.Db.Gate.Exit();
            throw;
        }
    }

    private Transaction Begin()
    {
        var snapshot = reader.Db.BeginRead();
        try
        {
            var current = reader.Generation;
            if (current != generation) reader.Forget();
            generation = current;
            return snapshot;
        }
        catch
        {
            snapshot.Dispose();
            throw;
        }
    }

    public readonly ref struct Scope(VolumeCatalog catalog, Lock? gate, Transaction? snapshot)
    {
        public VolumeCatalog Catalog => catalog;

        /// <summary>A committed state, not an edit under way.</summary>
        public bool IsCommitted => gate is not null;

        public void Dispose()
        {
            try
            {
                snapshot?.Dispose();
            }
            finally
            {
                gate?.Exit();
            }
        }
    }
}
