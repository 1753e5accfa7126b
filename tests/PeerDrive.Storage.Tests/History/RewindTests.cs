using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Revisions;
using PeerDrive.Storage.History;
using PeerDrive.Storage.Tests.Catalog;
using PeerDrive.Storage.Volumes;
using PeerDrive.Testing;

namespace PeerDrive.Storage.Tests.History;

public sealed class RewindTests
{
    [Fact]
    public async Task What_one_device_did_is_undone_and_what_others_did_since_stays()
    {
        await using var cluster = await TestCluster.CreateAsync(2);
        var (ours, theirs) = (cluster.Volumes[0], cluster.Volumes[1]);
        foreach (var name in new[] { "edited", "renamed", "deleted", "later", "moved on" }) await TestReplica.WriteAsync(ours, name, [1]);
        await ours.CommitAsync(edit => edit.Create(EntryId.Root, EntryName.Create("folder"), TestCluster.Folder()));
        await cluster.SendAllAsync();
        var before = Text(ours);

        await TestReplica.WriteAsync(theirs, "edited", [2]);
        await TestReplica.WriteAsync(theirs, "later", [2]);
        await TestReplica.WriteAsync(theirs, "ransom", [2]);
        var folder = Find(theirs, "folder");
        await theirs.CommitAsync(edit =>
        {
            edit.Move(Find(theirs, "renamed").Id, EntryId.Root, EntryName.Create("renamed.locked"));
            edit.Delete(Find(theirs, "deleted").Id);
            edit.Move(Find(theirs, "moved on").Id, folder.Id, EntryName.Create("hidden"));
        });
        await cluster.SendAllAsync();
        await TestReplica.WriteAsync(ours, "later", [3]);
        await TestReplica.WriteAsync(ours, "new", [3]);

        var rewind = new Rewind(ours, new RewindScope(new HashSet<DeviceId> { theirs.Device }, long.MinValue, long.MaxValue, EntryId.Root), "rewound");
        var planned = rewind.Plan();
        var done = await rewind.RunAsync((_, _) => { }, CancellationToken.None);
        Assert.Equal(planned, done);
        Assert.Equal(
            ["delete /ransom", "keep /later", "move /moved on", "move /renamed", "revise /edited", "undelete /deleted"],
            done.Select(step => $"{step.Action.ToString().ToLowerInvariant()} {step.Path}").Order(StringComparer.Ordinal));
        await cluster.SendAllAsync();
        Assert.Equal(Text(ours), Text(theirs));
        Assert.Equal(before.Replace("later 1", "later 3", StringComparison.Ordinal).Replace("moved on 1", "moved on 1\nnew 3", StringComparison.Ordinal), Text(ours));
        // Done again it finds nothing to do.
        Assert.All(new Rewind(ours, new RewindScope(new HashSet<DeviceId> { theirs.Device }, long.MinValue, long.MaxValue, EntryId.Root), "rewound").Plan(), step => Assert.Equal(RewindAction.Keep, step.Action));
    }

    [Fact]
    public async Task What_others_put_into_what_is_undone_stays_with_its_folder()
    {
        await using var cluster = await TestCluster.CreateAsync(2);
        var (ours, theirs) = (cluster.Volumes[0], cluster.Volumes[1]);
        await theirs.CommitAsync(edit => edit.Create(EntryId.Root, EntryName.Create("made"), TestCluster.Folder()));
        await theirs.CommitAsync(edit => edit.Create(Find(theirs, "made").Id, EntryName.Create("theirs"), TestCluster.File(theirs, "x")));
        await cluster.SendAllAsync();
        await ours.CommitAsync(edit => edit.Create(Find(ours, "made").Id, EntryName.Create("ours"), TestCluster.File(ours, "y")));
        var done = await new Rewind(ours, new RewindScope(new HashSet<DeviceId> { theirs.Device }, long.MinValue, long.MaxValue, EntryId.Root), "rewound").RunAsync((_, _) => { }, CancellationToken.None);
        Assert.Equal(["delete /made/theirs", "keep /made"], done.Select(step => $"{step.Action.ToString().ToLowerInvariant()} {step.Path}").Order(StringComparer.Ordinal));
        Assert.Equal(["ours"], ours.Reader.List(Find(ours, "made").Id).Select(entry => entry.ShownName.ToString()));
    }

