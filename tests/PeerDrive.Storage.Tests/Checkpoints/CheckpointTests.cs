using PeerDrive.Model.Changesets;
using PeerDrive.Model.Checkpoints;
using PeerDrive.Model.Encoding;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Identity;
using PeerDrive.Model.Members;
using PeerDrive.Model.Revisions;
using PeerDrive.Storage.Checkpoints;
using PeerDrive.Storage.Packs;
using PeerDrive.Storage.Tests.Catalog;
using PeerDrive.Storage.Volumes;

namespace PeerDrive.Storage.Tests.Checkpoints;

public sealed class CheckpointTests
{
    [Fact]
    public async Task A_checkpoint_is_the_tree_and_its_history_makes_it_again_whatever_comes_after()
    {
        for (var seed = 1; seed <= 12; seed++)
        {
            await using var cluster = await TestCluster.CreateAsync(2 + seed % 3, seed);
            var random = new Random(seed);
            var made = new List<(MadeCheckpoint Checkpoint, DeviceCertificate Maker)>();
            for (var step = 0; step < 50; step++)
            {
                var at = random.Next(cluster.Volumes.Count);
                if (random.Next(4) == 0) await cluster.SendAsync(random.Next(cluster.Volumes.Count), at, random.Next(2) == 0 ? 1 : 1 << 20);
                else await TreeAgreementTests.EditAsync(cluster.Volumes[at], random, step);
                if (random.Next(8) != 0) continue;
                var checkpoint = cluster.Volumes[at].Checkpoints.Make(0)!;
                Assert.Same(checkpoint, cluster.Volumes[at].Checkpoints.Make(0));
                Assert.Equal(TestCluster.Tree(cluster.Volumes[at]), Text(Take(cluster.Volumes[at], checkpoint).Tree));
                made.Add((checkpoint, cluster.Volumes[at].Members.CertificateOf(cluster.Volumes[at].Device)!));
            }
            await cluster.SendAllAsync();
            foreach (var (checkpoint, maker) in made)
            {
                await using var joiner = await cluster.OpenEmptyAsync();
                joiner.Checkpoints.Keep(Intake(joiner.Id, checkpoint, maker));
                await TestCluster.SendAsync(cluster.Volumes[0], joiner);
                var verdict = joiner.Checkpoints.Judge();
                Assert.True(verdict is { Why: null }, $"seed {seed}: {verdict?.Why}");
                Assert.Null(joiner.Checkpoints.Kept);
                Assert.Empty(joiner.Checkpoints.Wrong);
            }
        }
    }

    [Fact]
    public async Task What_a_later_removal_makes_void_was_not_void_at_the_checkpoint()
    {
        await using var cluster = await TestCluster.CreateAsync(1);
        var ours = cluster.Volumes[0];
        using var eve = new TestPerson("Eve");
        using var device = eve.NewDevice("eve");
        await ours.CommitAsync(edit =>
        {
            edit.Administer(new Operation.Member(eve.Certificate, Role.Writer, ReadOnlyMemory<byte>.Empty));
            edit.Administer(new Operation.Device(device.Certificate));
        }, Role.Owner);
        await using var theirs = await cluster.OpenEmptyAsync(device, eve.Certificate);
        await TestCluster.SendAsync(ours, theirs);
        await TestReplica.WriteAsync(theirs, "late", [1]);
        // The removal does not know of the file, and cuts it.
        await ours.CommitAsync(edit => edit.RemoveMember(eve.Certificate.Person), Role.Owner);
        var checkpoint = theirs.Checkpoints.Make(0)!;
        await TestCluster.SendAsync(theirs, ours);
        Assert.DoesNotContain("late", TestCluster.Tree(ours), StringComparison.Ordinal);
        await using var joiner = await cluster.OpenEmptyAsync();
        joiner.Checkpoints.Keep(Intake(joiner.Id, checkpoint, device.Certificate));
        Assert.Contains("late", Text(joiner.Checkpoints.Kept!.Tree), StringComparison.Ordinal);
        await TestCluster.SendAsync(ours, joiner);
        Assert.Null(joiner.Checkpoints.Judge()!.Why);
    }

