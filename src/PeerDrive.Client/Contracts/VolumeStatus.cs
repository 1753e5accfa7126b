namespace PeerDrive.Client.Contracts;

/// <summary>A volume as this node has it.</summary>
public sealed record VolumeStatus(
    string Id, string Name, string Role, long Files, long Folders, long Bytes, long StoredBytes, long MissingContents,
    long MissingBytes, int Conflicts, int Drafts, bool IsInSync, IReadOnlyList<LinkStatus> Links,
    IReadOnlyList<MemberStatus> Members)
{
    /// <summary>Which contents are to be here: <c>full</c>, <c>metadata</c> or <c>cache:100MB</c>. Only of those it is told what is missing.</summary>
    public string Policy { get; init; } = "full";

    /// <summary>Contents that are not here, whether they are to be or not.</summary>
    public long AbsentContents { get; init; }

    public long AbsentBytes { get; init; }

    /// <summary>Changesets that another device has and this node has not, as far as it said.</summary>
    public long MissingChangesets { get; init; }

    /// <summary>Devices that have said since the node's start what they have; 0: nobody knows whether all is here.</summary>
    public int DevicesCompared { get; init; }

    /// <summary>How many copies contents are to have, and have; null: the volume asks for no number.</summary>
    public CopiesStatus? Copies { get; init; }

    /// <summary>What is shown in place of the tree while its history is on its way; null: the tree itself. Files, folders and bytes are its.</summary>
    public CheckpointStatus? Checkpoint { get; init; }

    /// <summary>Which old versions are kept here, as <see cref="RetentionStatus.Rule"/> has it.</summary>
    public string Retention { get; init; } = "keep-all";

    /// <summary>Of the contents that are not here, those that the retention rule let go.</summary>
    public long ThinnedContents { get; init; }

    public long ThinnedBytes { get; init; }

    /// <summary>What the disk is used for, as it was counted last; null: not counted yet.</summary>
    public DiskUseStatus? DiskUse { get; init; }

    /// <summary>What is wrong, in sentences that go on after the volume's name.</summary>
    public IReadOnlyList<string> Problems { get; init; } = [];
}
