using System.Diagnostics;

namespace PeerDrive.Fuse.Tests.Mounting;

/// <summary>Changes that do not come through the mount, while the kernel believes for a day what it was told.</summary>
[Trait("speed", "slow")]
public sealed class NotificationTests
{
    [Fact]
    public async Task A_changed_file_shows_at_once_also_when_it_is_open()
    {
        await using var daemon = await Daemon.StartAsync();
        await daemon.OrderAsync("set f old");
        Assert.Equal("old", await daemon.ShellAsync("cat f"));
        using var open = File.OpenRead(Path.Combine(daemon.MountPoint, "f"));
        using var reader = new StreamReader(open);
        Assert.Equal("old", await reader.ReadToEndAsync());
        await daemon.OrderAsync("set f quite new and longer");
        Assert.Equal("quite new and longer", await daemon.ShellAsync("cat f"));
        open.Position = 0;
        reader.DiscardBufferedData();
        Assert.Equal("quite new and longer", await reader.ReadToEndAsync());
        await daemon.OrderAsync("set f x");
        Assert.Equal("x\n1", await daemon.ShellAsync("cat f; echo; stat -c %s f"));
    }

    [Fact]
    public async Task A_new_and_a_deleted_name_show_at_once()
    {
        await using var daemon = await Daemon.StartAsync();
        Assert.Equal("absent", await daemon.ShellAsync("test -e f || echo absent; ls"));
        await daemon.OrderAsync("set f here");
        Assert.Equal("here\nf", await daemon.ShellAsync("cat f; echo; ls"));
        await daemon.OrderAsync("delete f");
        Assert.Equal("absent", await daemon.ShellAsync("test -e f || echo absent; ls"));
    }

    [Fact]
    public async Task Who_watches_a_file_is_told_of_its_deletion()
    {
        const string watch = """
            import ctypes, os, sys
            c = ctypes.CDLL(None)
            deleted_self = 0x400
            f = c.inotify_init()
            assert c.inotify_add_watch(f, sys.argv[1].encode(), deleted_self) > 0
            print('watching', flush=True)
            print(int.from_bytes(os.read(f, 4096)[4:8], 'little') == deleted_self, flush=True)
            """;
        var limit = TimeSpan.FromSeconds(30);
        await using var daemon = await Daemon.StartAsync();
        await daemon.OrderAsync("set f here");
        using var watcher = Process.Start(new ProcessStartInfo("python3", ["-c", watch, Path.Combine(daemon.MountPoint, "f")]) { RedirectStandardOutput = true })!;
        Assert.Equal("watching", await watcher.StandardOutput.ReadLineAsync().WaitAsync(limit));
        await daemon.OrderAsync("delete f");
        Assert.Equal("True", await watcher.StandardOutput.ReadLineAsync().WaitAsync(limit));
        await watcher.WaitForExitAsync().WaitAsync(limit);
    }
}
