using PeerDrive.Model.Identifiers;

namespace PeerDrive.Storage.Search;

/// <summary>Contents of which something else is known than before.</summary>
/// <param name="Cursor">From where to ask next.</param>
/// <param name="Contents">Roots; empty when there is no more news.</param>
public sealed record TextNews(long Cursor, IReadOnlyList<ChunkId> Contents);
