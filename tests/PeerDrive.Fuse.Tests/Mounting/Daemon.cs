using System.Diagnostics;

namespace PeerDrive.Fuse.Tests.Mounting;

/// <summary>
/// The example file system in a process of its own, mounted at a directory made for it. These tests may touch the mount,
/// because they do not serve it.
/// </summary>
internal sealed class Daemon : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly Process process;
    private readonly bool ownsMountPoint;

    private Daemon(Process process, string mountPoint, bool ownsMountPoint) => (this.process, MountPoint, this.ownsMountPoint) = (process, mountPoint, ownsMountPoint);

    public string MountPoint { get; }

    public static async Task<Daemon> StartAsync(string? at = null, string kind = "memory", params string[] options)
    {
        var mountPoint = at ?? Directory.CreateTempSubdirectory("peerdrive-fuse-").FullName;
        var (process, line) = await LaunchAsync([kind, .. options.Where(option => option.StartsWith('/')), mountPoint, .. options.Where(option => !option.StartsWith('/'))]);
        Assert.True(line == "mounted", line ?? await process.StandardError.ReadToEndAsync());
        return new Daemon(process, mountPoint, at is null);
    }

    /// <summary>Starts the program and waits for its first line.</summary>
    public static async Task<(Process Process, string? Line)> LaunchAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "PeerDrive.Fuse.Examples.dll"));
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        var process = Process.Start(start)!;
        return (process, await process.StandardOutput.ReadLineAsync().WaitAsync(Limit));
    }

    /// <summary>Changes something behind the kernel's back, and waits until the kernel knows.</summary>
    public async Task OrderAsync(string order)
    {
        await process.StandardInput.WriteLineAsync(order);
        Assert.Equal("done", await process.StandardOutput.ReadLineAsync().WaitAsync(Limit));
    }

    /// <summary>Runs a script with the mount as its working directory.</summary>
    /// <returns>What it said.</returns>
    public async Task<string> ShellAsync(string script)
    {
        var (exit, output) = await TryShellAsync(script);
        Assert.True(exit == 0, $"{script}: {exit}: {output}");
        return output;
    }

    public async Task<(int Exit, string Output)> TryShellAsync(string script)
    {
        var start = new ProcessStartInfo("/bin/bash") { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true, WorkingDirectory = "/" };
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add($"exec 2>&1; set -e; cd '{MountPoint}'; {script}");
        using var shell = Process.Start(start)!;
        shell.StandardInput.Close();
        var output = await shell.StandardOutput.ReadToEndAsync().WaitAsync(Limit);
        await shell.WaitForExitAsync().WaitAsync(Limit);
        return (shell.ExitCode, output.TrimEnd('\n'));
    }

    /// <summary>As kill -9 does.</summary>
    public async Task KillAsync()
    {
        process.Kill();
        await process.WaitForExitAsync().WaitAsync(Limit);
    }

    /// <summary>Asks it to end, which unmounts.</summary>
    /// <returns>Its exit code.</returns>
    public async Task<int> TerminateAsync()
    {
        using var kill = Process.Start("kill", ["-TERM", $"{process.Id}"]);
        await process.WaitForExitAsync().WaitAsync(Limit);
        return process.ExitCode;
    }

    /// <summary>Waits until it ends by itself.</summary>
    public async Task<int> WaitAsync()
    {
        await process.WaitForExitAsync().WaitAsync(Limit);
        return process.ExitCode;
    }

    public static bool IsMounted(string path) => File.ReadLines("/proc/self/mountinfo").Any(line => line.Split(' ')[4] == path);

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited) await KillAsync();
        process.Dispose();
        if (IsMounted(MountPoint))
        {
            using var unmount = Process.Start("umount", ["-l", MountPoint]);
            await unmount.WaitForExitAsync().WaitAsync(Limit);
        }
        if (ownsMountPoint) Directory.Delete(MountPoint);
    }
}
