namespace PeerDrive.Client.Contracts;

/// <summary>Who holds a file, or the files in a folder, as asked at this moment. Of each file its shown content counts.</summary>
/// <param name="Files">Files that were looked at.</param>
/// <param name="HereFiles">Files that are wholly on this device.</param>
/// <param name="HereBytes">Bytes on this device, those of partly read files among them.</param>
public sealed record WhereStatus(string Path, long Files, long Bytes, long HereFiles, long HereBytes, bool IsPinned, IReadOnlyList<HolderStatus> Devices)
{
    /// <summary>Of a file in several folders all its paths; otherwise null.</summary>
    public IReadOnlyList<string>? Places { get; init; }

    /// <summary>Other devices that are to hold what one holds; null: the volume asks for no number.</summary>
    public int? Copies { get; init; }

    /// <summary>Files that fewer devices hold, of those that answered.</summary>
    public long FewFiles { get; init; }

    public long FewBytes { get; init; }

    /// <summary>Other volumes of this node that have the same documents.</summary>
    public IReadOnlyList<VolumePlace> Volumes { get; init; } = [];
}
