using PeerDrive.Folders.Drafts;
using System.Text;
using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Members;
using PeerDrive.Model.Revisions;

namespace PeerDrive.Folders.Tests;

public sealed class SafetyTests : LinkFixture
{
    [Fact]
    public async Task A_local_edit_that_nobody_saw_is_a_second_head_and_never_overwritten()
    {
        var b = await LinkBothAsync();
        A.Write("f", "base");
        await A.ExchangeAsync(b);
        await b.UnlinkAsync();
        A.Write("f", "from a");
        await A.IdleAsync();
        await A.SendAsync(b);
        b.Write("f", "from b");
        await b.LinkAsync();
        Assert.Equal(2, b.Volume.Reader.Heads(b.Require("f").Document).Count);
        var texts = b.Volume.Reader.Heads(b.Require("f").Document).Select(head => Encoding.UTF8.GetString(b.Volume.Contents.ReadAll(head.Content, 100))).Order();
        Assert.Equal(["from a", "from b"], texts);
    }

    [Fact]
    public async Task A_file_that_could_not_be_written_is_tried_again_though_nothing_tells_that_it_can()
    {
        var b = await LinkBothAsync();
        A.Write("d/f", "one");
        A.Write("d/gone", "one");
        await A.ExchangeAsync(b);
        // Nobody gets past an immutable folder, and changing it back is no change of the file's.
        var (deny, allow) = Environment.UserName == "root" ? ("chattr +i d", "chattr -i d") : ("chmod 555 d", "chmod 755 d");
        Shell.Run(b.Directory, deny);
        try
        {
            A.Write("d/f", "two");
            A.Write("d/new", "two");
            File.Delete(A.PathOf("d/gone"));
            await A.IdleAsync();
            await A.SendAsync(b);
            await b.IdleAsync();
            Assert.Equal("one", b.Read("d/f"));
            Assert.Contains("could not be", b.Link.State.Problem, StringComparison.Ordinal);
            A.Write("other", "text");
            await A.IdleAsync();
            await A.SendAsync(b);
            await b.IdleAsync();
            Assert.Contains("could not be", b.Link.State.Problem, StringComparison.Ordinal);
        }
        finally
        {
            Shell.Run(b.Directory, allow);
        }
        await Soon.UntilAsync(() => b.Read("d/f") == "two" && b.Has("d/new") && !b.Has("d/gone") && b.Link.State.Problem is null);
        await A.ExchangeAsync(b);
        Assert.Equal(A.Names("d"), b.Names("d"));
    }

    [Fact]
    public async Task A_deletion_loses_against_an_edit_that_the_deleter_had_not_seen()
    {
        var b = await LinkBothAsync();
        A.Write("f", "base");
        await A.ExchangeAsync(b);
        await b.UnlinkAsync();
        A.Write("f", "newer");
        await A.IdleAsync();
        await A.SendAsync(b);
        File.Delete(b.PathOf("f"));
        await b.LinkAsync();
        Assert.Equal("newer", b.Read("f"));
    }

    [Fact]
    public async Task A_file_that_stands_where_another_kind_arrives_keeps_its_bytes()
    {
        var b = await LinkBothAsync();
        await b.UnlinkAsync();
        A.Write("x/inside", "a");
        await A.IdleAsync();
        b.Write("x", "mine");
        await A.SendAsync(b);
        await b.LinkAsync();
        await A.ExchangeAsync(b);
        Assert.Equal("a", b.Read("x/inside"));
        Assert.Contains(b.Names(), name => name != "x" && b.Read(name) == "mine");
        Assert.Equal(A.Names(), b.Names());
    }

    [Fact]
    public async Task Files_made_on_both_sides_are_one_when_they_are_equal_and_two_heads_when_not()
    {
        var b = await InviteAsync();
        foreach (var side in new[] { A, b }) side.Write("same", "equal");
        A.Write("other", "from a");
        b.Write("other", "from b");
        await A.LinkAsync();
        await A.SendAsync(b);
        await b.LinkAsync();
        await A.ExchangeAsync(b);
        Assert.Single(b.Volume.Reader.Heads(b.Require("same").Document));
        Assert.Equal(2, b.Volume.Reader.Heads(b.Require("other").Document).Count);
        Assert.Equal(["other", "same"], b.Names());
        Assert.Equal(A.Read("other"), b.Read("other"));
    }

