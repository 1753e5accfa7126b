namespace PeerDrive.Sync.Fetching;

/// <summary>Why a peer is asked for what it has. The numbers are the protocol's.</summary>
internal enum HaveWish
{
    /// <summary>Only to know.</summary>
    Know = 0,

    /// <summary>The asker has dropped the contents just now, so that they may have too few copies.</summary>
    Dropped = 1,

    /// <summary>The contents have too few copies: who lacks them may fetch them.</summary>
    Keep = 2,
}
