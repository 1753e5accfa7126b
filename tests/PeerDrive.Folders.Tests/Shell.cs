using System.Diagnostics;

namespace PeerDrive.Folders.Tests;

/// <summary>Runs commands as a user would, for what .NET cannot do to files.</summary>
internal static class Shell
{
    public static string Run(string folder, string script)
    {
        using var shell = Process.Start(new ProcessStartInfo("/bin/sh", ["-ec", script]) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true })!;
        var output = shell.StandardOutput.ReadToEnd();
        var errors = shell.StandardError.ReadToEnd();
        shell.WaitForExit();
        Assert.True(shell.ExitCode == 0, errors);
        return output;
    }
}