    [Fact]
    public async Task A_link_on_the_way_is_never_followed()
    {
        var b = await LinkBothAsync();
        A.Write("d/f", "one");
        await A.ExchangeAsync(b);
        var outside = Directory.CreateDirectory(Path.Combine(Path.GetDirectoryName(b.Directory)!, "outside")).FullName;
        File.WriteAllText(Path.Combine(outside, "f"), "secret");
        A.Write("d/f", "two");
        A.Write("d/g", "three");
        await A.IdleAsync();
        Shell.Run(b.Directory, $"mv d away; ln -s {outside} d");
        await A.SendAsync(b);
        await A.ExchangeAsync(b);
        Assert.Equal("secret", File.ReadAllText(Path.Combine(outside, "f")));
        Assert.Equal(["f"], Directory.GetFiles(outside).Select(path => Path.GetFileName(path)!));
    }

    [Fact]
    public async Task A_vanished_directory_is_no_deletion_and_goes_on_when_it_is_back()
    {
        await A.LinkAsync();
        A.Write("f", "one");
        await A.IdleAsync();
        Directory.Move(A.Directory, A.Directory + "-away");
        var scan = A.Link.ScanAsync(CancellationToken.None);
        await Soon.UntilAsync(() => A.Link.State.Phase == LinkPhase.Paused);
        Assert.NotNull(A.Link.State.Problem);
        Directory.CreateDirectory(A.Directory);
        Assert.True(A.Require("f").IsLive);
        Directory.Delete(A.Directory);
        Directory.Move(A.Directory + "-away", A.Directory);
        await scan.OrFail();
        Assert.Equal("one", A.Content("f"));
        Assert.Equal(LinkPhase.Watching, A.Link.State.Phase);
    }

    [Fact]
    public async Task An_empty_directory_without_marker_is_not_taken_for_deletion_at_start()
    {
        await A.LinkAsync();
        A.Write("f", "one");
        await A.IdleAsync();
        await A.UnlinkAsync();
        Directory.Move(A.Directory, A.Directory + "-away");
        Directory.CreateDirectory(A.Directory);
        var link = await LinkedFolder.OpenAsync(A.Volume, A.Settings, new FolderContext(TimeProvider.System, new Random(1), TaskScheduler.Default));
        await Soon.UntilAsync(() => link.State.Phase == LinkPhase.Paused);
        Assert.True(A.Require("f").IsLive);
        await link.DisposeAsync();
    }

    [Fact]
    public async Task What_was_done_while_nothing_ran_is_found_at_start()
    {
        await A.LinkAsync();
        A.Write("stay", "1");
        A.Write("edit", "2");
        A.Write("gone/f", "3");
        await A.IdleAsync();
        await A.UnlinkAsync();
        A.Write("edit", "changed");
        A.Write("new", "4");
        Directory.Delete(A.PathOf("gone"), true);
        await A.LinkAsync();
        Assert.Equal(("1", "changed", "4"), (A.Content("stay"), A.Content("edit"), A.Content("new")));
        Assert.Null(A.Find("gone"));
    }

    [Fact]
    public async Task Lost_events_are_made_good_by_a_full_scan()
    {
        await A.LinkAsync();
        A.Write("f", "one");
        await A.IdleAsync();
        A.Link.Overflow();
        A.Write("g", "two");
        await A.IdleAsync();
        Assert.Equal("two", A.Content("g"));
    }

    [Fact]
    public async Task What_is_ignored_stays_here_and_what_becomes_ignored_is_not_deleted()
    {
        var b = await LinkBothAsync();
        A.Write(".pdignore", "*.o\n/build/\n");
        A.Write("a.o", "x");
        A.Write("build/out", "x");
        A.Write("a.c", "x");
        await A.ExchangeAsync(b);
        Assert.Equal([".pdignore", "a.c"], b.Names());
        A.Write(".pdignore", "*.o\n/build/\n*.c\n");
        await A.ExchangeAsync(b);
        A.Write("a.c", "local only");
        await A.ExchangeAsync(b);
        Assert.Equal("x", b.Read("a.c"));
        Assert.NotNull(A.Find("a.c"));
    }