    [Fact]
    public async Task It_is_shown_over_a_restart_until_its_history_has_come_and_nothing_is_made_of_it()
    {
        await using var cluster = await FilledAsync();
        var joiner = await cluster.OpenEmptyAsync();
        try
        {
            Assert.True(joiner.Checkpoints.IsWanted);
            joiner.Checkpoints.Keep(Intake(joiner.Id, cluster.Volumes[0].Checkpoints.Make(0)!, Maker(cluster)));
            Assert.False(joiner.Checkpoints.IsWanted);
            joiner = await cluster.ReopenAsync(joiner);
            Assert.Equal(TestCluster.Tree(cluster.Volumes[0]), Text(joiner.Checkpoints.Kept!.Tree));
            Assert.Equal(0, joiner.Checkpoints.Progress);
            Assert.Equal((3, 1), (joiner.Checkpoints.Kept.Files, joiner.Checkpoints.Kept.Folders));
            Assert.Equal("", TestCluster.Tree(joiner));
            Assert.Equal(VersionVector.Empty, joiner.Vector);
            Assert.Null(joiner.Checkpoints.Judge());
            var all = cluster.Volumes[0].ReadMissing(VersionVector.Empty, int.MaxValue);
            await joiner.ApplyAsync([.. all.Take(all.Count - 1)]);
            Assert.InRange(joiner.Checkpoints.Progress, 0.1, 0.99);
            Assert.Null(joiner.Checkpoints.Judge());
            Assert.NotNull(joiner.Checkpoints.Kept);
            await joiner.ApplyAsync([all[^1]]);
            Assert.Null(joiner.Checkpoints.Judge()!.Why);
            joiner = await cluster.ReopenAsync(joiner);
            Assert.Null(joiner.Checkpoints.Kept);
            Assert.False(File.Exists(Path.Combine(joiner.Folder, "checkpoint")));
        }
        finally
        {
            await joiner.DisposeAsync();
        }
    }

