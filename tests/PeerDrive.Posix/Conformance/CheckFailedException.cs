namespace PeerDrive.Posix.Conformance;

/// <summary>The file system did something else than was expected; the message says what.</summary>
internal sealed class CheckFailedException(string message) : Exception(message);
