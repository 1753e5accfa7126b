namespace PeerDrive.Client.Contracts;

/// <summary>Who holds a file, or the files in a folder, as asked at this moment. Of each file its shown content counts.</summary>
/// <param name="Files">Files that were looked at.</param>
/// <param name="HereFiles">Files that are wholly on this device.</param>
/// <param name="HereBytes">Bytes on this device, those of partly read files among them.</param>
public sealed record WhereStatus(string Path, long Files, long Bytes, long HereFiles, long HereBytes, bool IsPinned, IReadOnlyList<HolderStatus> Devices);
