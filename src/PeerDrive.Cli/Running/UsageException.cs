namespace PeerDrive.Cli.Running;

/// <summary>What was typed makes no sense; the message says what to type instead. Ends with <see cref="ExitCodes.Usage"/>.</summary>
internal sealed class UsageException(string message) : Exception(message);
