using PeerDrive.Storage.Databases;

namespace PeerDrive.Storage.Catalog;

/// <summary>
/// The catalog for those who only read: they see what was last committed, through a connection of their own, and never wait for
/// the writer. Inside an edit, on the writer's thread, they see the edit.
/// </summary>
internal sealed class CatalogSnapshots(VolumeCatalog writer, VolumeCatalog reader)
{
    /// <summary>A journal begins anew by itself at 16 MiB, but only when nobody reads: beyond this, readers wait for it.</summary>
    private const long MostJournalBytes = 24L << 20;

    /// <summary>How long the writer waits for who reads.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

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

    /// <summary>Begins what the writer changes, with its gate held. Before that a journal that only grew, as there was always somebody who read, is emptied.</summary>
    public Transaction BeginWrite()
    {
        if (writer.Db.JournalBytes > MostJournalBytes) EmptyJournal();
        return writer.Db.Begin();
    }

    /// <summary>Gives the journal's room back, between two edits; without effect while somebody reads for long.</summary>
    public void GiveJournalBack()
    {
        lock (writer.Db.Gate) EmptyJournal();
    }

    /// <summary>The caller holds the writer's gate.</summary>
    private void EmptyJournal()
    {
        // No thread waits for the writer while it reads; if one ever did, this would end it.
        if (!reader.Db.Gate.TryEnter(Patience)) return;
        try
        {
            if (!reader.Db.IsInTransaction && !writer.Db.IsInTransaction) writer.Db.EmptyJournal();
        }
        finally
        {
            reader.Db.Gate.Exit();
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
