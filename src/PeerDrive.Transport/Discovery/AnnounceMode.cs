namespace PeerDrive.Transport.Discovery;

/// <summary>Where a device announces itself.</summary>
public enum AnnounceMode
{
    /// <summary>Nowhere, and it does not listen either.</summary>
    Off,

    /// <summary>To other processes of this machine only.</summary>
    Loopback,

    /// <summary>On every local network, and on this machine.</summary>
    All,
}
