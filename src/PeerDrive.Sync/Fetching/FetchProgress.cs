namespace PeerDrive.Sync.Fetching;

/// <summary>How far the fetching of a volume's contents is, from when it last had all.</summary>
/// <param name="Done">Bytes that came since then.</param>
/// <param name="Total">Those, and all that are missing.</param>
/// <param name="PerSecond">Bytes that came in a second lately.</param>
public readonly record struct FetchProgress(long Done, long Total, long PerSecond);
