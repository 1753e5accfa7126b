namespace PeerDrive.Transport;

/// <summary>Every cap and every time-out of the transport, with its reason. What breaks one is refused before anything is allocated for it.</summary>
public static class TransportLimits
{
    /// <summary>Payload bytes of a frame: a small frame waits for at most one of these on the wire.</summary>
    public const int PayloadBytes = 64 * 1024;

    /// <summary>Message bytes of a frame from a peer that was authorised: a full changeset and a long want list fit.</summary>
    public const int MessageBytes = 1024 * 1024;

    /// <summary>Message and payload bytes of a frame before authorisation: a stranger can make us hold no more than this.</summary>
    public const int UnauthorizedFrameBytes = 16 * 1024;

    /// <summary>UTF-8 bytes of a close reason: a sentence for a log.</summary>
    public const int CloseTextBytes = 512;

    /// <summary>Queued bytes of streaming reads: what a reader waits for must be fresh, so the queue is short.</summary>
    public const int StreamingQueueBytes = 2 * 1024 * 1024;

    /// <summary>Queued bytes of changesets and control messages: a few of the largest messages.</summary>
    public const int ControlQueueBytes = 4 * 1024 * 1024;

    /// <summary>Queued bytes of bulk content: covers a scheduling hiccup of a few milliseconds at a gigabyte a second.</summary>
    public const int BulkQueueBytes = 4 * 1024 * 1024;

    /// <summary>Received bytes that wait for the layer above; beyond this TCP slows the sender down.</summary>
    public const int ReceiveQueueBytes = 4 * 1024 * 1024;

    /// <summary>What a frame counts for beside its bytes in a queue, so that a million tiny ones are bounded too.</summary>
    public const int FrameOverheadBytes = 256;

    /// <summary>Bytes handed to TLS between two looks at the queues: large enough for throughput, small enough for latency.</summary>
    public const int BatchBytes = 128 * 1024;

    /// <summary>Batches after which the least urgent waiting frame is sent once, so that nothing starves.</summary>
    public const int FairnessBatches = 16;

    /// <summary>Frames from this size are handed to TLS as they lie; smaller ones are joined, as each write costs a TLS record.</summary>
    public const int DirectWriteBytes = 16 * 1024;

    /// <summary>Buffer of the receive loop: many small frames a read.</summary>
    public const int ReceiveBufferBytes = 128 * 1024;

    /// <summary>TCP_NOTSENT_LOWAT: unsent bytes the kernel holds, which an urgent frame can no longer overtake.</summary>
    public const int NotSentLowWaterBytes = 128 * 1024;

    /// <summary>Frames under way in one direction of the simulated network: some MiB, as between two hosts on a fast line.</summary>
    public const int MemoryFlightFrames = 64;

    /// <summary>TCP and TLS set-up of one connection: four round trips over a bad link; no longer, as strangers hold slots meanwhile.</summary>
    public static readonly TimeSpan HandshakeTimeout = TimeSpan.FromSeconds(10);

    /// <summary>From accepting a connection to its authorisation.</summary>
    public static readonly TimeSpan AuthorizationTimeout = TimeSpan.FromSeconds(15);

    /// <summary>Nothing sent for this long: a ping goes out, which also keeps NAT entries alive.</summary>
    public static readonly TimeSpan PingAfter = TimeSpan.FromSeconds(20);

    /// <summary>Nothing received for this long: two pings were lost, the peer is gone.</summary>
    public static readonly TimeSpan SilenceTimeout = TimeSpan.FromSeconds(60);

    /// <summary>A single write that makes no progress for this long: the peer has stopped reading.</summary>
    public static readonly TimeSpan WriteTimeout = TimeSpan.FromSeconds(120);

    /// <summary>The longest silence that a peer keeps to who promised it: some such show within ten seconds, the close included, that it is cut off.</summary>
    public static readonly TimeSpan PromisedPing = TimeSpan.FromSeconds(2.5);

    /// <summary>A peer that breaks its promise by this factor is gone: a ping may be late, or lost once.</summary>
    public const double SilenceFactor = 2.5;

    /// <summary>However short a silence a peer promises, it is given this long.</summary>
    public static readonly TimeSpan SilenceMinimum = TimeSpan.FromSeconds(5);

    /// <summary>How often a connection looks at its clocks.</summary>
    public static readonly TimeSpan TickInterval = TimeSpan.FromSeconds(1);

    /// <summary>For sending what is queued, the reason, and for the other side to close.</summary>
    public static readonly TimeSpan CloseTimeout = TimeSpan.FromSeconds(2);

    /// <summary>Connections of one address (IPv6: /64) that are not authorised yet; the oldest gives way to a newer one.</summary>
    public const int UnauthorizedPerAddress = 32;

    /// <summary>All connections that are not authorised yet; bounds the memory that strangers hold to a few tens of MiB.</summary>
    public const int UnauthorizedTotal = 256;

    /// <summary>Connections the kernel completes before we accept them.</summary>
    public const int ListenBacklog = 512;

    /// <summary>Pause after the system refused to accept (out of descriptors), so that the loop does not spin.</summary>
    public static readonly TimeSpan AcceptRetry = TimeSpan.FromMilliseconds(100);

    /// <summary>First pause before a lost peer is dialled again.</summary>
    public static readonly TimeSpan BackoffMinimum = TimeSpan.FromSeconds(1);

    /// <summary>Longest pause between two dials.</summary>
    public static readonly TimeSpan BackoffMaximum = TimeSpan.FromMinutes(5);

    /// <summary>Between two announcements on the local network, before jitter of a quarter.</summary>
    public static readonly TimeSpan AnnounceInterval = TimeSpan.FromSeconds(30);

    /// <summary>Between two answers to devices seen for the first time: a flood of made-up devices is not amplified.</summary>
    public static readonly TimeSpan AnswerInterval = TimeSpan.FromSeconds(1);

    /// <summary>Datagrams of one source address in one <see cref="DatagramWindow"/>; the rest are dropped unread.</summary>
    public const int DatagramsPerSource = 20;

    /// <summary>The span over which <see cref="DatagramsPerSource"/> counts.</summary>
    public static readonly TimeSpan DatagramWindow = TimeSpan.FromSeconds(10);

    /// <summary>Sources and devices remembered by the announcer; when full they are forgotten together.</summary>
    public const int AnnouncerTableEntries = 1024;

    /// <summary>Announcements found but not read yet; the oldest is dropped, as it will be repeated.</summary>
    public const int FoundQueue = 256;

    /// <summary>Bytes of an identity or export file: keys and certificates take about 2 KiB.</summary>
    public const int IdentityFileBytes = 64 * 1024;

    /// <summary>PBKDF2-SHA256 iterations of a new export (OWASP's figure for 2023).</summary>
    public const int ExportIterations = 600_000;

    /// <summary>PBKDF2 iterations accepted from a file: some seconds of work; more is an attempt to keep us busy.</summary>
    public const int ImportIterations = 10_000_000;
}
