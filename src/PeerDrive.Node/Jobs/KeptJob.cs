using PeerDrive.Client.Contracts;

namespace PeerDrive.Node.Jobs;

/// <summary>A job as node.json remembers it while it runs: after a restart it is taken up again, or told to have been broken off.</summary>
/// <param name="Again">The command that does it again.</param>
/// <param name="Import">What it imports; null: it is no import, and only told.</param>
internal sealed record KeptJob(string Kind, string Title, string Again, ImportRequest? Import = null);
