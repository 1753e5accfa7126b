using PeerDrive.Native.Files;

namespace PeerDrive.Folders.Tests;

/// <summary>A folder on another file system than a given one, removed when disposed.</summary>
internal sealed class OtherFileSystem : IDisposable
{
    private OtherFileSystem(string path) => Path = path;

    public string Path { get; }

    /// <returns>Null when the machine has only one that can be written to.</returns>
    public static OtherFileSystem? TryCreate(string than)
    {
        var root = Directory.Exists("/dev/shm") ? "/dev/shm" : "/var/tmp";
        if (DeviceOf(root) == DeviceOf(than)) return null;
        return new OtherFileSystem(Directory.CreateDirectory(System.IO.Path.Combine(root, $"peerdrive-test-{Guid.NewGuid():n}")).FullName);
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);

    private static ulong? DeviceOf(string path) => Libc.StatAt(null, System.Text.Encoding.UTF8.GetBytes(path))?.Device;
}
