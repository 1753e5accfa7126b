using System.Diagnostics;

namespace PeerDrive.Fuse.Tests.Mounting;

/// <summary>How mounts begin and end.</summary>
[Trait("speed", "slow")]
public sealed class MountLifeTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Being_told_to_end_unmounts()
    {
        await using var daemon = await Daemon.StartAsync();
        await daemon.ShellAsync("echo x > f");
        Assert.Equal(0, await daemon.TerminateAsync());
        Assert.False(Daemon.IsMounted(daemon.MountPoint));
    }

    [Fact]
    public async Task Being_unmounted_by_somebody_else_ends_the_daemon()
    {
        await using var daemon = await Daemon.StartAsync();
        await daemon.ShellAsync("echo x > f; cd /; umount \"$OLDPWD\"");
        Assert.Equal(0, await daemon.WaitAsync());
    }

    [Fact]
    public async Task Ending_while_in_use_gives_the_user_an_error_and_leaves_nothing_mounted()
    {
        await using var daemon = await Daemon.StartAsync();
        await daemon.ShellAsync("echo x > f");
        using var open = File.OpenRead(Path.Combine(daemon.MountPoint, "f"));
        Assert.Equal(0, await daemon.TerminateAsync());
        Assert.False(Daemon.IsMounted(daemon.MountPoint));
        Assert.ThrowsAny<IOException>(() => File.ReadAllBytes($"/proc/self/fd/{open.SafeFileHandle.DangerousGetHandle()}"));
    }

    [Fact]
    public async Task After_a_kill_the_same_place_is_mounted_again()
    {
        var mountPoint = Directory.CreateTempSubdirectory("peerdrive-fuse-").FullName;
        for (var i = 0; i < 3; i++)
        {
            await using var first = await Daemon.StartAsync(mountPoint);
            await first.ShellAsync("echo x > f");
            await first.KillAsync();
            var (exit, output) = await first.TryShellAsync("ls");
            Assert.NotEqual(0, exit);
            Assert.Contains("not connected", output, StringComparison.Ordinal);
            await using var second = await Daemon.StartAsync(mountPoint);
            Assert.Equal("", await second.ShellAsync("ls"));
            Assert.Equal(0, await second.TerminateAsync());
            Assert.False(Daemon.IsMounted(mountPoint));
        }
        Directory.Delete(mountPoint);
    }

    [Fact]
    public async Task A_living_mount_is_not_mounted_over()
    {
        await using var daemon = await Daemon.StartAsync();
        var (process, line) = await Daemon.LaunchAsync("memory", daemon.MountPoint);
        using var other = process;
        Assert.Null(line);
        Assert.Contains("mounted already", await other.StandardError.ReadToEndAsync().WaitAsync(Limit), StringComparison.Ordinal);
        await daemon.ShellAsync("echo still > there; cat there");
    }

    [Theory]
    [InlineData("/nowhere/at/all", "does not exist")]
    [InlineData("/etc/hostname", "is no directory")]
    public async Task A_mount_point_that_cannot_be_one_is_told_so(string path, string sentence)
    {
        var (process, line) = await Daemon.LaunchAsync("memory", path);
        using var other = process;
        Assert.Null(line);
        Assert.Contains(sentence, await other.StandardError.ReadToEndAsync().WaitAsync(Limit), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_helper_mounts_and_unmounts_too()
    {
        await using var daemon = await Daemon.StartAsync(null, "memory", "helper");
        Assert.Equal("hello", await daemon.ShellAsync("echo hello > f; cat f"));
        Assert.Equal(0, await daemon.TerminateAsync());
        Assert.False(Daemon.IsMounted(daemon.MountPoint));
    }

    [Fact]
    public async Task A_place_with_spaces_and_a_symbolic_link_to_it_work()
    {
        var folder = Directory.CreateTempSubdirectory("peerdrive-fuse-").FullName;
        var place = Directory.CreateDirectory(Path.Combine(folder, "my \\ files")).FullName;
        File.CreateSymbolicLink(Path.Combine(folder, "link"), place);
        await using (var daemon = await Daemon.StartAsync(Path.Combine(folder, "link")))
        {
            await daemon.ShellAsync("echo x > f");
            Assert.True(File.Exists(Path.Combine(place, "f")));
            Assert.Equal(0, await daemon.TerminateAsync());
        }
        Assert.Empty(Directory.EnumerateFileSystemEntries(place));
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task A_signal_ends_a_read_that_waits()
    {
        await using var daemon = await Daemon.StartAsync(null, "memory", "stall=slow");
        await daemon.ShellAsync("echo x > slow; echo y > quick");
        var (exit, output) = await daemon.TryShellAsync("cat quick; timeout -s INT 1 cat slow || echo ended $?; cat quick");
        Assert.Equal((0, "y\nended 124\ny"), (exit, output));
    }

    [Fact]
    public async Task A_mount_with_a_read_that_waits_can_be_ended()
    {
        await using var daemon = await Daemon.StartAsync(null, "memory", "stall=slow");
        await daemon.ShellAsync("echo x > slow");
        using var reader = Process.Start(new ProcessStartInfo("cat", [Path.Combine(daemon.MountPoint, "slow")]) { RedirectStandardError = true })!;
        Assert.Equal(0, await daemon.TerminateAsync());
        await reader.WaitForExitAsync().WaitAsync(Limit);
        Assert.NotEqual(0, reader.ExitCode);
    }

    [Fact]
    public async Task The_kernel_reads_ahead_as_far_as_was_asked()
    {
        if (!OperatingSystem.IsLinux() || Environment.UserName != "root") return;
        await using var daemon = await Daemon.StartAsync();
        Assert.Equal("1024", await daemon.ShellAsync("cat /sys/class/bdi/$(mountpoint -d .)/read_ahead_kb"));
    }
}
