using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Revisions;
using PeerDrive.Native.Files;
using PeerDrive.Storage.Contents;
using PeerDrive.Storage.Disks;
using PeerDrive.Storage.Lending;
using PeerDrive.Storage.Tests.Disks;
using PeerDrive.Storage.Volumes;

namespace PeerDrive.Storage.Tests.Lending;

public sealed class LentFilesTests : IDisposable
{
    private static readonly Bits128 Lender = new(3, 4);

    private readonly TestFolder folder = new();

    private string Original => Path.Combine(folder.Path, "original");

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_lent_chunk_is_read_from_the_file_and_nothing_relies_on_it()
    {
        await using var replica = await TestReplica.CreateAsync();
        var bytes = TestReplica.RandomBytes(3 << 20, 1);
        var (content, _) = Lend(replica.Volume, bytes);
        Assert.Equal(bytes, replica.Volume.Contents.ReadAll(content, 4 << 20));
        // The same bytes stored by others go to the packs all the same.
        var stored = replica.Volume.Contents.Store(bytes);
        Assert.Equal(content.Root, stored.Root);
        File.WriteAllBytes(Original, TestReplica.RandomBytes(3 << 20, 2));
        Assert.Equal(bytes, replica.Volume.Contents.ReadAll(content, 4 << 20));
    }

