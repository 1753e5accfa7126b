using System.Text;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Revisions;
using PeerDrive.Storage.Volumes;

namespace PeerDrive.Folders.Tests;

/// <summary>What the volume changed is written out; none of it may come back as a change of the user's.</summary>
public sealed class WriteOutTests : LinkFixture
{
    [Fact]
    public async Task A_file_goes_into_its_folder_though_another_folder_takes_that_path()
    {
        await A.LinkAsync();
        A.Write("x/old", "old");
        A.Write("y/other", "other");
        await A.IdleAsync();
        EntryId x = A.Require("x").Id, y = A.Require("y").Id;
        await A.Volume.CommitAsync(edit =>
        {
            edit.Create(x, EntryName.Create("new"), FileOf("new"));
            edit.Revise(A.Require("x/old").Id, FileOf("newer"), [A.Require("x/old").Shown!.Value.Id]);
            edit.Move(x, EntryId.Root, EntryName.Create("z"));
            edit.Move(y, EntryId.Root, EntryName.Create("x"));
        });
        var written = Commits();
        await A.IdleAsync();
        Assert.Equal(["new", "old"], A.Names("z"));
        Assert.Equal(["other"], A.Names("x"));
        Assert.Equal(("new", "newer", "other"), (A.Read("z/new"), A.Read("z/old"), A.Read("x/other")));
        Assert.Equal(written, Commits());
    }

    [Fact]
    public async Task Folders_change_places_though_one_lies_in_the_other()
    {
        await A.LinkAsync();
        A.Write("x/y/z/file", "text");
        await A.IdleAsync();
        EntryId x = A.Require("x").Id, z = A.Require("x/y/z").Id;
        var before = Commits();
        await A.Volume.CommitAsync(edit =>
        {
            edit.Move(z, EntryId.Root, EntryName.Create("z"));
            edit.Move(x, z, EntryName.Create("x"));
        });
        await A.IdleAsync();
        Assert.Null(A.Link.State.Problem);
        Assert.Equal(["z"], A.Names());
        Assert.Equal("text", A.Read("z/file"));
        Assert.Equal(["y"], A.Names("z/x"));
        Assert.Equal(before + 1, Commits());
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task Whatever_the_volume_changes_the_link_changes_nothing_itself(int seed)
    {
        await A.LinkAsync();
        var first = Commits();
        var random = new Random(seed);
        for (var round = 0; round < 60; round++)
        {
            // Now and then the link comes to its end; else more changes while it writes.
            await A.Volume.CommitAsync(edit =>
            {
                edit.Create(EntryId.Root, EntryName.Create($"round {round}"), FileOf($"{round}"));
                for (var i = random.Next(1, 40); i > 0; i--) Change(edit, random);
            });
            if (random.Next(4) == 0) await A.IdleAsync();
        }
        var written = Commits();
        await A.IdleAsync();
        Assert.Null(A.Link.State.Problem);
        Assert.Empty(Listed().Except(Shown(EntryId.Root, "")));
        Assert.Empty(Shown(EntryId.Root, "").Except(Listed()));
        await A.Link.ScanAsync(CancellationToken.None);
        await A.IdleAsync();
        Assert.Equal(written, Commits());
        Assert.Equal(60, written - first);
    }

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, Environment.GetEnvironmentVariable("PEERDRIVE_TEST_FULL") == "1" ? 40 : 3)];

    private long Commits() => A.Volume.Vector.Tips.Sum(tip => (long)tip.Sequence);

    private RevisionState FileOf(string text) => new() { Kind = DocumentKind.File, Mode = 0x1A4, Content = A.Volume.Contents.Store(Encoding.UTF8.GetBytes(text)) };

    private void Change(VolumeEdit edit, Random random)
    {
        var all = All(EntryId.Root).ToList();
        var folders = all.Where(view => view.IsFolder).Select(view => view.Id).Append(EntryId.Root).ToList();
        var folder = folders[random.Next(folders.Count)];
        var name = EntryName.Create($"n{random.Next(8)}");
        var there = A.Volume.Reader.Find(folder, name);
        var one = all.Count == 0 ? null : all[random.Next(all.Count)];
        switch (random.Next(10))
        {
            case < 2 when there is null:
                edit.Create(folder, name, new RevisionState { Kind = DocumentKind.Folder, Mode = 0x1ED });
                break;
            case < 5 when there is null:
                edit.Create(folder, name, FileOf($"{random.Next()}"));
                break;
            case 5 when one is { IsFolder: false }:
                edit.Revise(one.Id, FileOf($"{random.Next()}"), [one.Shown!.Value.Id]);
                break;
            case 6 when one is { IsFolder: false } || one is not null && random.Next(4) == 0:
                edit.Delete(one.Id);
                break;
            case 7 when one is not null && there is not null && there.Id != one.Id && !IsBelow(folder, one) && !IsBelow(one.Parent, there):
                // Both take each other's place.
                edit.Move(there.Id, EntryId.Root, EntryName.Create($"t{random.Next()}"));
                edit.Move(one.Id, folder, name);
                edit.Move(there.Id, one.Parent, one.ShownName);
                break;
            default:
                if (one is not null && there is null && !IsBelow(folder, one)) edit.Move(one.Id, folder, name);
                break;
        }
    }

    private bool IsBelow(EntryId at, EntryView top)
    {
        for (; at != EntryId.Root; at = A.Volume.Reader.Require(at).Parent)
        {
            if (at == top.Id) return true;
        }
        return false;
    }

    private IEnumerable<EntryView> All(EntryId folder) =>
        A.Volume.Reader.List(folder).SelectMany(view => view.IsFolder ? All(view.Id).Prepend(view) : [view]);

    private List<string> Shown(EntryId folder, string path) => [.. A.Volume.Reader.List(folder)
        .SelectMany(view => view.IsFolder ? Shown(view.Id, $"{path}{view.ShownName}/").Prepend($"{path}{view.ShownName}/") : [$"{path}{view.ShownName}: {A.Content(path + view.ShownName)}"])
        .Order(StringComparer.Ordinal)];

    private List<string> Listed() => [.. Directory.EnumerateFileSystemEntries(A.Directory, "*", SearchOption.AllDirectories)
        .Where(path => !Path.GetFileName(path).StartsWith(".pd~", StringComparison.Ordinal))
        .Select(path => Path.GetRelativePath(A.Directory, path) + (Directory.Exists(path) ? "/" : $": {File.ReadAllText(path)}"))
        .Order(StringComparer.Ordinal)];
}
