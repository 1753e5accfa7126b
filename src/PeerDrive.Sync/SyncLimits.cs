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

    /// <summary>Chunks asked of one peer and not here yet, of all volumes together: fewer than it takes, as every volume has <see cref="LeastWindowChunks"/> in any case.</summary>
    public const int AskedChunks = ServedChunks * 3 / 4;

    /// <summary>Chunks that are asked of one peer for one volume, however many are asked for others: else it would wait for these.</summary>
    public const int LeastWindowChunks = 16;

    /// <summary>Bytes asked of one peer and not here yet: a gigabit link of 100 ms stays full.</summary>
    public const long WindowBytes = 16L << 20;

    /// <summary>Contents planned at once for one volume.</summary>
    public const int PlannedContents = 4096;

    /// <summary>Contents planned when none of the connected peers has most of them: their plans take some 20 MB.</summary>
    public const int StuckContents = 32_768;

    /// <summary>Who lacks more chunks than this is asked for them again later than <see cref="FetchTimeout"/>, so that asking in vain stays cheap.</summary>
    public const double LackedChunks = 1024;

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

    /// <summary>A peer is told that something came no sooner than this for every chunk that it asked for in vain, as it asks for all of them again: 100 kB a second.</summary>
    public static readonly TimeSpan VainWantPause = TimeSpan.FromMilliseconds(1);

    /// <summary>And no sooner than this: more may be coming.</summary>
    public static readonly TimeSpan LeastVainPause = TimeSpan.FromMilliseconds(100);

    /// <summary>Chunks asked of one peer for readers and not here yet; few, as they are taken back when the reader goes elsewhere.</summary>
    public const int StreamChunks = 256;

    /// <summary>As much is asked of one peer for readers as it delivers in this time: some round trips of a long link, and what a reader who goes elsewhere has to wait for.</summary>
    public static readonly TimeSpan StreamTime = TimeSpan.FromMilliseconds(500);

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

    /// <summary>Questions that one peer is asked at once: half of what it takes, as one that is slow may still have some that were given up.</summary>
    public const int AskedQuestions = HaveQueries / 2;

    /// <summary>From asking who has contents to the answer; who is silent for longer has none.</summary>
    public static readonly TimeSpan HaveTimeout = TimeSpan.FromSeconds(20);

    /// <summary>Contents whose copies are asked after at once; a pause follows.</summary>
    public const int CopyContents = 256;

    /// <summary>Between two such groups: counting copies is no hurry.</summary>
    public static readonly TimeSpan CopyPace = TimeSpan.FromMilliseconds(50);

    /// <summary>Rows of revisions that are looked through at once for contents to count copies of.</summary>
    public const int CopyRows = 4096;

    /// <summary>Devices whose copies are told apart; beyond, those that were away for longest are forgotten.</summary>
    public const int CopyDevices = 64;

    /// <summary>After changes all contents are looked through anew no sooner than this, for those that were deleted or came.</summary>
    public static readonly TimeSpan CopySweep = TimeSpan.FromMinutes(5);

    /// <summary>A content that somebody fetches is asked after again after this, then twice that, and so on up to <see cref="CopyRetryTaken"/>.</summary>
    public static readonly TimeSpan CopyRetry = TimeSpan.FromSeconds(2);

    /// <inheritdoc cref="CopyRetry"/>
    public static readonly TimeSpan CopyRetryTaken = TimeSpan.FromMinutes(1);

    /// <summary>One that nobody takes is offered again after that, then twice that, and so on up to this; who connects, or changes its policy, is asked at once.</summary>
    public static readonly TimeSpan CopyRetryMost = TimeSpan.FromHours(1);

    /// <summary>Who takes a content in, or is to have all, counts for this long, and a second for each of <see cref="CopyRate"/> bytes; then another one is asked.</summary>
    public static readonly TimeSpan CopyPatience = TimeSpan.FromMinutes(15);

    /// <inheritdoc cref="CopyPatience"/>
    public const long CopyRate = 500_000;

    /// <summary>What a device confirmed counts for this long after it went away: machines sleep at night.</summary>
    public static readonly TimeSpan CopyAway = TimeSpan.FromDays(1);

    /// <summary>Who was away for longer is asked again for all that it confirmed.</summary>
    public static readonly TimeSpan CopyAgain = TimeSpan.FromMinutes(10);

    /// <summary>A cache makes room for copies no more often.</summary>
    public static readonly TimeSpan RoomPause = TimeSpan.FromMinutes(5);

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

    /// <summary>Addresses in one presence record.</summary>
    public const int PresenceAddresses = 8;

    /// <summary>Characters of one address in a presence record: a long host name with its port.</summary>
    public const int PresenceAddressLength = 128;

    /// <summary>Bytes of a presence record's body: eight addresses of the longest kind, all offers, and the rest.</summary>
    public const int PresenceBodyBytes = 4096;

    /// <summary>Volumes that one device offers to the members of another: each costs its members an open replica.</summary>
    public const int PresenceOffers = 32;

    /// <summary>Characters of the name in a presence record, and of its policy.</summary>
    public const int PresenceNameLength = 64;

    /// <summary>Presence records kept of one volume; when there are more, those heard of last stay.</summary>
    public const int PresenceRecords = 1024;

    /// <summary>Presence records kept of one volume whose devices are not known as members' yet: the log may be behind.</summary>
    public const int PendingPresence = 64;

    /// <summary>Presence records in one message.</summary>
    public const int PresenceBatch = 64;

    /// <summary>Presence records that one peer may bring at once, and how many a second it may bring from then on; what is beyond is dropped unread.</summary>
    public const int PresenceBurst = 2048, PresencePerSecond = 32;

    /// <summary>Presence digests that one peer may send at once, for many volumes; how many a second from then on.</summary>
    public const double PresenceQuestions = 128, PresenceQuestionsPerSecond = 2;

    /// <summary>Members to which a new presence record is passed on, by each device that it is new to.</summary>
    public const int PresenceFanOut = 4;

    /// <summary>A device says something new of itself no more often.</summary>
    public static readonly TimeSpan PresenceGap = TimeSpan.FromSeconds(2);

    /// <summary>New records of one device that are passed on at once, and how many a second from then on; others are kept, and told when somebody asks.</summary>
    public const double PresenceRelayBurst = 5, PresenceRelayPerSecond = 0.5;

    /// <summary>The shortest time between two records of one device that say nothing new.</summary>
    public static readonly TimeSpan PresenceRefresh = TimeSpan.FromSeconds(60);

    /// <summary>In a large volume that time is this long for each device, so that the traffic of an idle one does not grow with their number.</summary>
    public static readonly TimeSpan PresenceRefreshPerDevice = TimeSpan.FromSeconds(6);

    /// <summary>A device that is not connected counts as online for this many refresh times after its last sign of life.</summary>
    public const double PresenceFresh = 2.5;

    /// <summary>A presence record that claims to be from further ahead is not believed: it could never be replaced.</summary>
    public static readonly TimeSpan PresenceFuture = TimeSpan.FromDays(1);

    /// <summary>A device that was not heard of for this long is forgotten.</summary>
    public static readonly TimeSpan PresenceExpiry = TimeSpan.FromDays(30);

    /// <summary>Known records are written to the disk this often, and at the end; new addresses soon.</summary>
    public static readonly TimeSpan PresenceSave = TimeSpan.FromHours(1), PresenceSaveSoon = TimeSpan.FromSeconds(5);

    /// <summary>Members of a volume that a device dials; the others it knows of through these.</summary>
    public const int ConnectedMembers = 16;

    /// <summary>Members of a volume that a device stays connected to, those that dialled it included; beyond, one is let go.</summary>
    public const int MostConnectedMembers = 24;

    /// <summary>For one of several addresses to answer.</summary>
    public static readonly TimeSpan DialTimeout = TimeSpan.FromSeconds(5);

    /// <summary>A device that was connected is dialled at least this often for <see cref="RecentlyLost"/>: it may be back at any moment.</summary>
    public static readonly TimeSpan RecentPause = TimeSpan.FromSeconds(8);

    /// <inheritdoc cref="RecentPause"/>
    public static readonly TimeSpan RecentlyLost = TimeSpan.FromMinutes(10);

    /// <summary>Who let us go because it had enough connections is left alone for this long.</summary>
    public static readonly TimeSpan FullPause = TimeSpan.FromMinutes(2);

    /// <summary>An address that failed for this long, and this often, is forgotten.</summary>
    public static readonly TimeSpan AddressForgotten = TimeSpan.FromDays(7);

    /// <inheritdoc cref="AddressForgotten"/>
    public const int AddressFailures = 20;

    /// <summary>Bytes of history below which it comes, and is applied, about as fast as a checkpoint of it would.</summary>
    public const long CheckpointLogBytes = 8L << 20;
}
