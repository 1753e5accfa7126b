namespace PeerDrive.Client.Contracts;

/// <summary>Which old versions this device keeps of a volume.</summary>
/// <param name="Rule"><c>keep-all</c>, or words as in <c>all 30d daily 14 weekly 8 monthly 12 yearly all versions 100 size 10GB trash 90d hold 30d</c>.</param>
/// <param name="ThinnedContents">Contents that the rule let go and that are not here.</param>
/// <param name="PinnedVersions">Versions that go for no reason.</param>
public sealed record RetentionStatus(string Volume, string Rule, bool IsKeepAll, long ThinnedContents, long ThinnedBytes, int PinnedVersions);
