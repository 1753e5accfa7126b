using System.Diagnostics;
using PeerDrive.Client.Contracts;
using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Revisions;
using PeerDrive.Storage.Volumes;

namespace PeerDrive.Node.Tests;

public class RestoreFolderTests
{
    private static readonly RevisionState Folder = new() { Kind = DocumentKind.Folder, Mode = 0x1ED };

    [Fact]
    public async Task A_folder_becomes_what_it_was_at_a_time_and_all_that_was_done_since_is_told()
    {
        await using var node = await NodeAsync();
        var volume = node.Volume("v");
        await FillAsync(volume);
        var before = await TreeAsync(node);
        var then = await NowAsync();
        await ChangeAsync(volume);
        var changed = await TreeAsync(node);

        var dry = await node.Client.RestoreAsync("v", new RestoreRequest("/f", null, then, IsDryRun: true), default);
        Assert.True(dry.IsDryRun);
        Assert.Equal(changed, await TreeAsync(node));
        var restored = await node.Client.RestoreAsync("v", new RestoreRequest("/f", null, then), default);
        Assert.Equal(dry.Entries, restored.Entries);
        Assert.Equal(
            ["delete /f/new", "delete /f/new/later", "delete /f/two", "move /f/c -> /f/sub/c", "move /f/new/one -> /f/one", "revise /f/sub/b", "undelete /f/two"],
            restored.Entries.Select(entry => $"{entry.Action} {(entry.From is null ? "" : entry.From + " -> ")}{entry.Path}").Order(StringComparer.Ordinal));
        Assert.Equal((1, 2, 1, 3), (restored.Undeleted, restored.Moved, restored.Revised, restored.Deleted));
        Assert.Equal(before.Append("/outside other"), await TreeAsync(node));
        Assert.Contains(await node.Client.TrashAsync("v", default), deleted => deleted.Name == "later");
        Assert.Empty((await node.Client.RestoreAsync("v", new RestoreRequest("/f", null, then), default)).Entries);
    }

    [Fact]
    public async Task A_whole_volume_goes_back_to_the_moment_of_a_revision()
    {
        await using var node = await NodeAsync();
        var volume = node.Volume("v");
        await FillAsync(volume);
        var before = await TreeAsync(node);
        var last = (await node.Client.LogAsync("v", "/f/sub/b", default))[0].Revision;
        await ChangeAsync(volume);
        var restored = await node.Client.RestoreAsync("v", new RestoreRequest("/", last, null), default);
        Assert.Equal("/", restored.Path);
        Assert.Equal(before, await TreeAsync(node));
    }

    [Fact]
    public async Task A_deleted_folder_comes_back_as_it_was()
    {
        await using var node = await NodeAsync();
        var volume = node.Volume("v");
        await FillAsync(volume);
        var before = await TreeAsync(node);
        var then = await NowAsync();
        await volume.CommitAsync(edit => edit.Delete(Entry(volume, "f/sub")));
        await volume.CommitAsync(edit => edit.Delete(Entry(volume, "f")));
        await node.Client.RestoreAsync("v", new RestoreRequest("/f", null, then), default);
        Assert.Equal(before, await TreeAsync(node));
    }

    [Fact]
    public async Task Folders_that_were_turned_inside_out_are_turned_back()
    {
        await using var node = await NodeAsync();
        var volume = node.Volume("v");
        await FillAsync(volume);
        await volume.CommitAsync(edit => edit.Create(Entry(volume, "f/sub"), Name("deep"), Folder));
        var before = await TreeAsync(node);
        var then = await NowAsync();
        await volume.CommitAsync(edit =>
        {
            edit.Move(Entry(volume, "f/sub/deep"), Entry(volume, "f"), Name("deep"));
            edit.Move(Entry(volume, "f/sub"), Entry(volume, "f/deep"), Name("sub"));
        });
        // The folder lies in what it holds: only the folder above both can be restored.
        await volume.CommitAsync(edit => edit.Move(Entry(volume, "f/deep"), EntryId.Root, Name("deep")));
        await volume.CommitAsync(edit => edit.Move(Entry(volume, "f"), Entry(volume, "deep"), Name("f")));
        Assert.Equal(nameof(ErrorKind.Conflict), (await TestNode.ProblemAsync(() => node.Client.RestoreAsync("v", new RestoreRequest("/deep/f", null, then), default))).Kind);
        await node.Client.RestoreAsync("v", new RestoreRequest("/", null, then), default);
        Assert.Equal(before, await TreeAsync(node));
    }

