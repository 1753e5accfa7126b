namespace PeerDrive.Client.Contracts;

/// <summary>What the retention rule let go, or would.</summary>
/// <param name="Versions">Versions whose contents go.</param>
/// <param name="Bytes">On disk, that nothing else here needs.</param>
/// <param name="FreedBytes">Given back to the disk already; packs that are mostly needed keep their room until 'collect'.</param>
/// <param name="Documents">The first of them, those that free most first.</param>
/// <param name="MoreDocuments">How many are not listed.</param>
public sealed record ThinStatus(bool DryRun, string Rule, long Versions, long Bytes, long FreedBytes, IReadOnlyList<ThinnedStatus> Documents, int MoreDocuments);
