using System.Diagnostics;
using PeerDrive.Client;
using PeerDrive.Client.Contracts;

namespace PeerDrive.EndToEnd.Mounts;

/// <summary>A node whose volumes are mounted. Only other programs look into the mount: the node is a process of its own.</summary>
internal sealed class MountedNode : IAsyncDisposable
{
    private MountedNode(RunningNode node, string mount) => (Node, Mount) = (node, mount);

    public RunningNode Node { get; }

    public string Mount { get; }

    /// <summary>The directory of its only volume.</summary>
    public string Files => Path.Combine(Mount, "Files");

    /// <summary>A plain directory for what is not in the mount.</summary>
    public string Outside { get; private set; } = "";

    /// <returns>Null, and why is said, where this user or machine cannot mount.</returns>
    public static async Task<MountedNode?> TryStartAsync()
    {
        if (!File.Exists("/dev/fuse"))
        {
            Console.WriteLine("skipped: there is no /dev/fuse here");
            return null;
        }
        var mounted = await StartAsync();
        await mounted.Node.Client.CreateVolumeAsync(new CreateVolume("Files", WithRecoveryKey: false), CancellationToken.None);
        return mounted;
    }

    /// <summary>Without a volume.</summary>
    public static Task<MountedNode> StartAsync(params string[] arguments) => StartAsync(RunningNode.StartAsync, arguments);

    /// <summary>Without a volume, in a network namespace where nobody else finds it.</summary>
    public static Task<MountedNode> StartHiddenInAsync(string space, params string[] arguments) =>
        StartAsync((home, all) => RunningNode.StartHiddenInAsync(space, home, all), arguments);

    private static async Task<MountedNode> StartAsync(Func<string, string[], Task<RunningNode>> start, string[] arguments)
    {
        var root = Directory.CreateTempSubdirectory("peerdrive-mount-").FullName;
        var mount = Path.Combine(root, "mount");
        var node = await start(Path.Combine(root, "home"), ["--mount", mount, .. arguments]);
        return new MountedNode(node, mount) { Outside = Directory.CreateDirectory(Path.Combine(root, "outside")).FullName };
    }

    /// <summary>Runs a shell script with <c>$M</c> the volume in the mount and <c>$O</c> the directory outside; what it prints comes back.</summary>
    public string Sh(string script, bool mayFail = false)
    {
        var start = new ProcessStartInfo("/bin/bash") { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = Outside };
        foreach (var argument in new[] { "-euo", "pipefail", "-c", script }) start.ArgumentList.Add(argument);
        start.Environment["M"] = Files;
        start.Environment["O"] = Outside;
        start.Environment["HOME"] = Outside;
        start.Environment["GIT_CONFIG_NOSYSTEM"] = "1";
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        if (!mayFail && process.ExitCode != 0) Assert.Fail($"{script}\nended with {process.ExitCode}:\n{output}\n{errors.Result}\n--- node\n{Node.Log()}");
        return output + errors.Result;
    }

    /// <summary>Waits until all that was done in the mount is committed.</summary>
    public Task CommittedAsync() => Node.UntilAsync("all of the mount to be committed", status => status.Mount is { Pending: 0, Problem: null });

    public async Task CheckIsCleanAsync()
    {
        foreach (var volume in await Node.Client.VolumesAsync(CancellationToken.None))
        {
            var check = await Node.Client.CheckAsync(volume.Id, rebuild: false, CancellationToken.None);
            Assert.True(check.IsClean, string.Join('\n', check.Problems.Concat(check.Damaged)));
        }
    }

    public async Task<IReadOnlyList<RevisionStatus>> LogAsync(string path)
    {
        var volume = (await Node.Client.VolumesAsync(CancellationToken.None))[0].Id;
        return await Node.Client.LogAsync(volume, path, CancellationToken.None);
    }

    /// <summary>The program that judges file systems.</summary>
    public static (int Exit, string Output) Posix(params string[] arguments)
    {
        var program = Path.Combine(AppContext.BaseDirectory, "PeerDrive.Posix.dll");
        using var process = Process.Start(new ProcessStartInfo("dotnet", [program, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output + errors.Result);
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            await Node.StopAsync();
        }
        catch (Exception e) when (e is PeerDriveProblemException or InvalidOperationException or TimeoutException)
        {
            // It was killed, or does not answer: the mount is cleared away below.
        }
        await Node.DisposeAsync();
        Directories.Run("umount", "-l", Mount);
        // Names that are no text are beyond Directory.Delete.
        Directories.Run("rm", "-rf", Path.GetDirectoryName(Mount)!);
    }
}