    [Fact]
    public async Task What_was_not_there_then_is_refused_by_name()
    {
        await using var node = await NodeAsync();
        var volume = node.Volume("v");
        var empty = await NowAsync();
        await FillAsync(volume);
        var then = await NowAsync();
        Assert.Equal(nameof(ErrorKind.NotFound), (await TestNode.ProblemAsync(() => node.Client.RestoreAsync("v", new RestoreRequest("/f", null, empty), default))).Kind);
        Assert.Equal(nameof(ErrorKind.NotFound), (await TestNode.ProblemAsync(() => node.Client.RestoreAsync("v", new RestoreRequest("/nowhere", null, then), default))).Kind);
        Assert.Equal(nameof(ErrorKind.NotFound), (await TestNode.ProblemAsync(() => node.Client.RestoreAsync("v", new RestoreRequest("/f", new string('0', 64), null), default))).Kind);
        // Another folder has taken the name: neither is pushed aside.
        await volume.CommitAsync(edit => edit.Move(Entry(volume, "f"), EntryId.Root, Name("g")));
        await volume.CommitAsync(edit => edit.Create(EntryId.Root, Name("f"), Folder));
        Assert.Equal(nameof(ErrorKind.Conflict), (await TestNode.ProblemAsync(() => node.Client.RestoreAsync("v", new RestoreRequest("/f", null, then), default))).Kind);
        await node.Client.RestoreAsync("v", new RestoreRequest("/", null, empty), default);
        Assert.Empty(await TreeAsync(node));
    }

    [Trait("speed", "slow")]
    [Fact]
    public async Task Twenty_thousand_entries_are_restored_within_half_a_minute()
    {
        await using var node = await NodeAsync();
        var volume = node.Volume("v");
        await volume.CommitAsync(edit =>
        {
            for (var i = 0; i < 200; i++)
            {
                var folder = edit.Create(EntryId.Root, Name($"{i}"), Folder).Id;
                for (var j = 0; j < 99; j++) edit.Create(folder, Name($"{j}"), new RevisionState { Kind = DocumentKind.Fifo });
            }
        });
        var then = await NowAsync();
        await volume.CommitAsync(edit =>
        {
            foreach (var entry in volume.Reader.List(EntryId.Root)) edit.Delete(entry.Id);
        });
        var clock = Stopwatch.StartNew();
        var restored = await node.Client.RestoreAsync("v", new RestoreRequest("/", null, then), default);
        Assert.Equal(20_000, restored.Undeleted);
        Assert.Equal((19_800, 200, 0), volume.Reader.Totals());
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(30), $"took {clock.Elapsed}");
    }

    private static async Task FillAsync(Volume volume)
    {
        await volume.CommitAsync(edit => edit.Create(edit.Create(EntryId.Root, Name("f"), Folder).Id, Name("sub"), Folder));
        await WriteAsync(volume, "f", "one", "1");
        await WriteAsync(volume, "f", "two", "2");
        await WriteAsync(volume, "f/sub", "c", "c");
        await WriteAsync(volume, "f/sub", "b", "old");
    }

    /// <summary>Moves, edits, deletes and makes things in the folder, puts a new file under a deleted name, and writes outside.</summary>
    private static async Task ChangeAsync(Volume volume)
    {
        await volume.CommitAsync(edit =>
        {
            var made = edit.Create(Entry(volume, "f"), Name("new"), Folder).Id;
            edit.Move(Entry(volume, "f/one"), made, Name("one"));
            edit.Move(Entry(volume, "f/sub/c"), Entry(volume, "f"), Name("c"));
        });
        var two = Entry(volume, "f/two");
        await volume.CommitAsync(edit => edit.Move(two, EntryId.Root, Name("away")));
        await WriteAsync(volume, "f", "two", "another document");
        await volume.CommitAsync(edit => edit.Delete(two));
        await WriteAsync(volume, "f/sub", "b", "new");
        await WriteAsync(volume, "f/new", "later", "later");
        await WriteAsync(volume, "", "outside", "other");
    }

    private static async Task WriteAsync(Volume volume, string folder, string name, string text)
    {
        var state = new RevisionState { Kind = DocumentKind.File, Mode = 0x1A4, Content = volume.Contents.Store(System.Text.Encoding.UTF8.GetBytes(text)) };
        await volume.CommitAsync(edit =>
        {
            var parent = folder.Length == 0 ? EntryId.Root : Entry(volume, folder);
            if (volume.Reader.Find(parent, Name(name)) is { } known) edit.Revise(known.Id, state);
            else edit.Create(parent, Name(name), state);
        });
    }

    /// <summary>Every path with a file's text.</summary>
    private static async Task<List<string>> TreeAsync(TestNode node)
    {
        var lines = new List<string>();
        foreach (var entry in await node.Client.ListAsync("v", "/", true, default))
            lines.Add(entry.Kind == "file" ? $"{entry.Path} {await node.TextAsync("v", entry.Path)}" : entry.Path);
        return lines;
    }

    /// <summary>A moment after all that was done and before all that will be.</summary>
    private static async Task<DateTimeOffset> NowAsync()
    {
        var now = TimeProvider.System.GetUtcNow();
        await Until.TrueAsync(() => Task.FromResult(TimeProvider.System.GetUtcNow() > now));
        return now;
    }

    private static EntryId Entry(Volume volume, string path) => volume.Reader.Resolve(EntryName.FromDisplay(path), out _)!.Id;

    private static EntryName Name(string text) => EntryName.Create(text);

    private static async Task<TestNode> NodeAsync()
    {
        var node = await TestNode.StartAsync();
        await node.Client.CreateVolumeAsync(new CreateVolume("v", false), default);
        return node;
    }
}
