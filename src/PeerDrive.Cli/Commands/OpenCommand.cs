using System.CommandLine;
using System.ComponentModel;
using System.Diagnostics;
using PeerDrive.Cli.Arguments;
using PeerDrive.Cli.Running;
using PeerDrive.Client;
using PeerDrive.Client.Contracts;

namespace PeerDrive.Cli.Commands;

/// <summary>Opens a file with the program that the desktop has for it, or the web page.</summary>
internal static class OpenCommand
{
    private static readonly Argument<VolumePath?> Place = VolumePath.OptionalArgument("A file or folder, or the address of one or of a version (else the web page)");
    private static readonly Option<string?> Revision = new("--revision") { Description = "This version: a revision's id or its beginning (see `peerdrive log`)", HelpName = "ID" };
    private static readonly Option<bool> Print = new("--print") { Description = "Only print where it is on this device; of the web page, its address with a code to log in" };

    public static Command Create(Shell shell)
    {
        var command = shell.Define(
            "open", "Open the web page, logged in; or a file or folder with the desktop's program for it, wherever it is by now", RunAsync,
            "peerdrive open", "peerdrive open Work:/plan.odt", "peerdrive open pd:VOLUME/DOCUMENT", "peerdrive open Work:/plan.odt --revision 4f2a", "cd \"$(peerdrive open --print Work:/reports)\"");
        command.Add(Place);
        command.Add(Revision);
        command.Add(Print);
        return command;
    }

    private static async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        if (call.Get(Place) is not { } place) return await OpenPageAsync(call, cancellation).ConfigureAwait(false);
        var document = await call.Connect().DocumentAsync(place.Volume, place.Path, call.Get(Revision), cancellation).ConfigureAwait(false);
        if (document.LocalPath is not { } path)
            throw new PeerDriveProblemException(new Problem("NotFound", ExitCodes.NotFound, $"No program can find {place} here: nothing is mounted, or its name is no text. First: peerdrive mount. Or print it: peerdrive cat {place}"));
        if (call.IsJson) return call.Json(document);
        if (call.Get(Print)) call.Output.WriteLine(path);
        else await OpenAsync(path, cancellation).ConfigureAwait(false);
        return ExitCodes.Success;
    }

    private static async Task<int> OpenPageAsync(Call call, CancellationToken cancellation)
    {
        if (call.Get(Revision) is not null) throw new UsageException("--revision says which version of a file; name the file.");
        var page = await call.Connect().PageAsync(cancellation).ConfigureAwait(false);
        if (call.IsJson) return call.Json(page);
        if (call.Get(Print)) call.Output.WriteLine(page.LogIn);
        else await OpenAsync(page.LogIn, cancellation).ConfigureAwait(false);
        return ExitCodes.Success;
    }

    /// <summary>Never runs the file, also if it is a program.</summary>
    private static async Task OpenAsync(string path, CancellationToken cancellation)
    {
        var opener = OperatingSystem.IsMacOS() ? "open" : OperatingSystem.IsWindows() ? "explorer" : "xdg-open";
        try
        {
            using var process = Process.Start(new ProcessStartInfo(opener, [path]))!;
            await process.WaitForExitAsync(cancellation).ConfigureAwait(false);
            if (process.ExitCode != 0 && !OperatingSystem.IsWindows()) throw new PeerDriveProblemException(new Problem("Internal", ExitCodes.Internal, $"{opener} could not open {path}; it ended with {process.ExitCode}."));
        }
        catch (Win32Exception e)
        {
            throw new PeerDriveProblemException(new Problem("Internal", ExitCodes.Internal, $"{opener}, which opens files on a desktop, does not start here ({e.Message}). The file is {path}."));
        }
    }
}
