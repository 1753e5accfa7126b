using PeerDrive.Model.Errors;

namespace PeerDrive.Transport.Discovery;

/// <summary>The text form of an <see cref="AnnounceMode"/>, as in the variable PEERDRIVE_ANNOUNCE.</summary>
public static class AnnounceModes
{
    /// <param name="text">off, lo or all; null or empty means all.</param>
    /// <exception cref="PeerDriveException">Invalid: none of them.</exception>
    public static AnnounceMode Parse(string? text) => text switch
    {
        null or "" or "all" => AnnounceMode.All,
        "lo" => AnnounceMode.Loopback,
        "off" => AnnounceMode.Off,
        _ => throw new PeerDriveException(ErrorKind.Invalid, "PEERDRIVE_ANNOUNCE is one of: off, lo, all."),
    };
}
