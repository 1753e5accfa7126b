using System.Diagnostics;

namespace PeerDrive.Posix.Tests;

/// <summary>Programs that are started and waited for.</summary>
internal static class Program
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    /// <summary>Starts the program under test, or an example file system, which lies beside this.</summary>
    public static Process Start(string name, params string[] arguments) =>
        Process.Start(new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, name + ".dll"), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        })!;

    /// <returns>Exit code and what it said.</returns>
    public static async Task<(int Exit, string Output)> PosixAsync(params string[] arguments)
    {
        using var process = Start("PeerDrive.Posix", arguments);
        return await EndAsync(process);
    }

    public static async Task<(int Exit, string Output)> RunAsync(string name, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(name, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        return await EndAsync(process);
    }

    private static async Task<(int Exit, string Output)> EndAsync(Process process)
    {
        var error = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync().WaitAsync(Limit);
        await process.WaitForExitAsync().WaitAsync(Limit);
        return (process.ExitCode, output + await error);
    }
}
