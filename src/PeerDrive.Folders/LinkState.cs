namespace PeerDrive.Folders;

/// <summary>How far a linked folder is.</summary>
/// <param name="Files">Files and folders seen in the last full scan, so far.</param>
/// <param name="Bytes">Bytes stored by the last full scan, so far.</param>
/// <param name="PendingWrites">Entries that are to be written to the directory.</param>
/// <param name="Problem">What is wrong and what the person can do; null when nothing is.</param>
public sealed record LinkState(LinkPhase Phase, long Files, long Bytes, int PendingWrites, string? Problem);
