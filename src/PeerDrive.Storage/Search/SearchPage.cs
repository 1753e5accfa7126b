namespace PeerDrive.Storage.Search;

/// <summary>A part of an answer.</summary>
/// <param name="Total">How many match in all, as far as the index knows.</param>
/// <param name="Next">From where to go on; null: there are no more.</param>
public sealed record SearchPage(IReadOnlyList<SearchHit> Hits, long Total, string? Next)
{
    /// <summary>The index is being made: some may be missing.</summary>
    public bool IsPartial { get; init; }
}
