using PeerDrive.Model.Changesets;
using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Members;
using PeerDrive.Model.Revisions;
using PeerDrive.Storage.Volumes;

namespace PeerDrive.Storage.Tests.Volumes;

public sealed class VolumeTests
{
    private static readonly EntryName A = EntryName.Create("a"), B = EntryName.Create("b");

    [Fact]
    public async Task A_root_that_is_named_with_a_false_depth_keeps_nobody_from_the_honest_content()
    {
        await using var cluster = await TestCluster.CreateAsync(2);
        var (forger, other) = (cluster.Volumes[0], cluster.Volumes[1]);
        var honest = TestCluster.File(forger, new string('x', 5000));
        var forged = honest with { Content = honest.Content with { Depth = honest.Content.Depth + 1 } };
        await forger.CommitAsync(edit =>
        {
            edit.Create(EntryId.Root, EntryName.Create("forged"), forged);
            edit.Create(EntryId.Root, EntryName.Create("honest"), honest);
        });
        await cluster.SendAllAsync();
        Assert.Equal([honest.Content, forged.Content], other.MissingContents(10).OrderBy(content => content.Depth));
        using (var chunk = forger.Contents.Chunks.ReadStored(honest.Content.Root))
            Assert.True(other.Contents.Chunks.TryPutReceived(TestReplica.Sent(honest.Content.Root, chunk.Payload.Span, chunk.Encoding, chunk.Plain)));
        other.ContentsArrived([honest.Content]);
        Assert.Equal([forged.Content], other.MissingContents(10));
        Assert.Equal(new string('x', 5000), System.Text.Encoding.UTF8.GetString(other.Contents.ReadAll(honest.Content, 5000)));
    }

    [Fact]
    public async Task Of_what_is_missing_the_newest_are_told_and_the_older_of_them_first()
    {
        await using var cluster = await TestCluster.CreateAsync(2);
        var states = Enumerable.Range(0, 3).Select(i => TestCluster.File(cluster.Volumes[0], new string((char)('a' + i), 5000))).ToList();
        foreach (var (i, state) in states.Index()) await cluster.Volumes[0].CommitAsync(edit => edit.Create(EntryId.Root, EntryName.Create($"f{i}"), state));
        await cluster.SendAllAsync();
        Assert.Equal(states.Skip(1).Select(state => state.Content), cluster.Volumes[1].MissingContents(2));
        Assert.Equal(states.Select(state => state.Content), cluster.Volumes[1].MissingContents(10));
    }

    [Fact]
    public async Task A_device_restored_from_an_old_image_commits_after_its_own_log_came_back_and_does_not_fork()
    {
        await using var replica = await TestReplica.CreateAsync();
        await using var image = await replica.OpenCopyAsync();
        await replica.WriteAsync("one", [1]);
        await replica.WriteAsync("two", [2]);
        image.AwaitOwnLog(new object(), replica.Volume.Vector);
        var commit = TestReplica.WriteAsync(image, "three", [3]);
        var missing = replica.Volume.ReadMissing(image.Vector, int.MaxValue);
        await image.ApplyAsync([missing[0]]);
        Assert.False(commit.IsCompleted);
        await image.ApplyAsync([.. missing.Skip(1)]);
        await commit;
        Assert.Equal(["one", "three", "two"], image.Reader.List(EntryId.Root).Select(entry => entry.ShownName.ToString()));
        Assert.Null((await replica.Volume.ApplyAsync(image.ReadMissing(replica.Volume.Vector, int.MaxValue))).Refusal);
        Assert.Empty(replica.Volume.Reader.ForkedDevices());
        Assert.Equal(replica.Volume.Vector, image.Vector);
    }

    [Fact]
    public async Task Whoever_claims_more_of_our_log_than_there_is_holds_commits_up_for_a_while_only_and_once()
    {
        await using var replica = await TestReplica.CreateAsync();
        using var wait = new OwnLogWait(TimeProvider.System);
        var lie = VersionVector.Of([new Tip(AuthorId.Of(replica.Volume.Device, 0), 99, default)]);
        var liar = new object();
        replica.Volume.AwaitOwnLog(liar, lie);
        var commit = replica.WriteAsync("one", [1]);
        Assert.False(commit.IsCompleted);
        replica.Volume.StopAwaitingOwnLog(liar);
        await commit;

        wait.Begin(liar, [default]);
        Assert.False(wait.Ended.IsCompleted);
        wait.GiveUp();
        Assert.True(wait.Ended.IsCompleted);
        wait.Begin(liar, [default]);
        Assert.True(wait.Ended.IsCompleted);
    }

