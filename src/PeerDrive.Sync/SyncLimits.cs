namespace PeerDrive.Sync;

/// <summary>Caps and sizes of the exchange, each with its reason.</summary>
public static class SyncLimits
{
    /// <summary>Version of the messages; peers with another one are told so and left.</summary>
    public const uint Version = 1;

    /// <summary>Bytes of changesets in one message: the message cap leaves room for inline chunks and one more changeset.</summary>
    public const int ChangesetBatchBytes = 384 * 1024;

    /// <summary>Bytes of inline chunks beside one batch.</summary>
    public const int InlineBatchBytes = 256 * 1024;

    /// <summary>Chunks in one want.</summary>
    public const int WantChunks = 256;

    /// <summary>Chunks that one peer may have asked for and not received yet; bounds what a peer can make us remember.</summary>
    public const int ServedChunks = 8192;

    /// <summary>Chunks asked of one peer and not here yet: enough small ones to hide a round trip.</summary>
    public const int WindowChunks = 2048;

    /// <summary>Bytes asked of one peer and not here yet: a gigabit link of 100 ms stays full.</summary>
    public const long WindowBytes = 16L << 20;

    /// <summary>Contents planned at once for one volume.</summary>
    public const int PlannedContents = 4096;

    /// <summary>Contents that arrived and are not noted yet; noting costs one sync of the pack.</summary>
    public const int ArrivedContents = 1000;

    /// <summary>Bytes that arrived and are not noted yet, so that a linked folder can begin to write them.</summary>
    public const long ArrivedBytes = 32L << 20;

    /// <summary>Bytes that arrived and may not have been taken by the disk: it works while more arrives, and the sync at the end is short.</summary>
    public const long UnsyncedBytes = 32L << 20;

    /// <summary>Bytes of one content that came since linked folders were last told that it grows, which they may begin to write.</summary>
    public const long GrowthBytes = 32L << 20;

    /// <summary>A content is said to grow this often at most, as each look at it goes through its chunk lists.</summary>
    public const ulong GrowthSteps = 64;

    /// <summary>Between two looks at whether a limit lets more be asked for: often enough to be smooth, seldom enough to ask for several at once.</summary>
    public static readonly TimeSpan WantPace = TimeSpan.FromMilliseconds(10);

    /// <summary>A peer that owes chunks and sends nothing for this long loses them to another.</summary>
    public static readonly TimeSpan FetchTimeout = TimeSpan.FromSeconds(30);

    /// <summary>A connection that ended sooner is dialled again after a pause only, as one that failed.</summary>
    public static readonly TimeSpan ShortSession = TimeSpan.FromSeconds(10);

    /// <summary>From asking to join to the answer.</summary>
    public static readonly TimeSpan JoinTimeout = TimeSpan.FromSeconds(30);

    /// <summary>Addresses kept for one device; the latest found are dialled first.</summary>
    public const int AddressesPerDevice = 8;

    /// <summary>Volumes remembered that a peer has and this device has not; only a recovery asks for them.</summary>
    public const int OfferedVolumes = 64;

    /// <summary>Devices whose addresses are kept.</summary>
    public const int KnownDevices = 1024;
}
