using System.Collections.Immutable;
using PeerDrive.Model.Changesets;
using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Members;
using PeerDrive.Model.Revisions;
using PeerDrive.Storage.Volumes;

namespace PeerDrive.Storage.Tests.Volumes;

public sealed class VolumeFeaturesTests
{
    private const string Feature = "glitter-9@99.0";

    private static readonly ImmutableSortedSet<string> Newer = [.. VolumeFeatures.Known, Feature];

    [Fact]
    public async Task A_replica_that_lacks_a_feature_keeps_and_passes_on_what_it_does_not_apply()
    {
        await using var cluster = await GlitteringAsync();
        var old = cluster.Volumes[1];
        Assert.Equal([Feature], old.LackedFeatures);
        Assert.Equal(["before"], Names(old));
        Assert.Equal(Role.Reader, old.OwnRole);
        Assert.Equal(ErrorKind.Unsupported, (await Assert.ThrowsAsync<PeerDriveException>(() => MakeAsync(old, "mine"))).Kind);

        // What it stores others get from it, and it stays so over a restart.
        await cluster.SendAsync(1, 2);
        Assert.Equal(["after", "before"], Names(cluster.Volumes[2]));
        await cluster.ReopenAsync(1);
        Assert.Equal(([Feature], ["before"]), (cluster.Volumes[1].LackedFeatures.ToArray(), Names(cluster.Volumes[1])), Same);
        cluster.Volumes[1].Rebuild();
        Assert.Equal(["before"], Names(cluster.Volumes[1]));
    }

    [Fact]
    public async Task A_newer_program_applies_what_the_older_one_kept()
    {
        await using var cluster = await GlitteringAsync();
        await cluster.ReopenAsync(1, Newer);
        Assert.Empty(cluster.Volumes[1].LackedFeatures);
        Assert.Equal(TestCluster.Tree(cluster.Volumes[0]), TestCluster.Tree(cluster.Volumes[1]));
        await MakeAsync(cluster.Volumes[1], "mine");
    }

    [Fact]
    public async Task A_feature_that_is_given_up_lets_all_be_applied()
    {
        await using var cluster = await GlitteringAsync();
        await cluster.Volumes[0].CommitAsync(edit => edit.Administer(new Operation.Features([])), Role.Owner);
        await MakeAsync(cluster.Volumes[0], "last");
        await cluster.SendAsync(0, 1);
        for (var round = 0; round < 2; round++)
        {
            Assert.Empty(cluster.Volumes[1].LackedFeatures);
            Assert.Equal(["after", "before", "last"], Names(cluster.Volumes[1]));
            Assert.Equal(TestCluster.Tree(cluster.Volumes[0]), TestCluster.Tree(cluster.Volumes[1]));
            cluster.Volumes[1].Rebuild();
        }
        await MakeAsync(cluster.Volumes[1], "mine");
    }

    [Fact]
    public async Task No_device_asks_for_a_feature_that_it_lacks_itself()
    {
        await using var cluster = await TestCluster.CreateAsync(1);
        var refused = await Assert.ThrowsAsync<PeerDriveException>(() => cluster.Volumes[0].CommitAsync(edit => edit.Administer(new Operation.Features([Feature])), Role.Owner));
        Assert.Equal(ErrorKind.Unsupported, refused.Kind);
        Assert.Contains(Feature, refused.Message, StringComparison.Ordinal);
        await MakeAsync(cluster.Volumes[0], "still");
        Assert.Equal(["still"], Names(cluster.Volumes[0]));
    }

    private static async Task<TestCluster> GlitteringAsync()
    {
        var cluster = await TestCluster.CreateAsync(3, features: [Newer, null, Newer]);
        await MakeAsync(cluster.Volumes[0], "before");
        await cluster.Volumes[0].CommitAsync(edit => edit.Administer(new Operation.Features([Feature])), Role.Owner);
        await MakeAsync(cluster.Volumes[0], "after");
        await cluster.SendAsync(0, 1);
        return cluster;
    }

    private static Task MakeAsync(Volume volume, string name) => volume.CommitAsync(edit => edit.Create(EntryId.Root, EntryName.Create(name), TestCluster.Folder()));

    private static string[] Names(Volume volume) => [.. volume.Reader.List(EntryId.Root).Select(entry => entry.ShownName.ToString())];

    private static readonly EqualityComparer<(string[], string[])> Same =
        EqualityComparer<(string[], string[])>.Create((a, b) => a.Item1.SequenceEqual(b.Item1) && a.Item2.SequenceEqual(b.Item2));
}
