using System.Text;
using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Members;
using PeerDrive.Model.Revisions;

namespace PeerDrive.FileSystem.Tests;

/// <summary>Changes from another device, while files here are open, changed, or waiting for their commit.</summary>
public sealed class RemoteTests : DriveFixture
{
    [Fact]
    public async Task What_another_device_makes_is_shown_and_the_kernel_is_told_of_the_name()
    {
        var b = await InviteAsync();
        Assert.False(A.Has("a"));
        var root = A.Look("").Node;
        A.Notices.Clear();
        b.Write("a", "one");
        await SyncAsync(b, A);
        await Soon.UntilAsync(() => A.Notices.Contains((root, "a")));
        Assert.Contains((root, null), A.Notices);
        Assert.Equal("one", A.Read("a"));
        Assert.Equal(["a"], A.List());

        var node = A.Look("a").Node;
        A.Notices.Clear();
        b.Write("a", "two");
        await SyncAsync(b, A);
        await Soon.UntilAsync(() => A.Notices.Contains((node, null)));
        Assert.DoesNotContain((root, "a"), A.Notices);
        Assert.Equal("two", A.Read("a"));

        A.Notices.Clear();
        Assert.Null(b.Rename("a", "b"));
        await SyncAsync(b, A);
        await Soon.UntilAsync(() => A.Notices.Contains((root, "a")) && A.Notices.Contains((root, "b")));
        Assert.Equal(node, A.Look("b").Node);

        A.Notices.Clear();
        Assert.Null(b.Remove("b"));
        await SyncAsync(b, A);
        await Soon.UntilAsync(() => A.Notices.Contains((root, "b")));
        Assert.Empty(A.List());
        Assert.Equal(0u, A.Drive.GetAttributes(node).Links);
    }