    [Fact]
    public void Commits_wait_for_the_own_log_as_long_as_one_of_the_peers_that_have_it_is_there()
    {
        using var wait = new OwnLogWait(TimeProvider.System);
        object one = new(), other = new(), third = new();
        wait.Begin(one, [default]);
        wait.Begin(other, [default]);
        wait.End(third);
        wait.End(one);
        Assert.False(wait.Ended.IsCompleted);
        wait.End(other);
        Assert.True(wait.Ended.IsCompleted);
        wait.Begin(one, [default]);
        wait.Begin(other, [default]);
        wait.Progress(_ => true);
        Assert.True(wait.Ended.IsCompleted);
    }

    [Fact]
    public async Task A_device_that_made_two_changesets_of_one_number_is_named()
    {
        await using var replica = await TestReplica.CreateAsync();
        await using var copy = await replica.OpenCopyAsync();
        await replica.WriteAsync("one", [1]);
        await TestReplica.WriteAsync(copy, "other", [2]);
        Assert.Empty(replica.Volume.Reader.ForkedDevices());
        Assert.Null((await replica.Volume.ApplyAsync(copy.ReadMissing(replica.Volume.Vector, int.MaxValue))).Refusal);
        Assert.Equal([replica.Volume.Device], replica.Volume.Reader.ForkedDevices());
        Assert.Equal(2, replica.Volume.Reader.List(EntryId.Root).Count);
    }

    [Fact]
    public async Task Many_commits_at_once_are_all_there_after_opening_again()
    {
        await using var replica = await TestReplica.CreateAsync();
        await Task.WhenAll(Enumerable.Range(0, 200).Select(i => replica.WriteAsync($"f{i}", [(byte)i])));
        var tree = TestCluster.Tree(replica.Volume);
        await replica.ReopenAsync();
        Assert.Equal(tree, TestCluster.Tree(replica.Volume));
        Assert.Equal(200, replica.Volume.Reader.List(EntryId.Root).Count);
    }

    [Fact]
    public async Task A_failing_edit_takes_all_of_itself_back_and_hurts_no_other_of_its_group()
    {
        await using var replica = await TestReplica.CreateAsync();
        var volume = replica.Volume;
        var good = Enumerable.Range(0, 20).Select(i => volume.CommitAsync(edit => edit.Create(EntryId.Root, EntryName.Create($"good{i}"), TestCluster.Folder()))).ToList();
        var bad = volume.CommitAsync(edit =>
        {
            edit.Create(EntryId.Root, A, TestCluster.Folder());
            edit.Create(EntryId.Root, A, TestCluster.Folder());
        });
        var worse = volume.CommitAsync(edit =>
        {
            edit.Create(EntryId.Root, B, TestCluster.Folder());
            throw new InvalidOperationException("a fault of the caller");
        });
        Assert.Equal(ErrorKind.AlreadyExists, (await Assert.ThrowsAsync<PeerDriveException>(() => bad)).Kind);
        Assert.Equal(ErrorKind.Internal, (await Assert.ThrowsAsync<PeerDriveException>(() => worse)).Kind);
        await Task.WhenAll(good);
        Assert.Equal(20, volume.Reader.List(EntryId.Root).Count);
        var tree = TestCluster.Tree(volume);
        await replica.ReopenAsync(TestReplica.DeleteCatalog);
        Assert.Equal(tree, TestCluster.Tree(replica.Volume));
    }

    [Fact]
    public async Task Without_its_catalog_a_volume_shows_the_same_tree_history_and_contents()
    {
        await using var replica = await TestReplica.CreateAsync();
        for (var i = 0; i < 5; i++) await replica.WriteAsync("notes", TestReplica.RandomBytes(400_000, i));
        var file = await replica.WriteAsync("gone", [1]);
        await replica.Volume.CommitAsync(edit => edit.Delete(file.Id));
        var tree = TestCluster.Tree(replica.Volume);
        var document = replica.Volume.Reader.Find(EntryId.Root, EntryName.Create("notes"))!.Document;
        var history = replica.Volume.Reader.History(document).Select(view => view.Id).ToList();
        await replica.ReopenAsync(TestReplica.DeleteCatalog);
        Assert.Equal(tree, TestCluster.Tree(replica.Volume));
        Assert.Equal(history, replica.Volume.Reader.History(document).Select(view => view.Id));
        Assert.Equal(TestReplica.RandomBytes(400_000, 4), TestReplica.Read(replica.Volume, "notes"));
        Assert.Equal((0, 0), replica.Volume.MissingTotals());
        Assert.Single(replica.Volume.Reader.Trash(10));
        replica.Volume.Rebuild();
        Assert.Equal(tree, TestCluster.Tree(replica.Volume));
        await replica.WriteAsync("notes", [7]);
    }

