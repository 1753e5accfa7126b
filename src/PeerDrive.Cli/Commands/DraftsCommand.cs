using System.CommandLine;
using PeerDrive.Cli.Rendering;
using PeerDrive.Cli.Running;

namespace PeerDrive.Cli.Commands;

/// <summary>Lists edits made where this device may not write, and what was being written when the node ended without warning.</summary>
internal static class DraftsCommand
{
    private static readonly Argument<string> Volume = new("VOLUME") { Description = "A volume's name or id" };

    public static Command Create(Shell shell)
    {
        var command = shell.Define("drafts", "List edits that are no versions: made without the right to, or cut off by a crash", RunAsync, "peerdrive drafts Work");
        command.Add(Volume);
        return command;
    }

    private static async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        var volume = call.Get(Volume);
        var drafts = await call.Connect().DraftsAsync(volume, cancellation).ConfigureAwait(false);
        return call.Answer(drafts, _ =>
        {
            var table = new TextTable("PATH", "KIND", ">SIZE", "MODIFIED", "DIRECTORY");
            foreach (var draft in drafts)
                table.Add(draft.Path, draft.Kind, ByteSize.Show(draft.Size), RelativeTime.Show(draft.Modified, call.Now), draft.Directory);
            call.Output.WriteLine(table.IsEmpty ? "No drafts." : $"Undo them with: peerdrive revert {volume}[:/path]. Those of a crash become versions with: peerdrive keep {volume}[:/path]");
            table.WriteTo(call.Output);
        });
    }
}
