using PeerDrive.Model.Changesets;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Merging;
using PeerDrive.Storage.History;
using PeerDrive.Storage.Tests.Catalog;
using PeerDrive.Storage.Volumes;
using PeerDrive.Testing;

namespace PeerDrive.Storage.Tests.History;

/// <summary>Random histories of devices that exchange now and then, with clocks that go wrong.</summary>
public sealed class PastTreeAgreementTests
{
    [Fact]
    public async Task A_past_tree_folder_by_folder_is_what_the_rules_make_of_its_changesets_from_scratch()
    {
        var count = int.TryParse(Environment.GetEnvironmentVariable("PEERDRIVE_PAST_COUNT"), out var wanted) ? wanted : Environment.GetEnvironmentVariable("PEERDRIVE_TEST_FULL") is null ? 30 : 10_000;
        var first = int.TryParse(Environment.GetEnvironmentVariable("PEERDRIVE_PAST_SEED"), out var seeded) ? seeded : 1;
        for (var seed = first; seed < first + count; seed++) await RunAsync(seed);
    }

    private static async Task RunAsync(int seed)
    {
        var devices = 1 + seed % 4;
        var clocks = Enumerable.Range(0, devices).Select(_ => new ManualTimeProvider()).ToList();
        var random = new Random(seed);
        await using var cluster = await TestCluster.CreateAsync(devices, seed, clocks: clocks);
        var noted = new List<(int Device, DateTimeOffset Moment, string Tree)>();
        for (var step = 0; step < 50; step++)
        {
            var at = random.Next(devices);
            // Two devices in three have a clock that runs as it should; the others' are off by more than the exchange takes.
            foreach (var clock in clocks) clock.Advance(TimeSpan.FromSeconds(seed % 3 == 0 ? random.Next(20) : 10));
            if (devices > 1 && random.Next(4) == 0) await cluster.SendAsync(random.Next(devices), at, random.Next(2) == 0 ? 1 : 1 << 20);
            else await TreeAgreementTests.EditAsync(cluster.Volumes[at], random, step);
            if (random.Next(8) != 0 || devices > 1) continue;
            noted.Add((at, clocks[at].GetUtcNow(), TestCluster.Tree(cluster.Volumes[at])));
            // What comes at the very same moment belongs to it too.
            clocks[at].Advance(TimeSpan.FromMilliseconds(1));
        }
        await cluster.SendAllAsync();
        foreach (var clock in clocks) clock.Advance(TimeSpan.FromSeconds(1));
        foreach (var merging in cluster.Volumes.Take(2)) await MergeAsync(merging);
        foreach (var clock in clocks) clock.Advance(TimeSpan.FromSeconds(1));
        await TreeAgreementTests.EditAsync(cluster.Volumes[0], random, 50);
        await cluster.SendAllAsync();
        var volume = cluster.Volumes[random.Next(devices)];
        foreach (var (_, moment, tree) in noted)
        {
            // What was there then, kept beside by the test.
            Assert.True(Lines(tree) == Lines(PastText(cluster.Volumes[0].History.TreeAt(moment))), $"seed {seed}: {moment} shows\n{PastText(cluster.Volumes[0].History.TreeAt(moment))}\n--\n{tree}");
        }
        var changesets = volume.ReadMissing(VersionVector.Empty, int.MaxValue);
        for (var i = 0; i < 12; i++)
        {
            var changeset = changesets[random.Next(changesets.Count)];
            var time = changeset.Body.Time;
            AssertSame(seed, $"moment {time}", volume.Evaluate((row, other) => !row.IsVoid && other.Body.Time <= time), () => volume.History.TreeAt(DateTimeOffset.UnixEpoch.AddTicks(time / 100)));
            var seen = volume.ReadState(known => known.Chains.VectorOf(known.Chains.Require(changeset.Hash)));
            AssertSame(
                seed, $"changeset {changeset.Hash}",
                volume.Evaluate((row, _) => !row.IsVoid && seen.TryGetValue(row.Chain, out var sequence) && sequence >= row.Sequence), () => volume.History.TreeAsOf(changeset.Hash));
        }
    }

    /// <summary>Merges what has several heads: the same on every device that does.</summary>
    private static Task MergeAsync(Volume volume) => volume.CommitAsync(edit =>
    {
        foreach (var document in volume.Reader.Conflicts().Select(entry => entry.Document).Distinct())
        {
            var heads = volume.Reader.Heads(document).Select(head => volume.Reader.Revision(head.Id)!).OrderBy(head => head.Id).ToList();
            if (heads.TrueForAll(head => !head.IsMerge)) edit.Merge(RevisionMerge.Create([.. heads], heads[0].State), null);
        }
    });

    private static void AssertSame(int seed, string what, EvaluatedTree expected, Func<PastTree> anew)
    {
        var actual = anew();
        foreach (var (id, then) in expected.Live)
        {
            var found = actual.Find(id);
            Assert.True(found is not null, $"seed {seed}, {what}: {id} '{then.Name}' is missing");
            var name = then.ShownParent == EntryId.LostAndFound ? found.ShownName : expected.ShownName(id);
            Assert.True(
                (then.ShownParent, then.Name, then.Document, then.IsFolder, name, expected.ShownOf(then.Document)) == (found.Parent, found.Name, found.Document, found.IsFolder, found.ShownName, found.Shown?.Id),
                $"seed {seed}, {what}: expected {then} shown as {name} with {expected.ShownOf(then.Document)}, got {found}");
        }
        var open = new Stack<EntryId>([EntryId.Root]);
        while (open.TryPop(out var folder))
        {
            var children = actual.Children(folder);
            Assert.True(expected.Children(folder).Order().SequenceEqual(children.Select(child => child.Id).Order()), $"seed {seed}, {what}: folder {folder} has others");
            foreach (var child in children)
            {
                Assert.Equal(child, actual.Find(folder, child.ShownName));
                if (child.IsFolder) open.Push(child.Id);
            }
        }
        // Asked in another order, with nothing remembered.
        var again = anew();
        foreach (var (id, then) in expected.Live)
        {
            if (then.ShownParent != EntryId.LostAndFound) Assert.Equal(id, again.Find(then.ShownParent, expected.ShownName(id))?.Id);
        }
    }

    private static string PastText(PastTree tree)
    {
        var lines = new List<string>();
        var open = new Stack<(EntryId Folder, string Path)>([(EntryId.Root, "")]);
        while (open.TryPop(out var next))
        {
            foreach (var entry in tree.Children(next.Folder))
            {
                lines.Add($"{next.Path}/{entry.ShownName} {entry.Id} {entry.Document} {entry.Shown?.Id} 1");
                if (entry.IsFolder) open.Push((entry.Id, $"{next.Path}/{entry.ShownName}"));
            }
        }
        lines.Sort(StringComparer.Ordinal);
        return string.Join('\n', lines);
    }

    private static string Lines(string tree) => string.Join('\n', tree.Split('\n').Where(line => !line.StartsWith("lost+found", StringComparison.Ordinal)));
}