    [Fact]
    public async Task A_check_finds_what_was_overwritten()
    {
        await using var replica = await TestReplica.CreateAsync();
        var (content, _) = Lend(replica.Volume, TestReplica.RandomBytes(3 << 20, 1));
        Assert.Empty(replica.Volume.Contents.Chunks.FindDamaged(_ => { }));
        using (var file = File.OpenWrite(Original)) file.Write([1, 2, 3]);
        var damaged = Assert.Single(replica.Volume.Contents.Chunks.FindDamaged(_ => { }));
        Assert.Equal(damaged, Assert.Single(replica.Volume.Contents.Missing(content, 10)));
        Assert.True(replica.Volume.Contents.Chunks.Lent.TakeLost());
        Assert.False(replica.Volume.Contents.Chunks.Lent.TakeLost());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Wherever_a_takeover_stops_the_bytes_are_there_afterwards(bool isOurs)
    {
        for (var failAt = 1; ; failAt++)
        {
            await using var replica = await TestReplica.CreateAsync();
            var disk = new FaultyDisk(new RealDisk()) { Error = ErrorKind.Io, Failures = 1_000_000 };
            await replica.ReopenAsync(disk: disk);
            var bytes = TestReplica.RandomBytes(2 << 20, failAt);
            var (content, file) = Lend(replica.Volume, bytes);
            if (isOurs) File.Delete(Original);
            disk.FailAt = disk.Operations + failAt;
            try
            {
                replica.Volume.Contents.Chunks.Lent.TakeOver(file, isOurs);
            }
            catch (PeerDriveException e) when (e.Kind == ErrorKind.Io)
            {
                // The process dies here.
            }
            var hasFailed = disk.HasFailed;
            disk.FailAt = 0;
            foreach (var withCatalog in new[] { true, false })
            {
                await replica.ReopenAsync(withCatalog ? null : TestReplica.DeleteCatalog);
                Assert.Equal(bytes, replica.Volume.Contents.ReadAll(content, 4 << 20));
                Assert.Empty(replica.Volume.Contents.Chunks.FindDamaged(_ => { }));
            }
            foreach (var again in replica.Volume.Contents.Chunks.Lent.Of(Lender)) replica.Volume.Contents.Chunks.Lent.TakeOver(again, isOurs);
            Assert.Equal(bytes, replica.Volume.Contents.ReadAll(content, 4 << 20));
            Assert.Empty(Directory.GetFiles(replica.Volume.Contents.Chunks.Lent.Folder));
            if (hasFailed) continue;
            Assert.True(failAt > 5, $"only {failAt} operations");
            return;
        }
    }

    [Fact]
    public async Task Wherever_lending_stops_nothing_wrong_is_believed()
    {
        for (var failAt = 1; ; failAt++)
        {
            await using var replica = await TestReplica.CreateAsync();
            var disk = new FaultyDisk(new RealDisk()) { Error = ErrorKind.Io, Failures = 1_000_000 };
            await replica.ReopenAsync(disk: disk);
            var bytes = TestReplica.RandomBytes(2 << 20, failAt);
            disk.FailAt = disk.Operations + failAt;
            Content? content = null;
            try
            {
                (content, _) = Lend(replica.Volume, bytes);
            }
            catch (PeerDriveException e) when (e.Kind == ErrorKind.Io)
            {
                // The process dies here.
            }
            disk.FailAt = 0;
            await replica.ReopenAsync(TestReplica.DeleteCatalog);
            if (content is { } whole) Assert.Equal(bytes, replica.Volume.Contents.ReadAll(whole, 4 << 20));
            var lent = replica.Volume.Contents.Chunks.Lent;
            Assert.InRange(Directory.GetFiles(lent.Folder).Length, 0, 2);
            Assert.Empty(replica.Volume.Contents.Chunks.FindDamaged(_ => { }));
            File.Delete(Original);
            if (content is not null) return;
        }
    }

    [Fact]
    public async Task A_file_that_was_written_into_is_taken_over_as_far_as_it_is_right()
    {
        await using var replica = await TestReplica.CreateAsync();
        var bytes = TestReplica.RandomBytes(3 << 20, 1);
        var (content, file) = Lend(replica.Volume, bytes);
        var chunks = replica.Volume.Contents.Leaves(content).Count();
        using (var opened = File.OpenWrite(Original)) opened.Write([1, 2, 3]);
        replica.Volume.Contents.Chunks.Lent.TakeOver(file, isOurs: false);
        Assert.Single(replica.Volume.Contents.Missing(content, 100));
        Assert.Equal(chunks - 1, replica.Volume.Contents.Leaves(content).Count(leaf => replica.Volume.Contents.Chunks.Contains(leaf.Id)));
        Assert.Empty(replica.Volume.Contents.Chunks.FindDamaged(_ => { }));
    }

    [Fact]
    public async Task Packs_that_are_not_needed_any_more_go_and_what_else_was_in_them_stays()
    {
        await using var replica = await TestReplica.CreateAsync();
        var bytes = TestReplica.RandomBytes(150 << 20, 1);
        var others = new List<byte[]>();
        for (var at = 0; at < bytes.Length; at += 10 << 20)
        {
            replica.Volume.Contents.Store(bytes.AsMemory(at, 7 << 20), 2);
            others.Add(TestReplica.RandomBytes(200_000, at));
            replica.Volume.Contents.Store(others[^1]);
        }
        // Each part as a content of its own has its own chunks; the file as a whole has most of them.
        var (content, _) = Lend(replica.Volume, bytes);
        var before = PackBytes(replica);
        var given = replica.Volume.Contents.Chunks.DropRedundant(CancellationToken.None);
        Assert.InRange(given, 1 << 20, before);
        Assert.True(PackBytes(replica) < before - (20 << 20), $"{before} became {PackBytes(replica)}");
        foreach (var catalog in new[] { true, false })
        {
            await replica.ReopenAsync(catalog ? null : TestReplica.DeleteCatalog);
            Assert.Equal(bytes, replica.Volume.Contents.ReadAll(content, 200 << 20));
            foreach (var other in others) Assert.Empty(replica.Volume.Contents.Missing(replica.Volume.Contents.Store(other), 1));
            Assert.Empty(replica.Volume.Contents.Chunks.FindDamaged(_ => { }));
        }
    }

    [Fact]
    public async Task Nothing_is_dropped_for_a_file_that_was_written_into()
    {
        await using var replica = await TestReplica.CreateAsync();
        var bytes = TestReplica.RandomBytes(90 << 20, 1);
        for (var at = 0; at < bytes.Length; at += 5 << 20) replica.Volume.Contents.Store(bytes.AsMemory(at, Math.Min(7 << 20, bytes.Length - at)), 2);
        var (content, _) = Lend(replica.Volume, bytes);
        using (var file = File.OpenWrite(Original)) file.Write([1, 2, 3]);
        var before = PackBytes(replica);
        Assert.Equal(0, replica.Volume.Contents.Chunks.DropRedundant(CancellationToken.None));
        Assert.Equal(before, PackBytes(replica));
        Assert.NotEqual(default, content.Root);
    }

    private static long PackBytes(TestReplica replica) => Directory.GetFiles(Path.Combine(replica.Folder, "packs")).Sum(file => new FileInfo(file).Length);

    private (Content Content, LentFile File) Lend(Volume volume, byte[] bytes)
    {
        File.WriteAllBytes(Original, bytes);
        var lent = volume.Contents.Chunks.Lent;
        var writer = lent.Begin(Lender, lent.Folder);
        using (var from = Libc.Open(System.Text.Encoding.UTF8.GetBytes(folder.Path), OpenFlags.ReadOnly | OpenFlags.Folder))
        using (var to = Libc.Open(System.Text.Encoding.UTF8.GetBytes(lent.Folder), OpenFlags.ReadOnly | OpenFlags.Folder))
            Libc.Link(from, "original"u8, to, System.Text.Encoding.UTF8.GetBytes(writer.Pack.ToString()));
        var content = volume.Contents.Lend(new MemorySource(bytes), 0, writer, null, CancellationToken.None);
        var stamp = new RealDisk().Stamp(Original)!.Value;
        return (content, lent.Add(writer, stamp));
    }
}
