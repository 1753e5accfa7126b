namespace PeerDrive.Storage.Replicas;

/// <summary>Which contents a replica is to have.</summary>
public enum PolicyKind
{
    /// <summary>All, with all of history.</summary>
    Full,

    /// <summary>Those that are pinned, and what was read.</summary>
    Metadata,

    /// <summary>Those that are pinned, and what was read last, up to a quota.</summary>
    Cache,
}
