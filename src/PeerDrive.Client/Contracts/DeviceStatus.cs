namespace PeerDrive.Client.Contracts;

/// <summary>A device that acts for a member.</summary>
public sealed record DeviceStatus(string Device, string Name, bool IsOnline)
{
    /// <summary>It made two changesets of one number; both branches of its log are kept.</summary>
    public bool IsForked { get; init; }
}
