namespace PeerDrive.Node.Web;

/// <summary>Nobody known asks; HTTP has a status of its own for it.</summary>
internal sealed class WebLoginRequiredException() : Exception("Log in first: peerdrive open");
