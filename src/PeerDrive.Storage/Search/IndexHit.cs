using PeerDrive.Model.Identifiers;

namespace PeerDrive.Storage.Search;

/// <summary>A match as the index knows it.</summary>
internal sealed record IndexHit(EntryId Entry, string? Snippet, double Score, SearchCursor After);
