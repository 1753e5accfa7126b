namespace PeerDrive.Posix;

/// <summary>The file system and the model of it do not agree.</summary>
internal sealed class MismatchException(string message) : Exception(message);
