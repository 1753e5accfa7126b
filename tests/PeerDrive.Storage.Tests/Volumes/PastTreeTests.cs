using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Revisions;

namespace PeerDrive.Storage.Tests.Volumes;

public sealed class PastTreeTests
{
    private static readonly DateTimeOffset Always = new(2200, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task A_past_tree_is_computed_while_others_have_the_reader()
    {
        await using var replica = await TestReplica.CreateAsync();
        await replica.WriteAsync("a", [1]);
        var volume = replica.Volume;
        var computing = volume.ReadTogether(() =>
        {
            var started = Task.Factory.StartNew(() => volume.History.TreeAt(Always), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            Assert.True(started.Wait(TimeSpan.FromSeconds(60)));
            return started;
        });
        var past = await computing;
        Assert.Single(past.Children(EntryId.Root));
    }

    [Fact]
    public async Task A_tree_of_a_moment_shows_what_comes_late_and_was_made_before_it()
    {
        await using var cluster = await TestCluster.CreateAsync(2);
        var (here, there) = (cluster.Volumes[0], cluster.Volumes[1]);
        await TestReplica.WriteAsync(there, "late", [1]);
        await TestReplica.WriteAsync(here, "a", [1]);
        var past = here.History.TreeAt(TimeProvider.System.GetUtcNow());
        var asOf = here.History.TreeAsOf(here.Reader.Find(EntryId.Root, EntryName.Create("a"))!.Shown!.Value.Id);
        Assert.Equal(["a"], Names(past));
        await TestReplica.WriteAsync(here, "b", [1]);
        Assert.Equal(["a"], Names(past));
        await cluster.SendAsync(1, 0);
        Assert.Equal(["a", "late"], Names(past));
        Assert.Equal(["a"], Names(asOf));
        here.Rebuild();
        Assert.Equal(["a", "late"], Names(past));
        Assert.Equal(["a"], Names(asOf));
        await here.CommitAsync(edit =>
        {
            edit.Delete(here.Reader.Find(EntryId.Root, EntryName.Create("a"))!.Id);
            Assert.Equal(["a", "late"], Names(past));
            Assert.Equal(["b", "late"], Names(here.History.TreeAt(Always)));
        });
    }

    [Fact]
    public async Task A_changeset_names_the_tree_that_its_maker_had_seen()
    {
        await using var cluster = await TestCluster.CreateAsync(2);
        var (here, there) = (cluster.Volumes[0], cluster.Volumes[1]);
        await TestReplica.WriteAsync(there, "theirs", [1]);
        await TestReplica.WriteAsync(here, "ours", [1]);
        await cluster.SendAllAsync();
        var theirs = here.Vector.Tips.Select(tip => tip.Hash).Select(here.History.TreeAsOf).Select(tree => string.Join(' ', tree.Children(EntryId.Root).Select(entry => entry.ShownName).Order()));
        Assert.Equal(["ours", "theirs"], theirs.Order());
        Assert.Equal(ErrorKind.NotFound, Assert.Throws<PeerDriveException>(() => here.History.TreeAsOf(default(ChangesetHash))).Kind);
    }

    [Fact]
    public async Task Ids_are_found_by_their_beginning_and_by_nothing_else()
    {
        await using var replica = await TestReplica.CreateAsync();
        var entry = await replica.WriteAsync("a", [1]);
        await replica.WriteAsync("b", [2]);
        var reader = replica.Volume.Reader;
        var revision = reader.Get(entry.Id)!.Shown!.Value.Id;
        var changeset = replica.Volume.Vector.Tips.Single().Hash;
        for (var digits = 8; digits <= 32; digits++)
        {
            Assert.Equal(entry.Document, Assert.Single(reader.DocumentsStarting(entry.Document.ToHex()[..digits])));
            Assert.Equal(entry.Id, Assert.Single(reader.EntriesStarting(entry.Id.ToHex()[..digits])).Id);
            Assert.Equal(revision, Assert.Single(reader.RevisionsStarting(revision.ToHex()[..(digits * 2)].ToUpperInvariant())).Id);
            Assert.Equal(changeset, Assert.Single(reader.ChangesetsStarting(changeset.ToHex()[..(digits * 2)])));
        }
        foreach (var wrong in new[] { "", "x", "%", entry.Document.ToHex() + "0", revision.ToHex() + "00", changeset.ToHex() + new string('0', 1000) })
        {
            Assert.Empty(reader.DocumentsStarting(wrong));
            Assert.Empty(reader.EntriesStarting(wrong));
            Assert.Empty(reader.RevisionsStarting(wrong));
            Assert.Empty(reader.ChangesetsStarting(wrong));
        }
    }

    private static IEnumerable<string> Names(PeerDrive.Storage.History.PastTree tree) => tree.Children(EntryId.Root).Select(entry => entry.ShownName.ToString());
}
