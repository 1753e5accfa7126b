using System.CommandLine;

namespace PeerDrive.Cli.Running;

/// <summary>The options that every command takes.</summary>
internal sealed class CommonOptions
{
    public Option<string?> Home { get; } = new("--home")
    {
        Description = "The node's data directory (else PEERDRIVE_HOME, else ~/.local/share/peerdrive)",
        HelpName = "DIR",
        Recursive = true,
    };

    public Option<bool> Json { get; } = new("--json") { Description = "Answer in JSON", Recursive = true };
}