    [Fact]
    public async Task A_deleted_folder_that_holds_ignored_files_stays_and_does_not_come_back()
    {
        var b = await LinkBothAsync();
        A.Write(".pdignore", "*.o\n");
        A.Write("d/f", "1");
        await A.ExchangeAsync(b);
        b.Write("d/x.o", "mine");
        Directory.Delete(A.PathOf("d"), true);
        await A.ExchangeAsync(b);
        Assert.Equal(["x.o"], b.Names("d"));
        await b.Link.ScanAsync(CancellationToken.None);
        await A.ExchangeAsync(b);
        Assert.Null(A.Find("d"));
        Assert.False(A.Has("d"));
    }

    [Fact]
    public async Task A_readers_edits_are_drafts_that_can_be_reverted()
    {
        var b = await InviteAsync(Role.Reader);
        await A.LinkAsync();
        await b.LinkAsync();
        A.Write("f", "one");
        A.Write("g", "two");
        await A.IdleAsync();
        await A.SendAsync(b);
        await b.IdleAsync();
        b.Write("f", "mine");
        b.Write("new", "also mine");
        File.Delete(b.PathOf("g"));
        await b.IdleAsync();
        Assert.Equal(["/f", "/g", "/new"], b.Link.Drafts.Select(draft => draft.Path));
        Assert.Equal("one", b.Content("f"));
        A.Write("f", "three");
        await A.IdleAsync();
        await A.SendAsync(b);
        await b.IdleAsync();
        Assert.Equal("three", b.Read("f"));
        Assert.Contains(b.Link.Drafts, draft => draft is { Path: "/f", IsReplaced: true, Size: 4 });
        // No version has them, and yet their bytes stay, also when nobody remembers that they were stored.
        await b.ReopenAsync();
        Assert.Single(new LinkTable(b.Volume).All);
        Assert.Equal(2, DraftTable.Contents(b.Volume.State).Count);
        b.Volume.Collection.Collect(dryRun: false, (_, _) => { }, CancellationToken.None);
        Assert.All(DraftTable.Contents(b.Volume.State), content => Assert.True(b.Volume.Contents.IsHere(content)));
        await b.LinkAsync();
        await b.Link.RevertAsync(null, CancellationToken.None).OrFail();
        Assert.Empty(b.Link.Drafts);
        Assert.Equal("two", b.Read("g"));
        Assert.False(b.Has("new"));
    }

    [Fact]
    public async Task A_file_that_changes_while_it_is_read_is_committed_whole()
    {
        await A.LinkAsync();
        using var stop = new CancellationTokenSource();
        var path = A.PathOf("f");
        var writer = new Thread(() =>
        {
            var block = new byte[1 << 20];
            for (byte n = 1; !stop.IsCancellationRequested; n++)
            {
                using var file = File.Create(path);
                Array.Fill(block, n);
                for (var i = 0; i < 8; i++) file.Write(block);
            }
        });
        writer.Start();
        for (var i = 0; i < 3; i++) await A.Link.ScanAsync(CancellationToken.None).OrFail();
        await stop.CancelAsync();
        writer.Join();
        await A.IdleAsync();
        var document = A.Require("f").Document;
        foreach (var revision in A.Volume.Reader.History(document))
        {
            var bytes = A.Volume.Contents.ReadAll(revision.Content, 9 << 20);
            Assert.True(bytes.Length == 0 || bytes.All(b => b == bytes[0]), "a mixture was committed");
        }
        Assert.Equal(8 << 20, (int)A.Require("f").Shown!.Value.Content.Size);
    }

    [Fact]
    public async Task A_log_that_stays_open_is_committed_now_and_then()
    {
        A.Settings = A.Settings with { OpenFileInterval = TimeSpan.FromMilliseconds(200), Settle = TimeSpan.Zero };
        await A.LinkAsync();
        using var log = new FileStream(A.PathOf("log"), FileMode.Create, FileAccess.Write, FileShare.ReadWrite);
        log.Write("first\n"u8);
        log.Flush();
        await Soon.UntilAsync(() => A.Find("log") is not null);
        log.Write("second\n"u8);
        log.Flush();
        await Soon.UntilAsync(() => A.Content("log") == "first\nsecond\n");
    }