    [Theory]
    [InlineData(0, 100)]
    [InlineData(4096, 8192)]
    [InlineData(20, 1 << 20)]
    public async Task A_damaged_catalog_is_made_anew(int from, int length)
    {
        await using var replica = await TestReplica.CreateAsync();
        for (var i = 0; i < 30; i++) await replica.WriteAsync($"file{i}", TestReplica.RandomBytes(200, i));
        var tree = TestCluster.Tree(replica.Volume);
        await replica.ReopenAsync(folder =>
        {
            var path = Path.Combine(folder, "catalog.db");
            var bytes = File.ReadAllBytes(path);
            TestReplica.RandomBytes(Math.Min(length, bytes.Length - from), 5).CopyTo(bytes, from);
            File.WriteAllBytes(path, bytes);
        });
        Assert.Equal(tree, TestCluster.Tree(replica.Volume));
        await replica.WriteAsync("more", [1]);
    }

    [Fact]
    public async Task A_catalog_of_another_state_of_the_log_is_made_anew()
    {
        await using var replica = await TestReplica.CreateAsync();
        await replica.WriteAsync("a", [1]);
        await using var branch = await replica.OpenCopyAsync();
        for (var i = 0; i < 3; i++) await replica.WriteAsync($"main{i}", [(byte)i]);
        for (var i = 0; i < 9; i++) await TestReplica.WriteAsync(branch, $"a longer name on the branch {i}", [(byte)i]);
        var tree = TestCluster.Tree(branch);
        var log = Path.Combine(branch.Folder, "log", "00000001.log");
        var copy = Path.Combine(branch.Folder, "log.copy");
        File.Copy(log, copy);
        await replica.ReopenAsync(folder => File.Copy(copy, Path.Combine(folder, "log", "00000001.log"), overwrite: true));
        Assert.Equal(
            tree.Split('\n').Select(line => line.Split(' ')[0]), TestCluster.Tree(replica.Volume).Split('\n').Select(line => line.Split(' ')[0]));
    }

    [Fact]
    public async Task What_was_committed_survives_the_end_of_the_process_at_any_time()
    {
        await using var replica = await TestReplica.CreateAsync();
        for (var i = 0; i < 10; i++)
        {
            await replica.WriteAsync($"f{i}", TestReplica.RandomBytes(1000 * i, i));
            await using var killed = await replica.OpenCopyAsync();
            Assert.Equal(TestCluster.Tree(replica.Volume), TestCluster.Tree(killed));
            Assert.Equal(TestReplica.RandomBytes(1000 * i, i), TestReplica.Read(killed, $"f{i}"));
        }
    }

    [Fact]
    public async Task Two_clones_of_one_device_keep_both_branches_and_go_on_under_a_new_author()
    {
        await using var replica = await TestReplica.CreateAsync();
        await replica.WriteAsync("common", [1]);
        await using var clone = await replica.OpenCopyAsync();
        await using var third = await replica.OpenCopyAsync();
        await replica.WriteAsync("left", [2]);
        await TestReplica.WriteAsync(clone, "right", [3]);
        Volume[] all = [replica.Volume, clone, third];
        await ExchangeAsync(all);
        foreach (var volume in all)
        {
            Assert.Equal(["common", "left", "right"], volume.Reader.List(EntryId.Root).Select(entry => entry.ShownName.ToString()));
            Assert.Equal(TestCluster.Tree(all[0]), TestCluster.Tree(volume));
        }
        await TestReplica.WriteAsync(clone, "after", [4]);
        await replica.WriteAsync("later", [5]);
        await ExchangeAsync(all);
        Assert.Equal(TestCluster.Tree(all[0]), TestCluster.Tree(all[1]));
        Assert.Equal(TestCluster.Tree(all[0]), TestCluster.Tree(all[2]));
        var tree = TestCluster.Tree(replica.Volume);
        await replica.ReopenAsync(TestReplica.DeleteCatalog);
        Assert.Equal(tree, TestCluster.Tree(replica.Volume));
    }

