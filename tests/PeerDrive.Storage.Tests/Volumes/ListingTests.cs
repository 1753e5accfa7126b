using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Revisions;
using PeerDrive.Storage.Databases;
using PeerDrive.Storage.Volumes;

namespace PeerDrive.Storage.Tests.Volumes;

public sealed class ListingTests
{
    [Fact]
    public async Task What_stat_needs_is_told_without_reading_the_log()
    {
        await using var replica = await TestReplica.CreateAsync();
        var volume = replica.Volume;
        Owner ada = new(1000, "ada"), staff = new(50, "staff"), odd = new(uint.MaxValue, "a\0b");
        var xattrs = System.Collections.Immutable.ImmutableSortedDictionary<ByteString, ByteString>.Empty.Add(new ByteString("user.a"u8), new ByteString("1"u8));
        await volume.CommitAsync(edit =>
        {
            edit.Create(EntryId.Root, EntryName.Create("file"), new RevisionState { Kind = DocumentKind.File, Mode = 0x1A4, Owner = ada, Group = staff, Xattrs = xattrs });
            edit.Create(EntryId.Root, EntryName.Create("link"), new RevisionState { Kind = DocumentKind.SymbolicLink, Owner = ada, Group = odd, Target = new ByteString("to/somewhere"u8) });
            var made = edit.Create(EntryId.Root, EntryName.Create("tty"), new RevisionState { Kind = DocumentKind.CharacterDevice, DeviceNumber = ulong.MaxValue - 1 });
            Assert.Equal(ulong.MaxValue - 1, made.Shown!.Value.DeviceNumber);
        });
        Check(volume);
        // The catalog as the version before had it is thrown away and derived anew.
        await replica.ReopenAsync(folder =>
        {
            using var old = Database.Open(Path.Combine(folder, "catalog.db"), durable: false);
            foreach (var column in new[] { "owner", "owner_group", "target", "device", "xattrs" }) old.Execute($"ALTER TABLE revisions DROP COLUMN {column}");
            old.Execute("DROP TABLE owners");
            old.Execute("PRAGMA user_version = 2");
        });
        Check(replica.Volume);
        replica.Volume.Rebuild();
        Check(replica.Volume);

        void Check(Volume now)
        {
            var all = now.Reader.List(EntryId.Root);
            Assert.Equal(["file", "link", "tty"], all.Select(entry => entry.Name.ToString()));
            var (file, link, tty) = (all[0].Shown!.Value, all[1].Shown!.Value, all[2].Shown!.Value);
            Assert.Equal((ada, staff, 0, 0UL, true), (file.Owner, file.Group, file.TargetBytes, file.DeviceNumber, file.HasXattrs));
            Assert.Equal((ada, odd, "to/somewhere".Length, 0UL, false), (link.Owner, link.Group, link.TargetBytes, link.DeviceNumber, link.HasXattrs));
            Assert.Equal((new Owner(0, ""), ulong.MaxValue - 1), (tty.Owner, tty.DeviceNumber));
        }
    }

    [Fact]
    public async Task Hard_links_are_counted_while_they_live()
    {
        await using var replica = await TestReplica.CreateAsync();
        var volume = replica.Volume;
        var first = await replica.WriteAsync("a", [1]);
        EntryView? second = null;
        await volume.CommitAsync(edit =>
        {
            second = edit.Link(EntryId.Root, EntryName.Create("b"), first.Id);
            Assert.Equal(2, volume.Reader.LinkCount(first.Document));
        });
        Assert.Equal(2, volume.Reader.LinkCount(first.Document));
        await volume.CommitAsync(edit => edit.Delete(first.Id));
        Assert.Equal(1, volume.Reader.LinkCount(first.Document));
        await volume.CommitAsync(edit => edit.Delete(second!.Id));
        Assert.Equal(0, volume.Reader.LinkCount(first.Document));
        Assert.Equal(0, volume.Reader.LinkCount(default));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(1000)]
    public async Task Pages_of_a_folder_are_its_list_also_where_names_are_suffixed(int limit)
    {
        await using var cluster = await TestCluster.CreateAsync(3);
        string[][] names = [["a", "m", "z", "m (from device1)"], ["a", "m", "n"], ["m", "z", "zz"]];
        for (var i = 0; i < 3; i++)
        {
            var volume = cluster.Volumes[i];
            // Other documents than those that the other devices make: names of both kinds collide.
            foreach (var name in names[i])
            {
                var first = EntryName.Create($"{name} by {i}");
                await volume.CommitAsync(edit => edit.Create(EntryId.Root, first, TestCluster.File(volume, name)));
                await volume.CommitAsync(edit => edit.Move(volume.Reader.Find(EntryId.Root, first)!.Id, EntryId.Root, EntryName.Create(name)));
            }
        }
        await cluster.SendAllAsync();
        foreach (var volume in cluster.Volumes)
        {
            var list = volume.Reader.List(EntryId.Root);
            Assert.Equal(list.OrderBy(entry => entry.ShownName).ToList(), list);
            var paged = Pages(volume.Reader, EntryId.Root, limit);
            Assert.Equal(list, paged);
            var (count, ends) = volume.Reader.Outline(EntryId.Root, limit);
            Assert.Equal(list.Count, count);
            Assert.Equal(list.Where((_, index) => (index + 1) % limit == 0).Select(entry => entry.ShownName), ends);
            Assert.All(list, entry => Assert.Equal(entry, volume.Reader.Find(EntryId.Root, entry.ShownName)));
            Assert.All(list, entry => Assert.Equal(entry, volume.Reader.Get(entry.Id)));
        }
        Assert.Contains(cluster.Volumes[0].Reader.List(EntryId.Root), entry => entry.ShownName != entry.Name);
    }

    [Fact]
    public async Task A_page_goes_on_where_the_last_one_ended_though_that_name_is_gone_and_others_came()
    {
        await using var replica = await TestReplica.CreateAsync();
        foreach (var name in new[] { "b", "d", "f", "h" }) await replica.WriteAsync(name, [1]);
        var reader = replica.Volume.Reader;
        var page = reader.List(EntryId.Root, null, 2);
        Assert.Equal(["b", "d"], page.Select(entry => entry.Name.ToString()));
        await replica.Volume.CommitAsync(edit => edit.Delete(page[1].Id));
        foreach (var name in new[] { "a", "e" }) await replica.WriteAsync(name, [1]);
        Assert.Equal(["e", "f"], reader.List(EntryId.Root, page[1].ShownName, 2).Select(entry => entry.Name.ToString()));
        Assert.Equal(["h"], reader.List(EntryId.Root, EntryName.Create("f"), 2).Select(entry => entry.Name.ToString()));
        Assert.Empty(reader.List(EntryId.Root, EntryName.Create("h"), 2));
        Assert.Empty(reader.List(page[0].Id, null, 2));
    }

    private static List<EntryView> Pages(VolumeReader reader, EntryId folder, int limit)
    {
        var all = new List<EntryView>();
        EntryName? after = null;
        while (reader.List(folder, after, limit) is { Count: > 0 } page)
        {
            Assert.True(page.Count <= limit);
            all.AddRange(page);
            after = page[^1].ShownName;
            if (page.Count < limit) break;
        }
        return all;
    }
}
