using System.CommandLine;
using PeerDrive.Cli.Rendering;
using PeerDrive.Cli.Running;

namespace PeerDrive.Cli.Commands;

/// <summary>Prints a completion script.</summary>
internal static class CompletionCommand
{
    public static Command Create(Shell shell, RootCommand root)
    {
        var kind = new Argument<string>("SHELL") { Description = "bash, zsh or fish" };
        kind.AcceptOnlyFromAmong(CompletionScript.Shells);
        var command = shell.Define(
            "completion", "Print a completion script for a shell",
            (call, _) =>
            {
                call.Output.Write(CompletionScript.For(call.Get(kind), root));
                return Task.FromResult(ExitCodes.Success);
            },
            "source <(peerdrive completion bash)", "peerdrive completion fish > ~/.config/fish/completions/peerdrive.fish");
        command.Add(kind);
        return command;
    }
}
