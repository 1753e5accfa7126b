namespace PeerDrive.Storage.Tests;

/// <summary>A new folder that is removed with everything in it; in memory where the machine has a place for that.</summary>
internal sealed class TestFolder : IDisposable
{
    public TestFolder()
    {
        var root = Directory.Exists("/dev/shm") ? "/dev/shm" : System.IO.Path.GetTempPath();
        Path = Directory.CreateDirectory(System.IO.Path.Combine(root, $"peerdrive-test-{Guid.NewGuid():n}")).FullName;
    }

    public string Path { get; }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
