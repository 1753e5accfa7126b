namespace PeerDrive.Sync.Fetching;

/// <summary>What a peer says of one content. The numbers are the protocol's.</summary>
internal enum HaveAnswer : byte
{
    NotHere = 0,

    /// <summary>It has all of it, durably, and is not about to drop it.</summary>
    Has = 1,

    /// <summary>It fetches it, as it was asked to.</summary>
    Takes = 2,
}