    [Theory]
    [InlineData("missing")]
    [InlineData("added")]
    [InlineData("older")]
    [InlineData("heads")]
    [InlineData("no member")]
    [InlineData("no state")]
    public async Task A_lie_is_found_when_the_history_has_come_and_its_maker_is_named_for_good(string lie)
    {
        await using var cluster = await FilledAsync();
        var maker = cluster.Volumes[0];
        using var stranger = cluster.Person.NewDevice("stranger");
        var honest = Take(maker, maker.Checkpoints.Make(0)!);
        IEnumerable<CheckpointEntry> entries = honest.Tree.Entries;
        var file = honest.Tree.Find(EntryId.Root, EntryName.Create("b"))!;
        var vector = maker.Vector;
        entries = lie switch
        {
            "missing" => entries.Where(entry => entry != file),
            "added" => entries.Append(file with { Id = Id.Hash<EntryId>("more"u8), Name = EntryName.Create("more") }),
            "older" => entries.Select(entry => entry == file ? entry with { Shown = honest.Tree.Find(EntryId.Root, EntryName.Create("a"))!.Shown } : entry),
            "heads" => entries.Select(entry => entry == file ? entry with { Heads = 2 } : entry),
            _ => entries,
        };
        if (lie == "no state") vector = VersionVector.Of(vector.Tips.Skip(1));
        var key = lie == "no member" ? stranger : cluster.KeyOf(0);
        await using (var joiner = await cluster.OpenEmptyAsync())
        {
            joiner.Checkpoints.Keep(Intake(joiner.Id, Forged(maker.Id, key, vector, CheckpointTree.Of(entries)), key.Certificate));
            Assert.NotNull(joiner.Checkpoints.Kept);
            await TestCluster.SendAsync(maker, joiner);
            Assert.NotNull(joiner.Checkpoints.Judge()!.Why);
            Assert.Null(joiner.Checkpoints.Kept);
            Assert.Equal(TestCluster.Tree(maker), TestCluster.Tree(joiner));
            var again = await cluster.ReopenAsync(joiner);
            Assert.Equal(key.Device, Assert.Single(again.Checkpoints.Wrong).Device);
            Assert.Null(again.Checkpoints.Kept);
            Assert.Equal(TestCluster.Tree(maker), TestCluster.Tree(again));
            await again.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_damaged_file_is_removed_and_the_history_comes_all_the_same()
    {
        await using var cluster = await FilledAsync();
        var joiner = await cluster.OpenEmptyAsync();
        joiner.Checkpoints.Keep(Intake(joiner.Id, cluster.Volumes[0].Checkpoints.Make(0)!, Maker(cluster)));
        var path = Path.Combine(joiner.Folder, "checkpoint");
        var whole = await File.ReadAllBytesAsync(path);
        var random = new Random(3);
        for (var n = 0; n < 40; n++)
        {
            var bytes = whole.ToArray();
            if (n % 2 == 0) bytes = bytes[..random.Next(bytes.Length)];
            else bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
            joiner = await cluster.ReopenAsync(joiner, () => File.WriteAllBytes(path, bytes));
            Assert.Null(joiner.Checkpoints.Kept);
            Assert.False(File.Exists(path));
        }
        joiner = await cluster.ReopenAsync(joiner, () =>
        {
            File.WriteAllBytes(path, whole);
            File.WriteAllBytes(path + ".tmp", whole[..10]);
        });
        Assert.NotNull(joiner.Checkpoints.Kept);
        Assert.False(File.Exists(path + ".tmp"));
        await TestCluster.SendAsync(cluster.Volumes[0], joiner);
        Assert.Null(joiner.Checkpoints.Judge()!.Why);
        await joiner.DisposeAsync();
    }

    [Fact]
    public async Task Parts_that_are_not_the_next_right_one_are_refused()
    {
        await using var cluster = await FilledAsync();
        var made = cluster.Volumes[0].Checkpoints.Make(0)!;
        var part = made.Parts[0];
        var plain = CheckpointCodec.EncodeParts(Take(cluster.Volumes[0], made).Tree).First();
        foreach (var wrong in new[]
        {
            part with { Id = Id.Hash<ChunkId>("x"u8) },
            part with { Plain = part.Plain + 1 },
            part with { Plain = int.MaxValue },
            part with { Plain = 0 },
            part with { Payload = part.Payload[..^1] },
            part with { Encoding = ChunkEncoding.Zstd, Payload = "bomb"u8.ToArray() },
            part with { Encoding = ChunkEncoding.Plain, Plain = plain.Length, Payload = plain.Reverse().ToArray() },
        })
        {
            var intake = new CheckpointIntake(cluster.Volumes[0].Id, made.Signed, Maker(cluster));
            Assert.Throws<Model.Errors.PeerDriveException>(() => intake.Add(wrong));
        }
        var once = Intake(cluster.Volumes[0].Id, made, Maker(cluster));
        Assert.Throws<Model.Errors.PeerDriveException>(() => once.Add(part));
        // The header tells of more, or fewer, entries than there are.
        var tree = once.Finish().Tree;
        foreach (var entries in new[] { tree.Entries.Count + 1, tree.Entries.Count - 1 })
        {
            var signed = (once.Header with { Entries = entries }).Sign(cluster.KeyOf(0));
            var intake = new CheckpointIntake(cluster.Volumes[0].Id, signed, Maker(cluster));
            Assert.Throws<Model.Errors.PeerDriveException>(() =>
            {
                intake.Add(part);
                intake.Finish();
            });
        }
    }

    [Fact]
    public async Task None_is_made_of_a_short_history_and_none_is_kept_once_history_has_begun()
    {
        await using var cluster = await FilledAsync();
        Assert.Null(cluster.Volumes[0].Checkpoints.Make(1 << 20));
        await using var joiner = await cluster.OpenEmptyAsync();
        await joiner.ApplyAsync([cluster.Volumes[0].ReadMissing(VersionVector.Empty, int.MaxValue)[0]]);
        joiner.Checkpoints.Keep(Intake(joiner.Id, cluster.Volumes[0].Checkpoints.Make(0)!, Maker(cluster)));
        Assert.Null(joiner.Checkpoints.Kept);
    }

    /// <summary>Two devices' work: a folder, a file in it, and two at the top; a vector of two tips.</summary>
    private static async Task<TestCluster> FilledAsync()
    {
        var cluster = await TestCluster.CreateAsync(2);
        var volume = cluster.Volumes[0];
        EntryView? folder = null;
        await volume.CommitAsync(edit => folder = edit.Create(EntryId.Root, EntryName.Create("folder"), TestCluster.Folder()));
        var state = TestCluster.File(volume, "inner");
        await volume.CommitAsync(edit => edit.Create(folder!.Id, EntryName.Create("inner"), state));
        await TestReplica.WriteAsync(volume, "a", [1]);
        await cluster.SendAsync(0, 1);
        await TestReplica.WriteAsync(cluster.Volumes[1], "b", [2]);
        await cluster.SendAllAsync();
        return cluster;
    }

    private static DeviceCertificate Maker(TestCluster cluster) => cluster.KeyOf(0).Certificate;

    private static KeptCheckpoint Take(Volume maker, MadeCheckpoint made) => Intake(maker.Id, made, maker.Members.CertificateOf(maker.Device)!).Finish();

    private static CheckpointIntake Intake(VolumeId volume, MadeCheckpoint made, DeviceCertificate maker)
    {
        var intake = new CheckpointIntake(volume, made.Signed, maker);
        foreach (var part in made.Parts) intake.Add(part);
        Assert.True(intake.IsComplete);
        return intake;
    }

    private static MadeCheckpoint Forged(VolumeId volume, DeviceKey key, VersionVector vector, CheckpointTree tree)
    {
        var parts = CheckpointCodec.EncodeParts(tree).Select(part => new CheckpointPart(Id.Hash<ChunkId>(part), ChunkEncoding.Plain, part.Length, part)).ToList();
        return new MadeCheckpoint(vector, new CheckpointHeader(volume, key.Device, 1, vector, tree.Entries.Count, [.. parts.Select(part => part.Id)]).Sign(key), parts);
    }

    /// <summary>As <see cref="TestCluster.Tree"/>.</summary>
    private static string Text(CheckpointTree tree)
    {
        var lines = tree.Entries.Select(entry => $"{tree.PathOf(entry).Replace("/lost+found", "lost+found", StringComparison.Ordinal)} {entry.Id} {entry.Document} {entry.Shown?.Id} {entry.Heads}").ToList();
        lines.Sort(StringComparer.Ordinal);
        return string.Join('\n', lines);
    }
}
