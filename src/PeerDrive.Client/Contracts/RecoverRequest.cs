namespace PeerDrive.Client.Contracts;

/// <summary>Uses a recovery key.</summary>
/// <param name="Key">The text on the paper.</param>
/// <param name="Volume">A volume that is here; null: every one that the key owns, here or on a peer.</param>
/// <param name="From">Devices that have the volume, each as DEVICE@ADDRESS:PORT; those that this node knows are asked too.</param>
public sealed record RecoverRequest(string Key, string? Volume, IReadOnlyList<string> From);