    [Fact]
    public async Task A_device_restored_from_an_old_image_fetches_its_log_back()
    {
        await using var replica = await TestReplica.CreateAsync();
        await replica.WriteAsync("old", [1]);
        await using var image = await replica.OpenCopyAsync();
        await replica.WriteAsync("new", [2]);
        await ExchangeAsync([replica.Volume, image]);
        await TestReplica.WriteAsync(image, "newer", [3]);
        await ExchangeAsync([replica.Volume, image]);
        Assert.Equal(TestCluster.Tree(replica.Volume), TestCluster.Tree(image));
        Assert.Single(image.Vector.Tips);
    }

    [Fact]
    public async Task A_removed_members_later_changes_are_void_on_every_replica_and_after_a_rebuild()
    {
        await using var cluster = await TestCluster.CreateAsync(2);
        using var other = new TestPerson("Eve");
        using var device = other.NewDevice("eve");
        var owner = cluster.Volumes[0];
        await owner.CommitAsync(edit =>
        {
            edit.Administer(new Operation.Member(other.Certificate, Role.Writer, ReadOnlyMemory<byte>.Empty));
            edit.Administer(new Operation.Device(device.Certificate));
        }, Role.Owner);
        await cluster.SendAllAsync();
        using var folder = new TestFolder();
        var context = new VolumeContext(new PeerDrive.Storage.Disks.RealDisk(), TimeProvider.System, new Random(9), device, other.Certificate);
        await using var eve = await Volume.OpenAsync(owner.Id, context, folder.Path);
        await eve.ApplyAsync(owner.ReadMissing(eve.Vector, 1 << 20));
        await TestReplica.WriteAsync(eve, "counted", [1]);
        await owner.ApplyAsync(eve.ReadMissing(owner.Vector, 1 << 20));
        var counted = eve.Vector.Tips.Single(tip => owner.Vector.Tips.Contains(tip) && tip.Author == AuthorId.Of(device.Device, 0));
        await TestReplica.WriteAsync(eve, "void", [2]);
        // One replica has the void change before the removal, the other after it.
        await cluster.Volumes[1].ApplyAsync(eve.ReadMissing(cluster.Volumes[1].Vector, 1 << 20));
        await owner.CommitAsync(edit => edit.Administer(new Operation.RemoveMember(other.Certificate.Person, [counted])), Role.Owner);
        await owner.ApplyAsync(eve.ReadMissing(owner.Vector, 1 << 20));
        await cluster.SendAllAsync();
        foreach (var volume in cluster.Volumes)
        {
            Assert.Equal(["counted"], volume.Reader.List(EntryId.Root).Select(entry => entry.Name.ToString()));
            volume.Rebuild();
            Assert.Equal(["counted"], volume.Reader.List(EntryId.Root).Select(entry => entry.Name.ToString()));
        }
    }

    [Fact]
    public async Task A_deleted_name_made_again_continues_its_history()
    {
        await using var replica = await TestReplica.CreateAsync();
        var first = await replica.WriteAsync("a", [1]);
        await replica.Volume.CommitAsync(edit => edit.Delete(first.Id));
        var second = await replica.WriteAsync("a", [2]);
        Assert.Equal((first.Id, first.Document), (second.Id, second.Document));
        Assert.Equal(2, replica.Volume.Reader.History(second.Document).Count);
        Assert.Single(replica.Volume.Reader.Heads(second.Document));
    }

    [Fact]
    public async Task What_is_deleted_comes_back_from_the_trash_with_its_folders()
    {
        await using var replica = await TestReplica.CreateAsync();
        var volume = replica.Volume;
        EntryId folder = default, file = default;
        await volume.CommitAsync(edit =>
        {
            folder = edit.Create(EntryId.Root, A, TestCluster.Folder()).Id;
            file = edit.Create(folder, B, TestCluster.Folder() with { Kind = DocumentKind.File }).Id;
        });
        await volume.CommitAsync(edit => edit.Delete(folder));
        Assert.Empty(volume.Reader.List(EntryId.Root));
        Assert.Equal(2, volume.Reader.Trash(10).Count);
        await volume.CommitAsync(edit => edit.Undelete(file));
        Assert.Equal("/a/b", volume.Reader.PathOf(file));
        Assert.Empty(volume.Reader.Trash(10));
    }

