using System.Text.Json.Serialization;

namespace PeerDrive.Cli.Running;

/// <summary>The answer of a command that has nothing else to tell.</summary>
internal sealed record Done([property: JsonPropertyName("done")] bool IsDone);
