using System.CommandLine;
using PeerDrive.Cli.Rendering;
using PeerDrive.Cli.Running;
using PeerDrive.Client.Contracts;

namespace PeerDrive.Cli.Commands;

/// <summary>Exchange nothing, of one volume or at all, until it is resumed.</summary>
internal static class PauseCommand
{
    private static readonly Argument<string?> Volume = new("VOLUME") { Description = "One volume; else all", Arity = ArgumentArity.ZeroOrOne };

    public static Command Create(Shell shell)
    {
        var command = shell.Define("pause", "Exchange nothing, of one volume or at all, until it is resumed", RunAsync, "peerdrive pause", "peerdrive pause Photos");
        command.Add(Volume);
        return command;
    }

    private static async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        var paused = await call.Connect().PauseAsync(new PauseRequest(call.Get(Volume)), cancellation).ConfigureAwait(false);
        return call.Answer(paused, _ => call.Output.WriteLine(NodeText.PausedLine(paused)));
    }
}
