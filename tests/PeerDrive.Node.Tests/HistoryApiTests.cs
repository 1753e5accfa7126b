using PeerDrive.Client;
using PeerDrive.Client.Contracts;
using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Revisions;

namespace PeerDrive.Node.Tests;

public class HistoryApiTests
{
    [Fact]
    public async Task Files_are_listed_read_and_shown_with_their_history()
    {
        await using var node = await NodeWithVolumeAsync();
        var first = await node.Volume("v").WriteAsync("a.txt", "one\n");
        await node.Volume("v").WriteAsync("a.txt", "one\ntwo\n");
        var entry = Assert.Single(await node.Client.ListAsync("v", "/", false, default));
        Assert.Equal(("/a.txt", "file", 8, "0644", true), (entry.Path, entry.Kind, entry.Size, entry.Mode, entry.IsHere));
        Assert.Equal("one\ntwo\n", await node.TextAsync("v", "/a.txt"));
        Assert.Equal("one\n", await node.TextAsync("v", "/a.txt", first.ToHex()[..10]));
        var log = await node.Client.LogAsync("v", "/a.txt", default);
        Assert.Equal([(entry.Revision, true, true), (first.ToHex(), false, false)], log.Select(revision => (revision.Revision, revision.IsShown, revision.IsHead)));
        Assert.Equal(([first.ToHex()], "Ada", "Ada's laptop"), (log[0].Parents.ToArray(), log[0].Creator, log[0].Author), EqualityComparer<(string[], string, string)>.Create(
            (a, b) => a.Item1.SequenceEqual(b.Item1) && a.Item2 == b.Item2 && a.Item3 == b.Item3));
        Assert.Equal(4, (await node.Client.RevisionAsync("v", first.ToHex(), default)).Size);
    }

    [Fact]
    public async Task A_tree_is_listed_whole_in_order()
    {
        await using var node = await NodeWithVolumeAsync();
        var volume = node.Volume("v");
        await volume.CommitAsync(edit =>
        {
            var state = new RevisionState { Kind = DocumentKind.Folder };
            var folder = edit.Create(EntryId.Root, EntryName.Create("f"), state);
            edit.Create(edit.Create(folder.Id, EntryName.Create("g"), state).Id, EntryName.Create([0xFF, (byte)'x']), new RevisionState { Kind = DocumentKind.Fifo });
            edit.Create(EntryId.Root, EntryName.Create("l"), new RevisionState { Kind = DocumentKind.SymbolicLink, Target = new ByteString("f/g"u8) });
        });
        var all = await node.Client.ListAsync("v", "/", true, default);
        Assert.Equal(["/f", "/f/g", @"/f/g/\xffx", "/l"], all.Select(entry => entry.Path));
        Assert.Equal(["folder", "folder", "fifo", "symlink"], all.Select(entry => entry.Kind));
        Assert.Equal("f/g", all[3].Target);
        Assert.Equal(@"/f/g/\xffx", Assert.Single(await node.Client.ListAsync("v", @"/f/g/\xffx", false, default)).Path);
    }

    [Fact]
    public async Task A_wrong_path_is_answered_with_where_it_goes_wrong()
    {
        await using var node = await NodeWithVolumeAsync();
        await node.Volume("v").WriteAsync("a.txt", "x");
        Assert.Equal(nameof(ErrorKind.NotFound), (await TestNode.ProblemAsync(() => node.Client.ListAsync("v", "/nothing", false, default))).Kind);
        Assert.Equal(nameof(ErrorKind.NotAFolder), (await TestNode.ProblemAsync(() => node.Client.ListAsync("v", "/a.txt/b", false, default))).Kind);
        Assert.Equal(nameof(ErrorKind.IsAFolder), (await TestNode.ProblemAsync(() => node.Client.LogAsync("v", "/", default))).Kind);
        Assert.Equal(nameof(ErrorKind.Invalid), (await TestNode.ProblemAsync(() => node.TextAsync("v", "/a.txt", "xyz"))).Kind);
        Assert.Equal(nameof(ErrorKind.NotFound), (await TestNode.ProblemAsync(() => node.TextAsync("v", "/a.txt", new string('0', 64)))).Kind);
    }

    [Fact]
    public async Task Two_revisions_are_compared_field_by_field_and_line_by_line()
    {
        await using var node = await NodeWithVolumeAsync();
        await node.Volume("v").WriteAsync("a.txt", "1\n2\n3\n4\n5\n6\n7\n8\n9\n");
        await node.Volume("v").WriteAsync("a.txt", "1\n2\n3\n4\nfive\n6\n7\n8\n9");
        var diff = await node.Client.DiffAsync("v", "/a.txt", "", "", default);
        Assert.Equal(["content", "size"], diff.Fields.Select(field => field.Field));
        Assert.Equal(
            "--- a/a.txt\n+++ b/a.txt\n@@ -2,8 +2,8 @@\n 2\n 3\n 4\n-5\n+five\n 6\n 7\n 8\n-9\n+9\n\\ No newline at end of file\n", diff.Text);
    }

