using System.CommandLine;
using PeerDrive.Cli.Rendering;
using PeerDrive.Cli.Running;

namespace PeerDrive.Cli.Commands;

/// <summary>Lists what was deleted.</summary>
internal static class TrashCommand
{
    private static readonly Argument<string> Volume = new("VOLUME") { Description = "A volume's name or id" };

    public static Command Create(Shell shell)
    {
        var command = shell.Define("trash", "List what was deleted from a volume", RunAsync, "peerdrive trash Work");
        command.Add(Volume);
        return command;
    }

    private static async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        var trash = await call.Connect().TrashAsync(call.Get(Volume), cancellation).ConfigureAwait(false);
        return call.Answer(trash, _ =>
        {
            var table = new TextTable("PATH", "KIND", ">SIZE", "MODIFIED", "ENTRY");
            foreach (var entry in trash)
                table.Add(entry.Path, entry.Kind, ByteSize.Show(entry.Size), RelativeTime.Show(entry.Modified, call.Now), entry.Entry);
            if (table.IsEmpty) call.Output.WriteLine("Nothing is deleted.");
            table.WriteTo(call.Output);
        });
    }
}
