namespace PeerDrive.Posix.Tests;

/// <summary>A fresh ext4 in a file.</summary>
internal sealed class Ext4 : IAsyncDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("peerdrive-posix-").FullName;

    private Ext4()
    {
    }

    public string Path => System.IO.Path.Combine(folder, "disk");

    /// <returns>Null, and why is said, where this user or machine cannot have one.</returns>
    public static async Task<Ext4?> TryMountAsync()
    {
        var made = new Ext4();
        var image = System.IO.Path.Combine(made.folder, "image");
        using (var file = File.Create(image)) file.SetLength(2L << 30);
        Directory.CreateDirectory(made.Path);
        var (exit, output) = await Program.RunAsync("/bin/sh", "-c", $"PATH=$PATH:/sbin:/usr/sbin; mkfs.ext4 -q -F '{image}' && mount -o loop '{image}' '{made.Path}'");
        if (exit == 0) return made;
        Console.WriteLine($"skipped: no ext4 can be mounted here: {output.Trim()}");
        Directory.Delete(made.folder, recursive: true);
        return null;
    }

    /// <summary>As a power cut is to the file system: nothing that is not on the disk by now comes there.</summary>
    /// <param name="writer">Stands still meanwhile: a sync that is under way when the file system is shut down may be told as done.</param>
    public async Task CutPowerAsync(int writer)
    {
        const string script = """
            kill -STOP $0
            while cat /proc/$0/task/*/stat | sed 's/.*) //' | grep -qv '^T'; do sleep 0.01; done
            python3 -c "import fcntl,os,struct,sys; fcntl.ioctl(os.open(sys.argv[1],os.O_RDONLY),0x8004587D,struct.pack('I',2))" "$1"
            kill -CONT $0
            """;
        Assert.Equal((0, ""), await Program.RunAsync("/bin/sh", "-c", script, $"{writer}", Path));
    }

    public async Task MountAgainAsync()
    {
        await UnmountAsync();
        Assert.Equal((0, ""), await Program.RunAsync("mount", "-o", "loop", System.IO.Path.Combine(folder, "image"), Path));
    }

    public async ValueTask DisposeAsync()
    {
        await UnmountAsync();
        Directory.Delete(folder, recursive: true);
    }

    private async Task UnmountAsync() => Assert.Equal((0, ""), await Program.RunAsync("umount", Path));
}
