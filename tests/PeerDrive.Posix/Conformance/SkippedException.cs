namespace PeerDrive.Posix.Conformance;

/// <summary>A test cannot say anything here; the message says why.</summary>
internal sealed class SkippedException(string message) : Exception(message);