    [Fact]
    public async Task Hard_links_share_a_document_and_one_may_go()
    {
        await using var replica = await TestReplica.CreateAsync();
        var volume = replica.Volume;
        var first = await replica.WriteAsync("a", [1]);
        EntryView? second = null;
        await volume.CommitAsync(edit => second = edit.Link(EntryId.Root, B, first.Id));
        await replica.WriteAsync("b", [2]);
        Assert.Equal([2], TestReplica.Read(volume, "a"));
        Assert.Equal(2, volume.Reader.EntriesOf(first.Document).Count);
        await volume.CommitAsync(edit => edit.Delete(first.Id));
        Assert.Equal([2], TestReplica.Read(volume, "b"));
        // Its document is in use under another name, so the old name begins a history of its own.
        var third = await replica.WriteAsync("a", [3]);
        Assert.NotEqual(first.Document, third.Document);
    }

    [Fact]
    public async Task Of_two_files_with_one_name_the_first_keeps_it_and_the_other_names_its_device()
    {
        await using var cluster = await TestCluster.CreateAsync(2);
        for (var i = 0; i < 2; i++)
        {
            var volume = cluster.Volumes[i];
            // A rename onto one name from two sides: derived ids do not make them one.
            await TestReplica.WriteAsync(volume, $"own{i}", [(byte)i]);
            await volume.CommitAsync(edit => edit.Move(volume.Reader.Find(EntryId.Root, EntryName.Create($"own{i}"))!.Id, EntryId.Root, A));
        }
        await cluster.SendAllAsync();
        var shown = cluster.Volumes[0].Reader.List(EntryId.Root);
        Assert.Equal(2, shown.Count);
        Assert.Equal(A, shown[0].ShownName);
        Assert.Contains("(from device", shown[1].ShownName.ToString(), StringComparison.Ordinal);
        Assert.Equal(shown[1].Id, cluster.Volumes[0].Reader.Find(EntryId.Root, shown[1].ShownName)!.Id);
        Assert.Equal(TestCluster.Tree(cluster.Volumes[0]), TestCluster.Tree(cluster.Volumes[1]));
    }

    [Fact]
    public async Task Twenty_thousand_entries_in_one_folder_are_listed_found_and_opened_again()
    {
        await using var replica = await TestReplica.CreateAsync();
        await replica.Volume.CommitAsync(edit =>
        {
            for (var i = 0; i < 20_000; i++) edit.Create(EntryId.Root, EntryName.Create($"file-{i}"), TestCluster.Folder() with { Kind = DocumentKind.File });
        });
        await replica.ReopenAsync();
        Assert.Equal(20_000, replica.Volume.Reader.List(EntryId.Root).Count);
        Assert.NotNull(replica.Volume.Reader.Find(EntryId.Root, EntryName.Create("file-19999")));
    }

    [Fact]
    public async Task After_a_failed_batch_with_a_late_folder_move_local_folders_can_still_be_made()
    {
        await using var cluster = await TestCluster.CreateAsync(2);
        var (one, two) = (cluster.Volumes[0], cluster.Volumes[1]);
        await one.CommitAsync(edit => edit.Create(EntryId.Root, A, TestCluster.Folder()));
        await cluster.SendAllAsync();
        // Device 1 is further in Lamport time, so what comes from device 0 is late.
        for (var i = 0; i < 3; i++)
        {
            var name = EntryName.Create($"moved{i}");
            await two.CommitAsync(edit => edit.Move(two.Reader.List(EntryId.Root)[0].Id, EntryId.Root, name));
        }
        await one.CommitAsync(edit => edit.Move(one.Reader.Find(EntryId.Root, A)!.Id, EntryId.Root, B));
        await cluster.SendAsync(0, 1);
        await two.CommitAsync(edit => edit.Create(edit.Create(EntryId.Root, A, TestCluster.Folder()).Id, B, TestCluster.Folder()));
        await cluster.SendAllAsync();
        Assert.Equal(TestCluster.Tree(one), TestCluster.Tree(two));
    }

    private static async Task ExchangeAsync(Volume[] volumes)
    {
        for (var round = 0; round < 3; round++)
        {
            foreach (var from in volumes)
            {
                foreach (var to in volumes.Where(volume => volume != from))
                {
                    if (from.ReadMissing(to.Vector, 1 << 20) is { Count: > 0 } missing) Assert.Null((await to.ApplyAsync(missing)).Refusal);
                }
            }
        }
    }
}
