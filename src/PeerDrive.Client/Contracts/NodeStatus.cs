namespace PeerDrive.Client.Contracts;

/// <summary>What a node is and does. Sizes are bytes.</summary>
public sealed record NodeStatus(
    string Version, int ProcessId, string Home, string Device, string DeviceName, string Person, string PersonName, int Port,
    IReadOnlyList<string> Addresses, DateTimeOffset Started, long MemoryBytes, long CpuMilliseconds, long BytesSent,
    long BytesReceived, IReadOnlyList<VolumeStatus> Volumes, IReadOnlyList<PeerStatus> Peers, IReadOnlyList<JobStatus> Jobs)
{
    /// <summary>Where all volumes are to be seen as files.</summary>
    public MountStatus Mount { get; init; } = new(null, 0, null);

    /// <summary>What a person paused.</summary>
    public PauseStatus Paused { get; init; } = new(false, [], []);

    /// <summary>What is wrong with the node as a whole: volumes that could not be opened and the like.</summary>
    public IReadOnlyList<string> Problems { get; init; } = [];
}
