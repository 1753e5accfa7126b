using PeerDrive.Model.Errors;
using PeerDrive.Storage.Log;

namespace PeerDrive.Storage.Tests.Log;

public sealed class ChangesetLogTests
{
    [Fact]
    public async Task A_torn_tail_is_cut_and_kept_beside_the_log()
    {
        await using var replica = await TestReplica.CreateAsync();
        await replica.WriteAsync("a", [1]);
        var tree = TestCluster.Tree(replica.Volume);
        await replica.WriteAsync("b", [2]);
        var torn = 0L;
        await replica.ReopenAsync(folder =>
        {
            var log = Single(folder);
            torn = new FileInfo(log).Length;
            using var file = File.OpenWrite(log);
            file.SetLength(torn - 7);
        });
        Assert.Equal(tree, TestCluster.Tree(replica.Volume));
        Assert.True(replica.Volume.CutBytes > 0);
        var kept = Assert.Single(Directory.GetFiles(Path.Combine(replica.Folder, "log"), "*.torn"));
        Assert.Equal(replica.Volume.CutBytes, new FileInfo(kept).Length);
        await replica.WriteAsync("c", [3]);
        await replica.ReopenAsync();
        Assert.Equal([3], TestReplica.Read(replica.Volume, "c"));
        Assert.Equal(0, replica.Volume.CutBytes);
    }

    [Fact]
    public async Task A_log_cut_at_any_byte_opens_with_all_whole_records()
    {
        await using var replica = await TestReplica.CreateAsync();
        for (var i = 0; i < 3; i++) await replica.WriteAsync($"f{i}", [(byte)i]);
        var length = new FileInfo(Single(replica.Folder)).Length;
        for (var cut = length - 1; cut > length - 60; cut -= 7)
        {
            await using var copy = await replica.OpenCopyAsync(folder => Cut(folder, cut));
            Assert.Equal(2, copy.Reader.List(Model.Identifiers.EntryId.Root).Count);
        }
    }

    [Fact]
    public async Task Damage_in_the_middle_is_an_error_and_loses_nothing()
    {
        await using var replica = await TestReplica.CreateAsync();
        for (var i = 0; i < 5; i++) await replica.WriteAsync($"f{i}", [(byte)i]);
        var length = new FileInfo(Single(replica.Folder)).Length;
        byte[]? damaged = null;
        var path = "";
        var error = await Assert.ThrowsAsync<PeerDriveException>(() => replica.OpenCopyAsync(folder =>
        {
            path = Single(folder);
            damaged = File.ReadAllBytes(path);
            damaged[length / 2] ^= 1;
            File.WriteAllBytes(path, damaged);
        }));
        Assert.Equal(ErrorKind.Corrupt, error.Kind);
        Assert.Equal(damaged, File.ReadAllBytes(path));
    }

    [Fact]
    public async Task What_was_retracted_does_not_come_back_over_several_files()
    {
        await using var replica = await TestReplica.CreateAsync();
        for (var i = 0; i < 3; i++) await replica.WriteAsync($"f{i}", new byte[10]);
        using var folder = new TestFolder();
        var disk = new PeerDrive.Storage.Disks.RealDisk();
        using var source = ChangesetLog.Open(disk, CopyOf(replica.Folder, folder.Path));
        var changesets = source.ReadFrom(new LogPosition(1, 0)).Select(found => found.Changeset).ToList();
        using (var log = ChangesetLog.Open(disk, Path.Combine(folder.Path, "other")))
        {
            log.Append(changesets[0]);
            log.Sync();
            var begin = log.End;
            // A position in the third file is what an edit of more than two files' length leaves.
            var record = begin.Offset;
            for (var bytes = 0L; log.End.File < 3; bytes += record) log.Append(changesets[1]);
            Assert.True(log.ReadFrom(begin).Any());
            log.Retract(begin);
            Assert.Equal(begin, log.End);
            log.Append(changesets[2]);
            log.Sync();
        }
        using var again = ChangesetLog.Open(disk, Path.Combine(folder.Path, "other"));
        Assert.Equal([changesets[0].Hash, changesets[2].Hash], again.ReadFrom(new LogPosition(1, 0)).Select(found => found.Changeset.Hash));
        Assert.Equal(0, again.CutBytes);
    }

    private static string CopyOf(string volumeFolder, string target)
    {
        Directory.CreateDirectory(Path.Combine(target, "log"));
        File.Copy(Single(volumeFolder), Path.Combine(target, "log", "00000001.log"));
        return target;
    }

    private static void Cut(string volumeFolder, long length)
    {
        using var file = File.OpenWrite(Single(volumeFolder));
        file.SetLength(length);
    }

    private static string Single(string volumeFolder) => Directory.GetFiles(Path.Combine(volumeFolder, "log"), "*.log").Single();
}
