using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Revisions;
using PeerDrive.Storage.Contents;

namespace PeerDrive.Sync.Fetching;

/// <summary>How far a content is here without a gap from its beginning; each look goes on where the last one ended.</summary>
internal sealed class PresenceCursor(Content content, ContentStore store)
{
    private readonly long forgotten = store.Chunks.Forgotten;
    private IEnumerator<ChunkReference>? leaves;

    /// <summary>Something was dropped since it began: it has to begin anew.</summary>
    public bool IsOutdated => store.Chunks.Forgotten != forgotten;

    /// <summary>Whether all of it is here.</summary>
    public bool Advance()
    {
        try
        {
            if (leaves is null)
            {
                var from = store.Leaves(content).GetEnumerator();
                if (!from.MoveNext()) return true;
                leaves = from;
            }
            while (store.Chunks.Contains(leaves.Current.Id))
            {
                if (!leaves.MoveNext()) return true;
            }
            return false;
        }
        catch (PeerDriveException e) when (e.Kind is ErrorKind.NotHere or ErrorKind.Corrupt)
        {
            // A list is not here yet; after that an enumeration is at its end.
            leaves = null;
            return false;
        }
    }
}