    [Fact]
    public async Task An_old_revision_comes_back_as_a_new_one_by_id_or_by_time()
    {
        await using var node = await NodeWithVolumeAsync();
        var first = await node.Volume("v").WriteAsync("a.txt", "one");
        var between = TimeProvider.System.GetUtcNow();
        await node.Volume("v").WriteAsync("a.txt", "two");
        var restored = await node.Client.RestoreAsync("v", new RestoreRequest("/a.txt", first.ToHex(), null), default);
        Assert.True((await node.Client.RevisionAsync("v", restored.Revision!, default)).IsShown);
        Assert.Equal("one", await node.TextAsync("v", "/a.txt"));
        await node.Volume("v").WriteAsync("a.txt", "three");
        await node.Client.RestoreAsync("v", new RestoreRequest("/a.txt", null, between), default);
        Assert.Equal("one", await node.TextAsync("v", "/a.txt"));
        Assert.Equal(5, (await node.Client.LogAsync("v", "/a.txt", default)).Count);
        Assert.Equal(nameof(ErrorKind.Invalid), (await TestNode.ProblemAsync(() => node.Client.RestoreAsync("v", new RestoreRequest("/a.txt", null, null), default))).Kind);
        Assert.Equal(nameof(ErrorKind.NotFound), (await TestNode.ProblemAsync(() => node.Client.RestoreAsync("v", new RestoreRequest("/a.txt", null, DateTimeOffset.UnixEpoch), default))).Kind);
    }

    [Fact]
    public async Task A_deleted_file_is_in_the_trash_readable_and_comes_back_with_its_history()
    {
        await using var node = await NodeWithVolumeAsync();
        var volume = node.Volume("v");
        await volume.WriteAsync("a.txt", "one");
        await volume.WriteAsync("a.txt", "two");
        await volume.CommitAsync(edit => edit.Delete(volume.Reader.Find(EntryId.Root, EntryName.Create("a.txt"))!.Id));
        Assert.Empty(await node.Client.ListAsync("v", "/", true, default));
        Assert.Equal("/a.txt", Assert.Single(await node.Client.TrashAsync("v", default)).Path);
        Assert.Equal("two", await node.TextAsync("v", "/a.txt"));
        Assert.Equal("/a.txt", (await node.Client.UndeleteAsync("v", new PathRequest("/a.txt", null), default)).Path);
        Assert.Equal(2, (await node.Client.LogAsync("v", "/a.txt", default)).Count);
        Assert.Equal(nameof(ErrorKind.NotFound), (await TestNode.ProblemAsync(() => node.Client.UndeleteAsync("v", new PathRequest("/a.txt", null), default))).Kind);
    }

    [Fact]
    public async Task A_deleted_folder_comes_back_with_what_was_in_it()
    {
        await using var node = await NodeWithVolumeAsync();
        var volume = node.Volume("v");
        await volume.CommitAsync(edit =>
        {
            var folder = edit.Create(EntryId.Root, EntryName.Create("f"), new RevisionState { Kind = DocumentKind.Folder });
            edit.Create(folder.Id, EntryName.Create("x"), new RevisionState { Kind = DocumentKind.Fifo });
            edit.Delete(folder.Id);
        });
        var entry = (await node.Client.TrashAsync("v", default)).Single(deleted => deleted.Path == "/f").Entry;
        await node.Client.UndeleteAsync("v", new PathRequest(null, entry[..8]), default);
        Assert.Equal(["/f", "/f/x"], (await node.Client.ListAsync("v", "/", true, default)).Select(found => found.Path));
    }

    [Fact]
    public async Task Undeleting_a_folder_leaves_in_the_trash_what_was_deleted_before_on_its_own()
    {
        await using var node = await NodeWithVolumeAsync();
        var volume = node.Volume("v");
        EntryId folder = default, before = default, sub = default;
        await volume.CommitAsync(edit =>
        {
            var state = new RevisionState { Kind = DocumentKind.Folder };
            var pipe = new RevisionState { Kind = DocumentKind.Fifo };
            folder = edit.Create(EntryId.Root, EntryName.Create("f"), state).Id;
            before = edit.Create(folder, EntryName.Create("before"), pipe).Id;
            edit.Create(folder, EntryName.Create("with"), pipe);
            sub = edit.Create(folder, EntryName.Create("sub"), state).Id;
            edit.Create(sub, EntryName.Create("x"), pipe);
            edit.Create(edit.Create(folder, EntryName.Create("kept"), state).Id, EntryName.Create("y"), pipe);
        });
        await volume.CommitAsync(edit => edit.Delete(before));
        await volume.CommitAsync(edit => edit.Delete(sub));
        await volume.CommitAsync(edit => edit.Delete(folder));
        await node.Client.UndeleteAsync("v", new PathRequest("/f", null), default);
        Assert.Equal(["/f", "/f/kept", "/f/kept/y", "/f/with"], (await node.Client.ListAsync("v", "/", true, default)).Select(found => found.Path));
        Assert.Equal(["/f/before", "/f/sub", "/f/sub/x"], (await node.Client.TrashAsync("v", default)).Select(deleted => deleted.Path).Order());
    }

