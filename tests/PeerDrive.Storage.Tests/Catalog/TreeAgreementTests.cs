using PeerDrive.Model.Changesets;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Revisions;
using PeerDrive.Model.Tree;
using PeerDrive.Storage.Volumes;

namespace PeerDrive.Storage.Tests.Catalog;

public sealed class TreeAgreementTests
{
    private static readonly EntryName[] Names = [EntryName.Create("a"), EntryName.Create("b"), EntryName.Create("c")];

    [Fact]
    public async Task The_incremental_tree_equals_the_tree_from_scratch_on_every_replica()
    {
        var count = int.TryParse(Environment.GetEnvironmentVariable("PEERDRIVE_TREE_COUNT"), out var wanted) ? wanted : 40;
        for (var seed = 1; seed <= count; seed++)
        {
            await using var cluster = await TestCluster.CreateAsync(2 + seed % 3, seed);
            var random = new Random(seed);
            for (var step = 0; step < 60; step++)
            {
                var at = random.Next(cluster.Volumes.Count);
                if (random.Next(4) == 0) await cluster.SendAsync(random.Next(cluster.Volumes.Count), at, random.Next(2) == 0 ? 1 : 1 << 20);
                else await EditAsync(cluster.Volumes[at], random, step);
                if (random.Next(10) == 0) AssertAgrees(cluster.Volumes[at], seed);
            }
            await cluster.SendAllAsync();
            foreach (var volume in cluster.Volumes) AssertAgrees(volume, seed);
            var expected = TestCluster.Tree(cluster.Volumes[0]);
            foreach (var volume in cluster.Volumes.Skip(1)) Assert.True(expected == TestCluster.Tree(volume), $"seed {seed}: replicas differ\n{expected}\n--\n{TestCluster.Tree(volume)}");
            await cluster.ReopenAsync(0);
            Assert.Equal(expected, TestCluster.Tree(cluster.Volumes[0]));
            cluster.Volumes[0].Rebuild();
            Assert.Equal(expected, TestCluster.Tree(cluster.Volumes[0]));
        }
    }

    internal static async Task EditAsync(Volume volume, Random random, int step)
    {
        var live = All(volume);
        var folders = live.Where(entry => entry.IsFolder).Select(entry => entry.Id).Prepend(EntryId.Root).ToList();
        var files = live.Where(entry => !entry.IsFolder).ToList();
        var parent = folders[random.Next(folders.Count)];
        var name = Names[random.Next(Names.Length)];
        var content = TestCluster.File(volume, $"{volume.Device} {step}");
        try
        {
            switch (random.Next(6))
            {
                case 0:
                    await volume.CommitAsync(edit => edit.Create(parent, name, TestCluster.Folder()));
                    break;
                case 1:
                    await volume.CommitAsync(edit => edit.Create(parent, name, content));
                    break;
                case 2 when files.Count > 0:
                    await volume.CommitAsync(edit => edit.Revise(files[random.Next(files.Count)].Id, content));
                    break;
                case 3 or 4 when live.Count > 0:
                    await volume.CommitAsync(edit => edit.Move(live[random.Next(live.Count)].Id, parent, name));
                    break;
                case 5 when live.Count > 0:
                    await volume.CommitAsync(edit => edit.Delete(live[random.Next(live.Count)].Id));
                    break;
            }
        }
        catch (PeerDrive.Model.Errors.PeerDriveException e) when (e.Kind is PeerDrive.Model.Errors.ErrorKind.AlreadyExists or PeerDrive.Model.Errors.ErrorKind.Invalid)
        {
            // A name that is taken, or a folder into itself: a person would be told so.
        }
    }

    private static List<EntryView> All(Volume volume)
    {
        var found = new List<EntryView>();
        var open = new Stack<EntryId>([EntryId.Root]);
        while (open.TryPop(out var folder))
        {
            foreach (var entry in volume.Reader.List(folder))
            {
                found.Add(entry);
                Assert.True(found.Count < 10_000, "a cycle");
                if (entry.IsFolder) open.Push(entry.Id);
            }
        }
        return found;
    }

    private static void AssertAgrees(Volume volume, int seed)
    {
        var vectors = new Dictionary<ChangesetHash, VersionVector>();
        var changesets = new List<TreeChangeset>();
        foreach (var changeset in volume.ReadMissing(VersionVector.Empty, int.MaxValue))
        {
            var own = changeset.Header.Sequence == 1 ? VersionVector.Empty : vectors[changeset.Header.Previous];
            var whole = own.Apply(changeset.Header.Dependencies);
            vectors[changeset.Hash] = whole.Extend(changeset.Tip, changeset.Header.Previous);
            changesets.Add(TreeChangeset.Of(changeset, whole));
        }
        var expected = TreeEvaluation.Evaluate(changesets, null).Entries;
        foreach (var (id, entry) in expected)
        {
            var actual = volume.Reader.Get(id);
            Assert.NotNull(actual);
            Assert.True(
                (entry.Parent, entry.Name, entry.Document, entry.IsLive) == (actual.Parent, actual.Name, actual.Document, actual.IsLive),
                $"seed {seed}, entry {id}: expected {entry}, got {actual}");
            if (entry.IsLive && entry.Rank == 0) Assert.True(actual.ShownName == entry.Name, $"seed {seed}, entry {id}: rank 0 is shown as {actual.ShownName}");
        }
    }
}
