namespace PeerDrive.Posix.Conformance;

/// <summary>What a test came to: passed, failed or skipped, and why.</summary>
internal sealed record TestResult(string Name, string Outcome, string Message, double Milliseconds);
