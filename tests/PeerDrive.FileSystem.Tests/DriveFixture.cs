using PeerDrive.Model.Members;

namespace PeerDrive.FileSystem.Tests;

/// <summary>Devices of one test, with folders that are removed with it.</summary>
public abstract class DriveFixture : IAsyncLifetime
{
    private readonly string home = Directory.CreateDirectory(
        Path.Combine(Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath(), $"peerdrive-drive-{Guid.NewGuid():n}")).FullName;

    private readonly List<Device> devices = [];

    internal Device A { get; private set; } = null!;

    internal virtual DriveSettings Settings => new();

    public async Task InitializeAsync()
    {
        A = await Device.CreateAsync(Path.Combine(home, "a"), settings: Settings);
        devices.Add(A);
    }

    public async Task DisposeAsync()
    {
        foreach (var device in devices) await device.DisposeAsync();
        Directory.Delete(home, recursive: true);
    }

    /// <summary>Another device that is a member of A's volume.</summary>
    internal async Task<Device> InviteAsync(Role role = Role.Writer)
    {
        var other = await A.InviteAsync(Path.Combine(home, "b"), role, Settings);
        devices.Add(other);
        return other;
    }

    /// <summary>A device with a volume of its own.</summary>
    internal async Task<Device> AnotherAsync(DriveSettings? settings = null, TimeProvider? time = null, Storage.Disks.IDisk? disk = null)
    {
        var other = await Device.CreateAsync(Path.Combine(home, $"other{devices.Count}"), 3, settings: settings ?? Settings, time: time, disk: disk);
        devices.Add(other);
        return other;
    }
}
