using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Revisions;
using PeerDrive.Simulation.Disks;
using PeerDrive.Simulation.Nodes;
using PeerDrive.Storage.Retention;
using PeerDrive.Storage.Volumes;

namespace PeerDrive.Simulation;

/// <summary>The power goes at every step of letting old versions go and of giving their room back.</summary>
public sealed class ThinningTests
{
    private const int Length = 60_000;

    public static TheoryData<int> Fates => [.. Enum.GetValues<CatalogFate>().Select(fate => (int)fate)];

    [Theory]
    [MemberData(nameof(Fates))]
    public async Task The_power_may_go_at_every_step_of_thinning_and_collecting(int fate)
    {
        var folder = Directory.CreateTempSubdirectory("peerdrive-sim-").FullName;
        try
        {
            var steps = 0;
            for (var isWhole = false; !isWhole; steps++) isWhole = await CrashAfterAsync(steps + 1, (CatalogFate)fate, Path.Combine(folder, $"{steps}"));
            Assert.InRange(steps, 8, 10_000);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <returns>Whether it was done before that step.</returns>
    private static async Task<bool> CrashAfterAsync(int step, CatalogFate fate, string folder)
    {
        var disk = new SimulatedDisk(folder, new Random(step));
        var volume = await Volume.CreateAsync(Context(disk), SimulatedNode.VolumesFolder, "shared", []);
        for (var i = 0; i < 4; i++) await WriteAsync(volume, "file", i);
        for (var i = 0; i < 3; i++) await WriteAsync(volume, "other", 10 + i);
        await WriteAsync(volume, "kept", 20);
        // What goes, another one has too.
        await WriteAsync(volume, "same", 1);
        volume.Contents.Store(Bytes(30));
        var id = volume.Id;
        await volume.DisposeAsync();
        volume = await Volume.OpenAsync(id, Context(disk), SimulatedNode.VolumesFolder);
        disk.CopyCatalog();
        Assert.True(RetentionRule.TryParse("versions 1 hold none", out var rule));
        volume.Retention.SetRule(rule);
        disk.CrashAfter(step);
        var isWhole = false;
        try
        {
            Thin(volume);
            isWhole = true;
        }
        catch (SimulatedCrashException)
        {
            // The power went.
        }
        disk.Die(powerCut: true, fate);
        disk.Revive();
        volume = await Volume.OpenAsync(id, Context(disk), SimulatedNode.VolumesFolder);
        Check(volume);
        Thin(volume);
        Check(volume);
        Assert.Equal((4, 4 * Length), volume.Retention.ThinnedTotals());
        Assert.InRange(volume.Contents.Chunks.DiskBytes(), 4 * Length, (4 * Length) + 20_000);
        await volume.DisposeAsync();
        return isWhole;
    }

    private static void Thin(Volume volume)
    {
        volume.Retention.Thin(volume.Retention.Plan(null, (_, _) => { }, CancellationToken.None), (_, _) => { }, CancellationToken.None);
        volume.Collection.Collect(dryRun: false, (_, _) => { }, CancellationToken.None);
    }

    /// <summary>What is kept is there byte for byte, the rest is whole or known to have gone, and nothing is asked of others.</summary>
    private static void Check(Volume volume)
    {
        foreach (var (name, seed) in new[] { ("file", 3), ("other", 12), ("kept", 20), ("same", 1) })
        {
            var entry = volume.Reader.Find(EntryId.Root, EntryName.Create(name))!;
            Assert.Equal(Bytes(seed), volume.Contents.ReadAll(entry.Shown!.Value.Content, Length));
            foreach (var version in volume.Reader.History(entry.Document))
                Assert.True(volume.Contents.IsHere(version.Content) || volume.Retention.IsThinned(version.Content), name);
        }
        Assert.Empty(volume.MissingContents(10));
        Assert.Empty(volume.Contents.Chunks.FindDamaged(_ => { }));
    }

    private static async Task WriteAsync(Volume volume, string name, int seed)
    {
        var state = new RevisionState { Kind = DocumentKind.File, Mode = 0x1A4, Content = volume.Contents.Store(Bytes(seed)) };
        await volume.CommitAsync(edit =>
        {
            if (volume.Reader.Find(EntryId.Root, EntryName.Create(name)) is { } there) edit.Revise(there.Id, state);
            else edit.Create(EntryId.Root, EntryName.Create(name), state);
        });
    }

    private static VolumeContext Context(SimulatedDisk disk) => new(disk, TimeProvider.System, new Random(1), Identities.Devices[0], Identities.PersonOf(0));

    private static byte[] Bytes(int seed)
    {
        var bytes = new byte[Length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }
}
