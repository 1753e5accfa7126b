namespace PeerDrive.Posix.Tests;

/// <summary>That the judges of file systems agree with ext4, and that they find what is wrong.</summary>
[Trait("speed", "slow")]
public sealed class PosixTests
{
    [Fact]
    public async Task Ext4_conforms()
    {
        await using var disk = await Ext4.TryMountAsync();
        if (disk is null) return;
        var (exit, output) = await Program.PosixAsync("conformance", disk.Path);
        Assert.True(exit == 0, output);
        var passed = int.Parse(output.Split('\n').Single(line => line.Contains(" passed, 0 failed", StringComparison.Ordinal)).Split(' ')[0]);
        Assert.True(passed > 900, output);
    }

    [Theory]
    [InlineData("exercise")]
    [InlineData("exercise", "--large")]
    [InlineData("exercise", "--reopen-every", "2000")]
    [InlineData("exercise", "--workers", "4")]
    [InlineData("tree")]
    public async Task The_example_in_memory_stays_equal_to_the_model(string command, params string[] options)
    {
        await using var mount = await MemoryMount.StartAsync();
        var (exit, output) = await Program.PosixAsync([command, mount.Path, "--seed", "1", "--operations", "20000", .. options]);
        Assert.True(exit == 0, output);
        Assert.Contains("20000 operations, 0 mismatches", output, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(mount.Path));
    }

    [Theory]
    [InlineData("Renaming")]
    [InlineData("PathErrors")]
    [InlineData("Transferring")]
    [InlineData("Truncating")]
    [InlineData("DirectoryReading")]
    [InlineData("Linking")]
    [InlineData("Concurrently")]
    [InlineData("Modes.A_change_by_another_clears_set_user_and_set_group(\"copy")]
    public async Task The_example_in_memory_conforms_in_what_it_claims(string filter)
    {
        await using var mount = await MemoryMount.StartAsync();
        var (exit, output) = await Program.PosixAsync("conformance", mount.Path, "--filter", filter);
        Assert.True(exit == 0, output);
    }

    [Fact]
    public async Task A_byte_that_someone_else_changes_is_found()
    {
        var folder = Directory.CreateTempSubdirectory("peerdrive-posix-").FullName;
        // Not made anew when the exerciser has removed it: among ever more files each would be changed ever more rarely.
        var meddle = $"for f in {folder}/exercise-*/file*; do printf x | dd of=$f bs=1 seek=99 conv=notrunc,nocreat status=none 2>/dev/null; done";
        var (exit, output) = await Program.PosixAsync("exercise", folder, "--seed", "1", "--operations", "10000000", "--meanwhile", meddle);
        Assert.Equal(1, exit);
        Assert.Contains("mismatch in operation", output, StringComparison.Ordinal);
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task What_was_synced_survives_a_power_cut_on_ext4()
    {
        await using var disk = await Ext4.TryMountAsync();
        if (disk is null) return;
        var ledger = Path.GetTempFileName();
        for (var seed = 1; seed <= 3; seed++)
        {
            using var writer = Program.Start("PeerDrive.Posix", "crash-writer", disk.Path, "--ledger", ledger, "--seed", $"{seed}");
            for (var line = ""; line is not "1000 operations";) line = await writer.StandardOutput.ReadLineAsync() ?? "1000 operations";
            await disk.CutPowerAsync(writer.Id);
            Assert.Contains("the mount is gone", await writer.StandardOutput.ReadToEndAsync(), StringComparison.Ordinal);
            await writer.WaitForExitAsync();
            Assert.Equal(0, writer.ExitCode);
            await disk.MountAgainAsync();
            var (exit, output) = await Program.PosixAsync("crash-check", disk.Path, "--ledger", ledger);
            Assert.True(exit == 0, output);
        }
        File.Delete(ledger);
    }

    [Theory]
    [InlineData("missing")]
    [InlineData("shorter")]
    [InlineData("flipped")]
    public async Task A_broken_promise_is_found(string how)
    {
        var folder = Directory.CreateTempSubdirectory("peerdrive-posix-").FullName;
        var ledger = Path.GetTempFileName();
        var written = await Program.PosixAsync("crash-writer", folder, "--ledger", ledger, "--seed", "4", "--operations", "500");
        Assert.True(written.Exit == 0, written.Output);
        Assert.Equal(0, (await Program.PosixAsync("crash-check", folder, "--ledger", ledger)).Exit);
        foreach (var file in Directory.EnumerateFiles(folder, "f*", SearchOption.AllDirectories))
        {
            if (how == "missing") File.Delete(file);
            else if (how == "shorter") File.WriteAllBytes(file, File.ReadAllBytes(file)[..^1]);
            else File.WriteAllBytes(file, [.. File.ReadAllBytes(file).Select(b => (byte)(b ^ 0x80))]);
        }
        var (exit, output) = await Program.PosixAsync("crash-check", folder, "--ledger", ledger);
        Assert.Equal(1, exit);
        Assert.Contains("broken: ", output, StringComparison.Ordinal);
        Directory.Delete(folder, recursive: true);
        File.Delete(ledger);
    }
}
