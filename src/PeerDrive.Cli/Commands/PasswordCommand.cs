using System.CommandLine;
using PeerDrive.Cli.Running;
using PeerDrive.Client.Contracts;

namespace PeerDrive.Cli.Commands;

/// <summary>Sets the password with which the page is opened from other devices.</summary>
internal static class PasswordCommand
{
    private static readonly Option<string?> File = new("--password-file")
    {
        Description = "Read the password from the first line of this file (else PEERDRIVE_PASSPHRASE, else you are asked)",
        HelpName = "FILE",
    };

    private static readonly Option<bool> Remove = new("--remove") { Description = "Have none: the page can be opened on this device only" };

    public static Command Create(Shell shell)
    {
        var command = shell.Define(
            "password", "Set the password with which the page is opened from other devices", RunAsync,
            "peerdrive password", "peerdrive password --remove", "peerdrive up --web-remote 7443");
        command.Add(File);
        command.Add(Remove);
        return command;
    }

    private static async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        if (call.Get(Remove))
        {
            await call.Connect().RemovePasswordAsync(cancellation).ConfigureAwait(false);
            return call.Done("There is no password any more, and all browsers are logged out.");
        }
        var password = Passphrase.Read(call, call.Get(File), isNew: true, File.Name);
        await call.Connect().SetPasswordAsync(new PasswordRequest(password), cancellation).ConfigureAwait(false);
        return call.Done("The password is set, and all browsers are logged out. Serve the page to other devices with: peerdrive up --web-remote 7443");
    }
}
