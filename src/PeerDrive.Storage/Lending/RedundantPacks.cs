using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Storage.Packs;

namespace PeerDrive.Storage.Lending;

/// <summary>
/// Gives back the space of packs and raw files whose chunks lie in lent files too: what else is in a pack is written again to the
/// newest one, then the pack goes. Only for volumes of which all linked folders are lean.
/// </summary>
internal sealed class RedundantPacks(ChunkStore chunks, LentFiles lent)
{
    /// <summary>A pack is rewritten when at least one part in this many is redundant, so that little is copied for what is gained.</summary>
    private const int LeastPart = 2;

    /// <returns>Bytes given back.</returns>
    public long Drop(CancellationToken cancellation)
    {
        chunks.FlushIndex();
        long given = 0;
        var judged = new Dictionary<PackId, bool>();
        foreach (var (pack, bytes, overlap) in lent.Table.Overlaps())
        {
            cancellation.ThrowIfCancellationRequested();
            if (chunks.IsOpen(pack) || overlap * LeastPart < bytes || (pack.IsRaw && overlap < bytes)) continue;
            var kept = chunks.Index.OfPack(pack.Pack).Where(line => !lent.IsSound(line.Key, judged)).ToList();
            var keptBytes = kept.Sum(line => (long)line.Value.Stored);
            if (keptBytes * LeastPart > bytes || (pack.IsRaw && kept.Count > 0)) continue;
            if (TryKeep(pack, kept) && chunks.TryRemovePack(pack, lentCounts: true)) given += bytes - keptBytes;
        }
        return given;
    }

    private bool TryKeep(PackRow pack, List<KeyValuePair<ChunkId, ChunkLocation>> kept)
    {
        try
        {
            foreach (var (id, _) in kept) chunks.PutAgain(id, pack.Pack);
            return true;
        }
        catch (PeerDriveException e) when (e.Kind is ErrorKind.Corrupt)
        {
            // Damage is for 'check' to find and for peers to heal; the pack stays as it is.
            return false;
        }
    }
}