    [Fact]
    public async Task The_kernel_is_told_of_new_bytes_even_when_a_name_was_looked_up_before_the_change_stream_came_to_them()
    {
        var b = await InviteAsync();
        b.Write("a", "one");
        await SyncAsync(b, A);
        var node = A.Look("a").Node;
        await A.FlushAsync();
        await A.Tree.Committing.WaitAsync();
        try
        {
            A.Notices.Clear();
            A.Events.Clear();
            b.Write("a", "two");
            await SyncAsync(b, A);
            // The kernel gets the new times and size with this answer, and keeps the pages that it has.
            A.Look("a");
            Assert.Equal("two", A.Read("a"));
            Assert.Empty(A.Notices);
        }
        finally
        {
            A.Tree.Committing.Release();
        }
        await Soon.UntilAsync(() => A.Notices.Contains((node, null)) && A.Events.Any(happened => happened.What == NameEventKind.Changed));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_another_device_does_is_told_as_events_of_the_folder(bool forgets)
    {
        var b = await InviteAsync();
        A.MakeFolder("f");
        await A.FlushAsync();
        await SyncAsync(A, b);
        var folder = A.Look("f");
        b.Write("f/a", "one");
        b.MakeFolder("f/g");
        Assert.Equal([(NameEventKind.Appeared, "a"), (NameEventKind.Appeared, "g")], (await EventsAsync(2)).Order());
        Assert.All(A.Events, happened => Assert.Equal((folder.Node, folder.Attributes.Inode), (happened.Folder, happened.FolderInode)));

        // What the kernel has forgotten is told all the same.
        if (!forgets) A.Look("f/a");
        b.Write("f/a", "two");
        Assert.Equal([(NameEventKind.Changed, "a")], await EventsAsync(1));
        Assert.Null(b.Rename("f/a", "f/b"));
        (NameEventKind, string)[] renamed = forgets ? [(NameEventKind.Appeared, "b")] : [(NameEventKind.Vanished, "a"), (NameEventKind.Appeared, "b")];
        Assert.Equal(renamed, await EventsAsync(renamed.Length));
        Assert.Null(b.Remove("f/b"));
        Assert.Equal([(NameEventKind.Vanished, "b")], await EventsAsync(1));
        Assert.Equal("test/f", Encoding.UTF8.GetString(A.Drive.PathOf(folder.Node)!));
        Assert.Null(b.RemoveFolder("f/g"));
        Assert.Equal([(NameEventKind.Vanished, "g")], await EventsAsync(1));

        // Own changes the kernel tells by itself.
        A.Events.Clear();
        A.Write("f/own", "one");
        await A.FlushAsync();
        b.Write("f/end", "");
        Assert.Equal([(NameEventKind.Appeared, "end")], await EventsAsync(1));

        async Task<IEnumerable<(NameEventKind, string)>> EventsAsync(int count)
        {
            A.Events.Clear();
            await SyncAsync(b, A);
            await Soon.UntilAsync(() => A.Events.Count >= count);
            return [.. A.Events.Select(happened => (happened.What, Encoding.UTF8.GetString(happened.Name.Bytes)))];
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Own_commits_are_no_news_to_the_kernel(bool forgets)
    {
        var b = await InviteAsync();
        A.Notices.Clear();
        A.MakeFolder("f");
        A.Write("f/a", "one");
        A.Write("f/b", "one");
        if (forgets) A.Forget();
        await A.FlushAsync();
        A.Write("f/a", "two");
        Assert.Null(A.Rename("f/a", "c"));
        Assert.Null(A.Remove("f/b"));
        if (forgets) A.Forget();
        await A.FlushAsync();
        // What comes after them tells that they have been looked at.
        b.Write("end", "");
        A.Look("");
        await SyncAsync(b, A);
        await Soon.UntilAsync(() => A.Notices.Any(notice => notice.Name == "end"));
        Assert.All(A.Notices, notice => Assert.True(notice.Name is null or "end", $"told of {notice.Name}"));
        Assert.All(A.Notices, notice => Assert.Equal(A.Look("").Node, notice.Node));
    }

    [Fact]
    public async Task Two_that_edit_one_file_at_once_make_two_heads_and_lose_nothing()
    {
        var b = await InviteAsync();
        A.Write("a", "base");
        await SyncAsync(A, b);
        var file = A.Open("a");
        file.Put("from A");
        b.Write("a", "from B");
        await SyncAsync(b, A);
        Assert.Equal("from A", file.Text());
        file.Release();
        await A.FlushAsync();
        Assert.Equal(2, A.Committed("a")!.Heads);
        var texts = A.Volume.Reader.Heads(A.Committed("a")!.Document).Select(head => System.Text.Encoding.UTF8.GetString(A.Volume.Contents.ReadAll(head.Content, 100)));
        Assert.Equal(["from A", "from B"], texts.Order(StringComparer.Ordinal));
        await Soon.UntilAsync(() => A.Read("a") == A.CommittedText("a"));
    }

    [Fact]
    public async Task A_file_that_was_only_open_for_writing_shows_the_other_devices_edit_once_it_is_closed()
    {
        var b = await InviteAsync();
        A.Write("a", "base");
        await SyncAsync(A, b);
        var node = A.Look("a").Node;
        var file = A.Open("a");
        b.Write("a", "from B");
        await SyncAsync(b, A);
        await Soon.UntilAsync(() => A.Notices.Contains((node, null)));
        A.Notices.Clear();
        file.Release();
        await Soon.UntilAsync(() => A.Notices.Contains((node, null)));
        var again = A.Drive.Open(node, Device.Me, FileAccess.Read, false).Required();
        Assert.Equal("from B", again.Text());
        Assert.Equal(6, A.Drive.GetAttributes(node).Size);
        again.Release();
    }

    [Fact]
    public async Task An_edit_brings_back_a_file_that_another_device_deleted_meanwhile()
    {
        var b = await InviteAsync();
        A.Write("a", "base");
        await SyncAsync(A, b);
        var document = A.Committed("a")!.Document;
        var file = A.Open("a");
        file.Put("edited");
        Assert.Null(b.Remove("a"));
        await SyncAsync(b, A);
        file.Put("!", 6);
        Assert.Equal("edited!", file.Text());
        file.Release();
        A.Forget();
        await Soon.UntilAsync(() => A.Tree.Pending == 0);
        Assert.Equal("edited!", A.CommittedText("a"));
        Assert.Equal(document, A.Committed("a")!.Document);
        Assert.Equal("edited!", A.Read("a"));
        await SyncAsync(A, b);
        Assert.Equal("edited!", b.Read("a"));
    }

    [Fact]
    public async Task Writing_to_a_file_that_was_deleted_elsewhere_before_brings_it_back_too_but_closing_it_does_not()
    {
        var b = await InviteAsync();
        A.Write("a", "base");
        A.Write("b", "base");
        await SyncAsync(A, b);
        var (a, other) = (A.Open("a"), A.Open("b"));
        Assert.Null(b.Remove("a"));
        Assert.Null(b.Remove("b"));
        await SyncAsync(b, A);
        await Soon.UntilAsync(() => A.List().Length == 0);
        a.Put("edited");
        a.Release();
        other.Release();
        await A.FlushAsync();
        Assert.Equal(["a"], A.List());
        Assert.Equal("edited", A.Read("a"));
    }

    [Fact]
    public async Task A_new_file_keeps_its_folder_when_another_device_deletes_that()
    {
        var b = await InviteAsync();
        A.MakeFolder("f");
        A.MakeFolder("f/g");
        await SyncAsync(A, b);
        var file = A.Create("f/g/new");
        file.Put("new");
        Assert.Null(b.RemoveFolder("f/g"));
        Assert.Null(b.RemoveFolder("f"));
        await SyncAsync(b, A);
        file.Release();
        A.Forget();
        await A.FlushAsync();
        Assert.Equal("new", A.CommittedText("f/g/new"));
        await Soon.UntilAsync(() => A.Has("f"));
        Assert.Equal("new", A.Read("f/g/new"));
        await SyncAsync(A, b);
        Assert.Equal("new", b.Read("f/g/new"));
    }

    [Fact]
    public async Task Nothing_can_be_made_in_a_folder_that_was_deleted_elsewhere()
    {
        var b = await InviteAsync();
        A.MakeFolder("f");
        await SyncAsync(A, b);
        var folder = A.Look("f").Node;
        Assert.Null(b.RemoveFolder("f"));
        await SyncAsync(b, A);
        await Soon.UntilAsync(() => !A.Has("f"));
        await Soon.UntilAsync(() => A.Drive.GetAttributes(folder).Links == 0);
        Assert.Equal(ErrorKind.NotFound, A.Drive.Create(folder, Device.Me, "x"u8, 0x1A4, FileAccess.Write, true).Error);
    }

    [Fact]
    public async Task One_name_made_on_two_devices_is_one_file_with_two_heads_or_one_folder()
    {
        var b = await InviteAsync();
        b.Write("a", "from B");
        b.MakeFolder("f");
        b.Write("f/b", "b");
        await b.FlushAsync();
        var held = await A.HoldCommitsAsync();
        A.Write("a", "from A");
        A.MakeFolder("f");
        A.Write("f/a", "a");
        var apply = b.SendAsync(A);
        await held.DisposeAsync();
        await apply;
        await A.FlushAsync();
        await SyncAsync(A, b);
        await SyncAsync(b, A);
        Assert.Equal(2, A.Committed("a")!.Heads);
        Assert.Equal(["a", "f"], A.List());
        Assert.Equal(["a", "b"], A.List("f"));
        Assert.Equal(["a", "b"], b.List("f"));
        Assert.Equal(A.CommittedText("a"), b.CommittedText("a"));
    }

    [Fact]
    public async Task A_name_that_another_device_gave_to_something_else_meanwhile_is_shown_beside()
    {
        var b = await InviteAsync();
        A.Write("a", "moved");
        await SyncAsync(A, b);
        b.MakeFolder("x");
        b.Write("x/inner", "inner");
        await b.FlushAsync();
        var held = await A.HoldCommitsAsync();
        Assert.Null(A.Rename("a", "x"));
        var apply = b.SendAsync(A);
        await held.DisposeAsync();
        await apply;
        await A.FlushAsync();
        Assert.Null(A.Drive.States.Single().Problem);
        await SyncAsync(A, b);
        A.Forget();
        var names = A.List();
        Assert.Equal(names, b.List());
        Assert.Equal(2, names.Length);
        Assert.Contains("moved", names.Select(name => A.Look(name).Attributes.Kind == Native.Files.FileKind.Regular ? A.Read(name) : ""));
        Assert.Contains("inner", names.Where(name => A.Look(name).Attributes.Kind == Native.Files.FileKind.Folder).Select(name => A.Read($"{name}/inner")));
    }

    [Fact]
    public async Task Open_files_go_on_when_their_folder_is_renamed_elsewhere()
    {
        var b = await InviteAsync();
        A.MakeFolder("f");
        A.Write("f/a", "base");
        await SyncAsync(A, b);
        var old = A.Open("f/a");
        var made = A.Create("f/new");
        old.Put("edited");
        made.Put("new");
        Assert.Null(b.Rename("f", "g"));
        await SyncAsync(b, A);
        old.Put("!", 6);
        made.Put("!", 3);
        old.Release();
        made.Release();
        await A.FlushAsync();
        Assert.Equal(("edited!", "new!"), (A.CommittedText("g/a"), A.CommittedText("g/new")));
        await Soon.UntilAsync(() => A.Has("g"));
        Assert.Equal(("edited!", "new!"), (A.Read("g/a"), A.Read("g/new")));
        Assert.False(A.Has("f"));
    }

    [Fact]
    public async Task Folders_moved_into_each_other_on_two_devices_block_nothing()
    {
        var b = await InviteAsync();
        A.MakeFolder("f");
        A.MakeFolder("g");
        await SyncAsync(A, b);
        Assert.Null(b.Rename("f", "g/f"));
        await b.FlushAsync();
        var held = await A.HoldCommitsAsync();
        // Waits for the writer before what the mount is about to do.
        var apply = b.SendAsync(A);
        Assert.Null(A.Rename("g", "f/g"));
        A.Write("other", "other");
        await held.DisposeAsync();
        await apply;
        await A.FlushAsync();
        Assert.Equal("other", A.CommittedText("other"));
        await SyncAsync(A, b);
        await SyncAsync(b, A);
        A.Forget();
        Assert.Equal(["g", "other"], A.List());
        Assert.Equal(["f"], A.List("g"));
        Assert.Equal(["f"], b.List("g"));
        Assert.Equal(0, A.Tree.Pending);
    }

    [Fact]
    public async Task A_file_that_turns_into_a_symbolic_link_elsewhere_is_another_node()
    {
        var b = await InviteAsync();
        A.Write("a", "text");
        await SyncAsync(A, b);
        var node = A.Look("a").Node;
        var open = A.Open("a", FileAccess.Read);
        var entry = b.Committed("a")!.Id;
        await b.Volume.CommitAsync(edit => edit.Revise(entry, new RevisionState { Kind = DocumentKind.SymbolicLink, Mode = 0x1FF, Target = new ByteString("there"u8) }));
        A.Notices.Clear();
        await b.SendAsync(A);
        await Soon.UntilAsync(() => A.Notices.Any(notice => notice.Name == "a"));
        Assert.NotEqual(node, A.Look("a").Node);
        Assert.Equal(Native.Files.FileKind.SymbolicLink, A.Look("a").Attributes.Kind);
        Assert.Equal("text", open.Text());
        open.Release();
    }

    [Fact]
    public async Task A_link_made_elsewhere_changes_the_count_that_the_kernel_has()
    {
        var b = await InviteAsync();
        A.Write("a", "text");
        await SyncAsync(A, b);
        var node = A.Look("a").Node;
        A.Notices.Clear();
        Assert.Null(b.Link("a", "b"));
        await SyncAsync(b, A);
        await Soon.UntilAsync(() => A.Notices.Contains((node, null)));
        Assert.Equal(2u, A.Drive.GetAttributes(node).Links);
    }

    [Fact]
    public async Task A_reader_may_look_and_change_nothing()
    {
        A.MakeFolder("f");
        A.Write("a", "one");
        await A.FlushAsync();
        var b = await InviteAsync(Role.Reader);
        Assert.Equal("one", b.Read("a"));
        var (root, node) = (b.Look("").Node, b.Look("a").Node);
        Assert.Equal(ErrorKind.ReadOnly, b.Drive.Open(node, Device.Me, FileAccess.Write, false).Error);
        Assert.Equal(ErrorKind.ReadOnly, b.Drive.Open(node, Device.Me, FileAccess.Read, true).Error);
        Assert.Equal(ErrorKind.ReadOnly, b.Drive.Create(root, Device.Me, "b"u8, 0, FileAccess.Write, false).Error);
        Assert.Equal(ErrorKind.ReadOnly, b.Drive.CreateUnnamed(root, Device.Me, 0, FileAccess.Write).Error);
        Assert.Equal(ErrorKind.ReadOnly, b.Make("b", new NewNode(DocumentKind.Folder, 0)).Error);
        Assert.Equal(ErrorKind.ReadOnly, b.Remove("a"));
        Assert.Equal(ErrorKind.ReadOnly, b.RemoveFolder("f"));
        Assert.Equal(ErrorKind.ReadOnly, b.Rename("a", "b"));
        Assert.Equal(ErrorKind.ReadOnly, b.Link("a", "b"));
        Assert.Equal(ErrorKind.ReadOnly, b.SetXattr("a", "user.x", "y"));
        Assert.Equal(ErrorKind.ReadOnly, b.Drive.RemoveXattr(node, "user.x"u8));
        Assert.Equal(ErrorKind.ReadOnly, b.Drive.SetAttributes(node, Device.Me, new AttributeChanges(Permissions: 0)));
        Assert.Equal(0, b.Tree.Pending);
    }

    private static async Task SyncAsync(Device from, Device to)
    {
        await from.FlushAsync();
        await from.SendAsync(to);
    }
}