    [Fact]
    public async Task Closes_within_the_settle_time_are_joined()
    {
        await A.LinkAsync();
        A.Write("f", "0");
        await A.IdleAsync();
        for (var i = 1; i <= 20; i++)
        {
            A.Write("f", $"{i}");
            Shell.Run("/", "sleep 0.03");
        }
        await A.IdleAsync();
        Assert.Equal("20", A.Content("f"));
        Assert.InRange(A.Volume.Reader.History(A.Require("f").Document).Count, 2, 5);
    }

    [Fact]
    public async Task Leftovers_of_a_crash_are_removed_and_never_taken_in()
    {
        await A.LinkAsync();
        await A.UnlinkAsync();
        A.Write(".pd~00112233.tmp", "half");
        await A.LinkAsync();
        Assert.False(File.Exists(A.PathOf(".pd~00112233.tmp")));
        Assert.Empty(A.Volume.Reader.List(EntryId.Root));
    }

    [Fact]
    public async Task A_name_that_two_entries_have_is_shown_twice_and_both_stay_what_they_are()
    {
        var b = await LinkBothAsync();
        A.Write("x", "a");
        Directory.CreateDirectory(b.PathOf("x"));
        b.Write("x/f", "b");
        await A.ExchangeAsync(b);
        Assert.Equal(2, A.Names().Length);
        Assert.Equal(A.Names(), b.Names());
        var suffixed = A.Names().Single(name => name != "x");
        var file = Directory.Exists(A.PathOf("x")) ? suffixed : "x";
        A.Write(file, "edited");
        await A.ExchangeAsync(b);
        Assert.Equal("edited", b.Read(file));
        Assert.Equal(2, A.Names().Length);
    }

    [Fact]
    public async Task An_import_takes_a_directory_in_once()
    {
        A.Write("d/f", "one");
        Shell.Run(A.Directory, "ln d/f d/g; ln -s f d/l");
        ImportProgress? last = null;
        await FolderImport.RunAsync(A.Volume, EntryId.Root, A.Directory, progress => last = progress, CancellationToken.None);
        Assert.Equal("one", A.Content("d/f"));
        Assert.Equal(A.Require("d/f").Document, A.Require("d/g").Document);
        Assert.Equal(DocumentKind.SymbolicLink, A.Require("d/l").Shown!.Value.Kind);
        Assert.NotNull(last);
        await FolderImport.RunAsync(A.Volume, EntryId.Root, A.Directory, _ => { }, CancellationToken.None);
        Assert.Single(A.Volume.Reader.History(A.Require("d/f").Document));
    }

    [Fact]
    public async Task The_room_that_a_link_takes_is_measured()
    {
        A.Write("f", new string('x', 100_000));
        var estimate = await SpaceEstimate.ForAsync(A.Directory, SpaceMode.Keep, A.Volume.Folder, CancellationToken.None);
        Assert.InRange(estimate.Needed, 100_000, 120_000);
        Assert.True(estimate.Free > 0);
        A.Write("large", new string('x', 2 << 20));
        Assert.InRange((await SpaceEstimate.ForAsync(A.Directory, SpaceMode.Keep, A.Volume.Folder, CancellationToken.None)).Needed, 2 << 20, 3 << 20);
        Assert.InRange((await SpaceEstimate.ForAsync(A.Directory, SpaceMode.Lean, A.Volume.Folder, CancellationToken.None)).Needed, 100_000, 130_000);
    }

    [Fact]
    public async Task A_link_that_meets_what_nobody_expected_says_so_and_goes_on()
    {
        await A.LinkAsync();
        await A.UnlinkAsync();
        var random = new FailingRandom();
        A.Link = await LinkedFolder.OpenAsync(A.Volume, A.Settings, new FolderContext(TimeProvider.System, random, TaskScheduler.Default));
        await Soon.UntilAsync(() => A.Link.State.Problem?.Contains("no number", StringComparison.Ordinal) == true);
        random.Fails = false;
        A.Write("f", "text");
        await A.IdleAsync();
        Assert.Equal("text", A.Content("f"));
        Assert.Null(A.Link.State.Problem);
    }

    private sealed class FailingRandom : Random
    {
        public bool Fails { get; set; } = true;

        public override long NextInt64() => Fails ? throw new InvalidOperationException("There is no number.") : base.NextInt64();
    }
}