    [Fact]
    public async Task Only_what_is_in_the_folder_and_the_span_is_undone()
    {
        var clock = new ManualTimeProvider();
        await using var cluster = await TestCluster.CreateAsync(1, clocks: [clock]);
        var volume = cluster.Volumes[0];
        await volume.CommitAsync(edit => edit.Create(EntryId.Root, EntryName.Create("in"), TestCluster.Folder()));
        var folder = Find(volume, "in").Id;
        async Task WriteAsync(EntryId parent, string name, string text) => await volume.CommitAsync(edit =>
        {
            if (volume.Reader.Find(parent, EntryName.Create(name)) is { } there) edit.Revise(there.Id, TestCluster.File(volume, text));
            else edit.Create(parent, EntryName.Create(name), TestCluster.File(volume, text));
        });
        await WriteAsync(folder, "a", "one");
        await WriteAsync(EntryId.Root, "a", "one");
        clock.Advance(TimeSpan.FromMinutes(1));
        var since = Nanoseconds(clock);
        await WriteAsync(folder, "a", "two");
        await WriteAsync(EntryId.Root, "a", "two");
        var until = Nanoseconds(clock);
        clock.Advance(TimeSpan.FromMinutes(1));
        await WriteAsync(folder, "b", "three");
        var done = await new Rewind(volume, new RewindScope(null, since, until, folder), "rewound").RunAsync((_, _) => { }, CancellationToken.None);
        Assert.Equal("/in/a", Assert.Single(done).Path);
        Assert.Equal("one", TextOf(volume, volume.Reader.Find(folder, EntryName.Create("a"))!));
        Assert.Equal("two", TextOf(volume, Find(volume, "a")));
    }

    [Fact]
    public async Task A_rewind_of_all_since_a_moment_equals_the_tree_of_that_moment()
    {
        var count = int.TryParse(Environment.GetEnvironmentVariable("PEERDRIVE_PAST_COUNT"), out var wanted) ? wanted : Environment.GetEnvironmentVariable("PEERDRIVE_TEST_FULL") is null ? 20 : 10_000;
        var first = int.TryParse(Environment.GetEnvironmentVariable("PEERDRIVE_PAST_SEED"), out var seeded) ? seeded : 1;
        for (var seed = first; seed < first + count; seed++)
        {
            var clock = new ManualTimeProvider();
            await using var cluster = await TestCluster.CreateAsync(1, seed, clocks: [clock]);
            var volume = cluster.Volumes[0];
            var random = new Random(seed);
            for (var step = 0; step < 30; step++) await TreeAgreementTests.EditAsync(volume, random, step);
            var before = Text(volume);
            var then = clock.GetUtcNow();
            clock.Advance(TimeSpan.FromSeconds(1));
            var since = Nanoseconds(clock);
            for (var step = 30; step < 60; step++) await TreeAgreementTests.EditAsync(volume, random, step);
            var changed = Text(volume);
            var until = Nanoseconds(clock);
            clock.Advance(TimeSpan.FromSeconds(1));
            await new Rewind(volume, new RewindScope(null, since, until, EntryId.Root), "rewound").RunAsync((_, _) => { }, CancellationToken.None);
            Assert.True(before == Text(volume), $"seed {seed}:\n{before}\n-- was made\n{changed}\n-- and rewound to\n{Text(volume)}");
            clock.Advance(TimeSpan.FromSeconds(1));
            for (var step = 60; step < 90; step++) await TreeAgreementTests.EditAsync(volume, random, step);
            var restore = new FolderRestore(volume, volume.History.TreeAt(then), EntryId.Root);
            await volume.CommitAsync(edit =>
            {
                restore.Plan("restored");
                restore.Apply(edit);
            });
            Assert.True(before == Text(volume), $"seed {seed}:\n{before}\n-- was restored to\n{Text(volume)}");
        }
    }

    private static EntryView Find(Volume volume, string name) => volume.Reader.Find(EntryId.Root, EntryName.Create(name))!;

    private static string TextOf(Volume volume, EntryView entry) => System.Text.Encoding.UTF8.GetString(volume.Contents.ReadAll(entry.Shown!.Value.Content, 1000));

    private static long Nanoseconds(TimeProvider clock) => (clock.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * 100;

    /// <summary>Paths with what the contents are known by, short for those of one byte.</summary>
    private static string Text(Volume volume)
    {
        var known = Enumerable.Range(1, 3).ToDictionary(n => volume.Contents.Store(new[] { (byte)n }).Root, n => n.ToString(System.Globalization.CultureInfo.InvariantCulture));
        var lines = new List<string>();
        var open = new Stack<(EntryId Folder, string Path)>([(EntryId.Root, "")]);
        while (open.TryPop(out var next))
        {
            foreach (var entry in volume.Reader.List(next.Folder))
            {
                var path = next.Path + entry.ShownName;
                var root = entry.Shown!.Value.Content.Root;
                lines.Add(entry.IsFolder ? path + "/" : $"{path} {known.GetValueOrDefault(root) ?? root.ToHex()}");
                if (entry.IsFolder) open.Push((entry.Id, path + "/"));
            }
        }
        lines.Sort(StringComparer.Ordinal);
        return string.Join('\n', lines);
    }
}
