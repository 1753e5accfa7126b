namespace PeerDrive.Client.Contracts;

/// <summary>Begins a browser's session.</summary>
/// <param name="Secret">A code of <see cref="PagePlace"/>, or the node's token.</param>
public sealed record SessionRequest(string Secret);
