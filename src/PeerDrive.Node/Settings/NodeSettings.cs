using PeerDrive.Node.Jobs;
using PeerDrive.Node.Limits;
using PeerDrive.Node.Rules;

namespace PeerDrive.Node.Settings;

/// <summary>What a node remembers about itself in node.json.</summary>
internal sealed record NodeSettings
{
    /// <summary>The port that peers know from tickets and announcements; 0: none yet.</summary>
    public int Port { get; init; }

    /// <summary>The port of the web page; 0: none yet.</summary>
    public int WebPort { get; init; }

    /// <summary>Where the drive was mounted last; empty: it is not to be. Null: nobody said.</summary>
    public string? Mount { get; init; }

    /// <summary>Which contents of a volume that is joined are to be here, unless its joining says otherwise; null: all.</summary>
    public string? Policy { get; init; }

    /// <summary>Limits of the exchange, in the order in which they were given.</summary>
    public IReadOnlyList<LimitRule> Limits { get; init; } = [];

    /// <summary>All exchange is paused.</summary>
    public bool IsPaused { get; init; }

    /// <summary>VolumeIds in hexadecimal of which nothing is exchanged.</summary>
    public IReadOnlyList<string> PausedVolumes { get; init; } = [];

    /// <summary>VolumeIds in hexadecimal whose contents are not fetched.</summary>
    public IReadOnlyList<string> PausedFetches { get; init; } = [];

    /// <summary>Rules between two volumes, in the order in which they were made.</summary>
    public IReadOnlyList<KeptRule> Rules { get; init; } = [];

    /// <summary>Jobs that run, or ran when the node ended.</summary>
    public IReadOnlyList<KeptJob> Jobs { get; init; } = [];

    /// <summary>DeviceId in hexadecimal → its addresses, the last that was heard of first.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Peers { get; init; } = new Dictionary<string, IReadOnlyList<string>>();
}
