namespace PeerDrive.Storage.Search;

/// <summary>How far the search index is.</summary>
/// <param name="Done">Entries that were compared, while it is being made.</param>
/// <param name="IsBuilding">All entries are being compared: answers may lack some.</param>
/// <param name="Problem">Why it does not follow what changes; null: it does.</param>
public sealed record IndexProgress(long Done, long Total, bool IsBuilding, string? Problem);
