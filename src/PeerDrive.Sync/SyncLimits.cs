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

    /// <summary>A peer that owes chunks and sends nothing for this long loses them to another.</summary>
    public static readonly TimeSpan FetchTimeout = TimeSpan.FromSeconds(30);

    /// <summary>Chunks asked of one peer for readers and not here yet; few, as they are taken back when the reader goes elsewhere.</summary>
    public const int StreamChunks = 256;

    /// <summary>As much is asked of one peer for readers as it delivers in this time.</summary>
    public static readonly TimeSpan StreamTime = TimeSpan.FromSeconds(2);

    /// <summary>Asked of a peer for readers before anybody knows how fast it is.</summary>
    public const long LeastStreamBytes = 512 << 10;

    /// <summary>A chunk that a reader waits for is asked of another peer as well no sooner than this.</summary>
    public static readonly TimeSpan LeastOverdue = TimeSpan.FromMilliseconds(500);

    /// <summary>And no later than this.</summary>
    public static readonly TimeSpan MostOverdue = TimeSpan.FromSeconds(5);

    /// <summary>Who said that it has not got a chunk may have got it after this long.</summary>
    public static readonly TimeSpan AskAgain = TimeSpan.FromSeconds(5);

    /// <summary>While somebody waits, late answers and the end of the wait are looked for this often.</summary>
    public static readonly TimeSpan DemandPace = TimeSpan.FromMilliseconds(200);

    /// <summary>Bytes before a reader's place that stay while room is made.</summary>
    public const long KeptBehindBytes = 256 << 10;

    /// <summary>A reader waits for room to be made no longer than this: a device that is asked for its copies may be silent.</summary>
    public static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);

    /// <summary>A cache looks whether it is too large after this part of its quota came.</summary>
    public const long QuotaParts = 32;

    /// <summary>Contents of which it is remembered how far they are here.</summary>
    public const int CursorContents = 64;

    /// <summary>Contents in one question for who has them; each may cost a look-up for every chunk.</summary>
    public const int HaveContents = 64;

    /// <summary>Levels of chunk lists that are followed for a question: more than any content has.</summary>
    public const uint DeepestContent = 8;

    /// <summary>Questions of one peer that wait to be answered.</summary>
    public const int HaveQueries = 16;

    /// <summary>From asking who has contents to the answer; who is silent for longer has none.</summary>
    public static readonly TimeSpan HaveTimeout = TimeSpan.FromSeconds(20);

    /// <summary>Devices that a message names.</summary>
    public const int NamedDevices = 20;

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
