namespace PeerDrive.Posix.Crashes;

/// <summary>Nobody answers behind the mount any more.</summary>
internal sealed class MountGoneException(string message) : Exception(message);
