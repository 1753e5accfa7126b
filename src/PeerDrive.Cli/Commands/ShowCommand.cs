using System.CommandLine;
using PeerDrive.Cli.Rendering;
using PeerDrive.Cli.Running;

namespace PeerDrive.Cli.Commands;

/// <summary>Shows one revision.</summary>
internal static class ShowCommand
{
    private static readonly Argument<string> Volume = new("VOLUME") { Description = "A volume's name or id" };
    private static readonly Argument<string> Revision = new("REVISION") { Description = "A revision's id or its beginning" };

    public static Command Create(Shell shell)
    {
        var command = shell.Define("show", "Show one revision", RunAsync, "peerdrive show Work 4f2a");
        command.Add(Volume);
        command.Add(Revision);
        return command;
    }

    private static async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        var revision = await call.Connect().RevisionAsync(call.Get(Volume), call.Get(Revision), cancellation).ConfigureAwait(false);
        return call.Answer(revision, _ => RevisionText.WriteTo(call.Output, revision));
    }
}