    [Fact]
    public async Task A_folder_of_more_entries_than_a_changeset_holds_comes_back_whole()
    {
        await using var node = await NodeWithVolumeAsync();
        var volume = node.Volume("v");
        await volume.CommitAsync(edit =>
        {
            var folder = edit.Create(EntryId.Root, EntryName.Create("f"), new RevisionState { Kind = DocumentKind.Folder });
            for (var i = 0; i < 2500; i++) edit.Create(folder.Id, EntryName.Create($"{i}"), new RevisionState { Kind = DocumentKind.Fifo });
        });
        await volume.CommitAsync(edit => edit.Delete(volume.Reader.Find(EntryId.Root, EntryName.Create("f"))!.Id));
        await node.Client.UndeleteAsync("v", new PathRequest("/f", null), default);
        Assert.Equal(2501, (await node.Client.ListAsync("v", "/", true, default)).Count);
    }

    [Fact]
    public async Task A_conflict_ends_by_choosing_a_head_and_every_head_stays_in_history()
    {
        await using var node = await NodeWithVolumeAsync();
        var volume = node.Volume("v");
        await volume.CommitAsync(edit => edit.Administer(new Model.Changesets.Operation.Setting(Storage.Volumes.VolumeSettings.MergeRule, "manual")), Model.Members.Role.Owner);
        var origin = await volume.WriteAsync("a.txt", "origin");
        var left = await volume.WriteAsync("a.txt", "left", origin);
        await volume.WriteAsync("a.txt", "right", origin);
        var conflict = Assert.Single(await node.Client.ConflictsAsync("v", default));
        Assert.Equal(("/a.txt", 2), (conflict.Path, conflict.Heads.Count));
        Assert.Equal(1, (await node.Client.VolumeAsync("v", default)).Conflicts);
        Assert.Equal(nameof(ErrorKind.Invalid), (await TestNode.ProblemAsync(() => node.Client.ResolveAsync("v", new ResolveRequest("/a.txt", origin.ToHex()), default))).Kind);
        var resolved = await node.Client.ResolveAsync("v", new ResolveRequest("/a.txt", left.ToHex()), default);
        Assert.Equal(2, resolved.Parents.Count);
        Assert.Equal("left", await node.TextAsync("v", "/a.txt"));
        Assert.Empty(await node.Client.ConflictsAsync("v", default));
        Assert.Equal("right", await node.TextAsync("v", "/a.txt", conflict.Heads.Single(head => head.Revision != left.ToHex()).Revision));
    }

    [Fact]
    public async Task A_check_finds_a_flipped_bit_names_the_file_and_serves_no_wrong_byte()
    {
        await using var node = await NodeWithVolumeAsync();
        await node.Volume("v").WriteAsync("good.txt", new string('g', 300));
        await node.Volume("v").WriteAsync("bad.txt", new string('b', 5000) + "end");
        Assert.True((await node.Client.CheckAsync("v", rebuild: true, default)).IsClean);
        var pack = Directory.EnumerateFiles(Path.Combine(node.Volume("v").Folder, "packs")).Single();
        await using (var file = new FileStream(pack, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite))
        {
            file.Position = file.Length - 2;
            var before = file.ReadByte();
            file.Position = file.Length - 2;
            file.WriteByte((byte)(before ^ 1));
        }
        var found = await node.Client.CheckAsync("v", rebuild: false, default);
        Assert.False(found.IsClean);
        Assert.Equal(["/bad.txt"], found.Damaged);
        Assert.Equal(0, found.Healed);
        // What was read before may be in memory, where it is right.
        var served = await Record.ExceptionAsync(async () => Assert.Equal(new string('b', 5000) + "end", await node.TextAsync("v", "/bad.txt")));
        Assert.True(served is null or PeerDriveProblemException { Problem.Kind: nameof(ErrorKind.NotHere) }, $"{served}");
        Assert.Equal(new string('g', 300), await node.TextAsync("v", "/good.txt"));
        Assert.Equal(1, (await node.Client.VolumeAsync("v", default)).MissingContents);
        Assert.Contains(await node.Client.JobsAsync(default), job => job is { Kind: "check", State: "done" });
    }

    private static async Task<TestNode> NodeWithVolumeAsync()
    {
        var node = await TestNode.StartAsync();
        await node.Client.CreateVolumeAsync(new CreateVolume("v", false), default);
        return node;
    }
}
