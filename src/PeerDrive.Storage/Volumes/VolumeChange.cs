using PeerDrive.Model.Identifiers;
using PeerDrive.Storage.Log;

namespace PeerDrive.Storage.Volumes;

/// <summary>What changed since a subscriber last asked.</summary>
/// <param name="Entries">Entries whose place, shown name, life or shown state changed.</param>
/// <param name="Documents">Documents with new revisions.</param>
/// <param name="Contents">Roots of contents of which all chunks arrived.</param>
/// <param name="IsOverflow">More changed than is remembered: look at everything.</param>
/// <param name="HasChangesets">Changesets were added to the log.</param>
/// <param name="HasMissing">Contents are named that are not here yet.</param>
public sealed record VolumeChange(
    IReadOnlyCollection<EntryId> Entries, IReadOnlyCollection<DocumentId> Documents, IReadOnlyCollection<ChunkId> Contents, bool IsOverflow, bool HasChangesets, bool HasMissing)
{
    /// <summary>Roots of large contents of which more is here, and not yet all.</summary>
    public IReadOnlyCollection<ChunkId> Growing { get; init; } = [];

    /// <summary>All that the log holds before this place is told of, here or earlier; null: nothing is said of it.</summary>
    public LogPosition? Through { get; init; }
}
