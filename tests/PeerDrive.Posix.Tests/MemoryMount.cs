using System.Diagnostics;

namespace PeerDrive.Posix.Tests;

/// <summary>The example file system in memory, mounted by a process of its own.</summary>
internal sealed class MemoryMount : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly Process process;

    private MemoryMount(Process process, string path) => (this.process, Path) = (process, path);

    public string Path { get; }

    public static async Task<MemoryMount> StartAsync()
    {
        var path = Directory.CreateTempSubdirectory("peerdrive-posix-").FullName;
        var process = Program.Start("PeerDrive.Fuse.Examples", "memory", path);
        Assert.Equal("mounted", await process.StandardOutput.ReadLineAsync().WaitAsync(Limit));
        return new MemoryMount(process, path);
    }

    public async ValueTask DisposeAsync()
    {
        await Program.RunAsync("kill", "-TERM", $"{process.Id}");
        await process.WaitForExitAsync().WaitAsync(Limit);
        process.Dispose();
        Directory.Delete(Path);
    }
}
