using System.CommandLine;
using PeerDrive.Cli.Rendering;
using PeerDrive.Cli.Running;
using PeerDrive.Client.Contracts;

namespace PeerDrive.Cli.Commands;

/// <summary>Go on with what was paused.</summary>
internal static class ResumeCommand
{
    private static readonly Argument<string?> Volume = new("VOLUME") { Description = "One volume; else all", Arity = ArgumentArity.ZeroOrOne };

    public static Command Create(Shell shell)
    {
        var command = shell.Define("resume", "Go on with what was paused", RunAsync, "peerdrive resume", "peerdrive resume Photos");
        command.Add(Volume);
        return command;
    }

    private static async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        var paused = await call.Connect().ResumeAsync(new PauseRequest(call.Get(Volume)), cancellation).ConfigureAwait(false);
        return call.Answer(paused, _ => call.Output.WriteLine(NodeText.PausedLine(paused) ?? "Nothing is paused."));
    }
}
