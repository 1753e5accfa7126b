using System.CommandLine;
using PeerDrive.Cli.Running;
using PeerDrive.Node;

namespace PeerDrive.Cli.Commands;

/// <summary>What a node with a mount starts beside itself; not for people.</summary>
internal static class TellChangesCommand
{
    public static Command Create(Shell shell)
    {
        var command = shell.Define("tell-changes", "Repeat in a mount what came from elsewhere (started by the node)", Run);
        command.Hidden = true;
        return command;
    }

    private static Task<int> Run(Call call, CancellationToken cancellation)
    {
        using var input = Console.OpenStandardInput();
        using var output = Console.OpenStandardOutput();
        NodeProcess.TellChanges(input, output);
        return Task.FromResult(ExitCodes.Success);
    }
}
