namespace PeerDrive.Client.Contracts;

/// <summary>Who this node is.</summary>
public sealed record IdentityStatus(
    string Device, string DeviceName, string Person, string PersonName, bool HoldsPersonKey, string Fingerprint);
