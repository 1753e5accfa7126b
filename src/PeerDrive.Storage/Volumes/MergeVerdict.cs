namespace PeerDrive.Storage.Volumes;

/// <summary>What recomputing a merge says of it.</summary>
internal enum MergeVerdict
{
    /// <summary>Not yet: contents or parents are not here, or a newer version made it.</summary>
    Open,

    Right,

    /// <summary>It is not what its parents make.</summary>
    Wrong,
}
