namespace PeerDrive.Storage.Maintenance;

/// <summary>What a check found.</summary>
/// <param name="Chunks">Chunks looked at, and <paramref name="Bytes"/> of them as kept.</param>
/// <param name="DamagedChunks">How many were not what their names say.</param>
/// <param name="HealedChunks">How many of these came again from peers before the check ended.</param>
/// <param name="Paths">Files whose content, now or in an old revision, was damaged; sorted.</param>
/// <param name="Problems">Sentences for people: what is wrong and stays so.</param>
public sealed record CheckResult(
    long Chunks, long Bytes, int DamagedChunks, int HealedChunks, IReadOnlyList<string> Paths, IReadOnlyList<string> Problems);
