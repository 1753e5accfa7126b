namespace PeerDrive.Node.Settings;

/// <summary>What a node remembers about itself in node.json.</summary>
internal sealed record NodeSettings
{
    /// <summary>The port that peers know from tickets and announcements; 0: none yet.</summary>
    public int Port { get; init; }

    /// <summary>Where the drive was mounted last; empty: it is not to be. Null: nobody said.</summary>
    public string? Mount { get; init; }

    /// <summary>Which contents of a volume that is joined are to be here, unless its joining says otherwise; null: all.</summary>
    public string? Policy { get; init; }

    /// <summary>DeviceId in hexadecimal → its addresses, the last that was heard of first.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Peers { get; init; } = new Dictionary<string, IReadOnlyList<string>>();
}
