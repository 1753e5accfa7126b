namespace PeerDrive.Client.Contracts;

/// <summary>A browser's session.</summary>
/// <param name="RequestToken">Shown by the page, as the header <c>X-PeerDrive-Request</c>, with each request that changes something.</param>
public sealed record SessionStatus(string DeviceName, string PersonName, string RequestToken, DateTimeOffset Until);
