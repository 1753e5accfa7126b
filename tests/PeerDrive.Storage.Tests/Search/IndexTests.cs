using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Revisions;
using PeerDrive.Storage.Disks;

namespace PeerDrive.Storage.Tests.Search;

/// <summary>The index and the catalog stay in step.</summary>
public sealed class IndexTests : SearchFixture
{
    [Fact]
    public async Task What_changed_while_it_was_closed_is_found_after_the_start()
    {
        await MakeAsync("before.txt", "before");
        Assert.Equal("before.txt", await FindAsync("before"));
        await Search.DisposeAsync();
        await MakeAsync("while.txt", "while");
        await Volume.CommitAsync(edit => edit.Delete(Volume.Reader.Find(EntryId.Root, EntryName.Create("before.txt"))!.Id));
        await OpenAsync();
        Assert.Equal("while.txt", await FindAsync("type:file"));
        Assert.Equal("before.txt", await FindAsync("is:deleted"));
    }

    [Theory]
    [InlineData("deleted")]
    [InlineData("damaged")]
    [InlineData("another version")]
    public async Task It_is_made_anew_when_it_is_gone_or_of_no_use(string fate)
    {
        await MakeAsync("a.txt", "word");
        await ReopenAsync(folder =>
        {
            var path = Path.Combine(folder, "search.db");
            if (fate == "another version")
            {
                using var db = new RealDisk().OpenDatabase(path, durable: false);
                db.Execute("PRAGMA user_version = 99");
                return;
            }
            foreach (var suffix in new[] { "-wal", "-shm" }) File.Delete(path + suffix);
            if (fate == "deleted") File.Delete(path);
            else File.WriteAllBytes(path, TestReplica.RandomBytes(40_000, 1));
        });
        Assert.Equal("a.txt", await FindAsync("word"));
    }

    [Fact]
    public async Task A_start_in_step_compares_nothing()
    {
        await MakeAsync("a.txt", "word");
        Assert.Equal("a.txt", await FindAsync("word"));
        await ReopenAsync(folder =>
        {
            using var db = new RealDisk().OpenDatabase(Path.Combine(folder, "search.db"), durable: false);
            // A comparison would put it right.
            db.Execute("UPDATE docs SET stamp = 1, name = 'kept'");
        });
        Assert.Equal("a.txt", await FindAsync("name=kept"));
    }

    [Fact]
    public async Task A_catalog_that_was_made_anew_is_followed()
    {
        await MakeAsync("a.txt", "word");
        Volume.Rebuild();
        await MakeAsync("b.txt", "word");
        await Soon.UntilAsync(() => !Search.Progress.IsBuilding && IndexPicture.Names(Search, "word") is "a.txt b.txt" or "b.txt a.txt");
        await Search.DisposeAsync();
        var kept = IndexPicture.Of(Volume.Folder);
        Assert.Equal(await IndexPicture.RebuiltAsync(Volume), kept);
        await OpenAsync();
    }

    [Fact]
    public async Task After_random_histories_it_says_what_one_made_from_scratch_says()
    {
        for (var seed = 1; seed <= 6; seed++)
        {
            var random = new Random(seed);
            for (var round = 0; round < 4; round++)
            {
                for (var step = 0; step < 40; step++)
                {
                    var device = random.Next(2);
                    await Cluster.Volumes[device].CommitAsync(edit => RandomEdit(random, Cluster.Volumes[device], edit));
                    if (random.Next(6) == 0) await Cluster.SendAsync(device, 1 - device);
                }
                await Cluster.SendAllAsync();
                Cluster.SendContents(1, 0);
                if (random.Next(3) == 0)
                {
                    await ReopenAsync();
                }
                await Search.WhenCurrentAsync(CancellationToken.None);
                await Search.DisposeAsync();
                var kept = IndexPicture.Of(Volume.Folder);
                // Contents that came last may not have been told of when it ended: the next start looks.
                await OpenAsync();
                await Soon.UntilAsync(() => !Unknown());
                await Search.DisposeAsync();
                kept = IndexPicture.Of(Volume.Folder);
                Assert.True(kept == await IndexPicture.RebuiltAsync(Volume), $"seed {seed}, round {round}:\n{kept}\n---\n{IndexPicture.Of(Volume.Folder)}");
                Assert.DoesNotContain("stray", kept);
                await OpenAsync();
            }
        }
    }

    private bool Unknown()
    {
        using var db = new RealDisk().OpenDatabase(Path.Combine(Volume.Folder, "search.db"), durable: false);
        using var select = db.Prepare("SELECT 1 FROM contents WHERE known = 0 LIMIT 1");
        return select.Step();
    }

    private static void RandomEdit(Random random, Storage.Volumes.Volume volume, Storage.Volumes.VolumeEdit edit)
    {
        var folders = new List<EntryId> { EntryId.Root };
        var all = new List<Storage.Volumes.EntryView>();
        for (var i = 0; i < folders.Count; i++)
        {
            foreach (var entry in volume.Reader.List(folders[i]))
            {
                all.Add(entry);
                if (entry.IsFolder) folders.Add(entry.Id);
            }
        }
        var parent = folders[random.Next(folders.Count)];
        var name = EntryName.Create($"{"abcdef"[random.Next(6)]} {random.Next(4)}.{(random.Next(2) == 0 ? "txt" : "jpg")}");
        var isFree = volume.Reader.Find(parent, name) is null;
        var any = all.Count > 0 ? all[random.Next(all.Count)] : null;
        switch (random.Next(9))
        {
            case 0 when isFree:
                edit.Create(parent, name, TestCluster.Folder());
                break;
            case 1 or 2 when isFree:
                edit.Create(parent, name, TestCluster.File(volume, $"text {random.Next(8)}"));
                break;
            case 3 or 4 when any is { IsFolder: false, Shown: not null }:
                edit.Revise(any.Id, volume.Reader.ShownState(any) with { Content = TestCluster.File(volume, $"text {random.Next(20)}").Content });
                break;
            case 5 when any is { Shown: not null }:
                var state = volume.Reader.ShownState(any);
                edit.Revise(any.Id, state with
                {
                    Annotations = random.Next(3) == 0
                        ? state.Annotations.Remove("tags")
                        : state.Annotations.SetItem("tags", Tags($"tag{random.Next(4)}")).SetItem("rating", Number(random.Next(5))),
                });
                break;
            case 6 when any is not null && isFree:
                try
                {
                    edit.Move(any.Id, parent, name);
                }
                catch (Model.Errors.PeerDriveException e) when (e.Kind == Model.Errors.ErrorKind.Invalid)
                {
                    // Into itself.
                }
                break;
            case 7 when any is not null:
                edit.Delete(any.Id);
                break;
            case 8 when volume.Reader.Trash(20) is { Count: > 0 } trash:
                edit.Undelete(trash[random.Next(trash.Count)].Id);
                break;
            default:
                if (any is { IsFolder: false } && isFree) edit.Link(parent, name, any.Id);
                break;
        }
    }
}
