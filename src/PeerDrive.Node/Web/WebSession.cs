namespace PeerDrive.Node.Web;

/// <summary>A browser that is logged in.</summary>
/// <param name="Cookie">What it shows with each request.</param>
/// <param name="RequestToken">What its page shows besides when it changes something; other pages cannot know it.</param>
internal sealed record WebSession(string Cookie, string RequestToken, DateTimeOffset Until);
