namespace PeerDrive.Client.Contracts;

/// <summary>What a check found. Damaged: paths of files with damaged content.</summary>
public sealed record CheckStatus(
    long Chunks, long Bytes, IReadOnlyList<string> Damaged, int Healed, IReadOnlyList<string> Problems, bool IsClean);
