namespace PeerDrive.Folders;

/// <summary>How far an import is.</summary>
/// <param name="Files">Files and folders seen.</param>
/// <param name="Bytes">Bytes stored.</param>
public sealed record ImportProgress(long Files, long Bytes);
