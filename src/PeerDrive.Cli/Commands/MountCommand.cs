using System.CommandLine;
using PeerDrive.Cli.Running;
using PeerDrive.Client.Contracts;

namespace PeerDrive.Cli.Commands;

/// <summary>Mounts the running node's volumes as a file system.</summary>
internal static class MountCommand
{
    private static readonly Argument<string?> Directory = new("DIR") { Description = "Where (else where it was last, else ~/PeerDrive)", Arity = ArgumentArity.ZeroOrOne };

    public static Command Create(Shell shell)
    {
        var command = shell.Define("mount", "Show all volumes as files in one directory", RunAsync, "peerdrive mount", "peerdrive mount /mnt/drive");
        command.Add(Directory);
        return command;
    }

    private static async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        var directory = call.Get(Directory) is { } named ? Path.GetFullPath(named) : null;
        var mount = await call.Connect().MountAsync(new MountRequest(directory), cancellation).ConfigureAwait(false);
        call.Answer(mount, shown => call.Output.WriteLine($"All volumes are in {shown.Directory}."));
        return ExitCodes.Success;
    }
}
