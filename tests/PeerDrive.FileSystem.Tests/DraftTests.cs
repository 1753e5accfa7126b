using PeerDrive.FileSystem.Committing;
using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Revisions;

namespace PeerDrive.FileSystem.Tests;

/// <summary>When edits become revisions, and what is there after a crash.</summary>
public sealed class DraftTests : DriveFixture
{
    [Fact]
    public async Task What_was_synced_and_still_open_is_offered_after_a_crash_and_committed_once_somebody_writes()
    {
        A.Write("a", "base");
        await A.FlushAsync();
        var document = A.Committed("a")!.Document;
        var (edited, made, plain) = (A.Open("a"), A.Create("new"), A.Create("plain"));
        edited.Put("edited");
        made.Put("new");
        plain.Put("lost");
        Assert.Null(await edited.SyncAsync().OrFail());
        Assert.Null(await made.SyncAsync().OrFail());
        await A.CrashAsync();
        Assert.Equal(["a", "new"], A.List());
        Assert.Equal(("edited", "new"), (A.Read("a"), A.Read("new")));
        await A.FlushAsync();
        Assert.Equal("base", A.CommittedText("a"));
        Assert.Null(A.Committed("new"));
        // Still offered after another opening.
        await A.ReopenAsync();
        Assert.Equal(("edited", "new"), (A.Read("a"), A.Read("new")));
        foreach (var name in new[] { "a", "new" })
        {
            var file = A.Open(name);
            file.Put("!", 0);
            file.Release();
        }
        await A.FlushAsync();
        Assert.Equal(("!dited", "!ew"), (A.CommittedText("a"), A.CommittedText("new")));
        Assert.Equal(document, A.Committed("a")!.Document);
        Assert.Equal(1, A.Committed("a")!.Heads);
        await A.ReopenAsync();
        Assert.Equal(("!dited", "!ew"), (A.Read("a"), A.Read("new")));
        Assert.Equal(0, A.Tree.Pending);
    }

    [Fact]
    public async Task What_was_synced_and_closed_is_committed_after_a_crash()
    {
        var held = await A.HoldCommitsAsync();
        A.Write("a", "closed");
        var file = A.Open("a", FileAccess.Read);
        var sync = file.SyncAsync();
        await held.DisposeAsync();
        Assert.Null(await sync.OrFail());
        await A.CrashAsync();
        await A.FlushAsync();
        Assert.Equal("closed", A.CommittedText("a"));
        Assert.Equal(1, A.Revisions("a"));
    }

    [Fact]
    public void A_claim_of_the_version_before_is_still_one()
    {
        var claim = new DraftClaim(EntryId.Root, EntryName.Create("a"u8), null, null, 0x1A4, new Owner(1, "me"), new Owner(2, "us"), 3, IsClosed: true, Order: 4);
        var bytes = claim.Encode();
        Assert.Equal(claim, DraftClaim.TryDecode(bytes));
        bytes[0] = 1;
        Assert.Equal(claim with { Order = 0 }, DraftClaim.TryDecode(bytes.AsSpan(..^sizeof(long))));
        bytes[0] = 3;
        Assert.Null(DraftClaim.TryDecode(bytes));
    }

    [Fact]
    public async Task Of_two_synced_drafts_of_one_name_the_one_that_replaced_the_other_is_there_after_a_crash()
    {
        var held = await A.HoldCommitsAsync();
        A.MakeFolder("folder");
        var flush = A.FlushAsync();
        await A.UntilCommittingAsync();
        var (old, saved) = (A.Create("a"), A.Create("a.new"));
        saved.Put("saved");
        old.Put("old");
        Assert.Null(await saved.SyncAsync().OrFail());
        Assert.Null(await old.SyncAsync().OrFail());
        Assert.Null(A.Rename("a.new", "a"));
        Assert.Null(await saved.SyncAsync().OrFail());
        // The replica's files are copied before the first thing is waited for.
        var crash = A.CrashAsync();
        await held.DisposeAsync();
        await flush;
        await crash;
        Assert.Equal("saved", A.Read("a"));
    }

    [Fact]
    public async Task A_new_file_that_was_synced_before_anything_was_written_is_there_after_a_crash()
    {
        var file = A.Create("a");
        Assert.Null(await file.SyncAsync().OrFail());
        await A.CrashAsync();
        Assert.Equal("", A.Read("a"));
    }

    [Fact]
    public async Task A_synced_file_in_a_folder_that_is_new_is_found_there_after_a_crash()
    {
        A.MakeFolder("f");
        A.MakeFolder("f/g");
        var file = A.Create("f/g/a");
        file.Put("text");
        Assert.Null(await file.SyncAsync().OrFail());
        await A.CrashAsync();
        Assert.Equal("text", A.Read("f/g/a"));
    }

    [Fact]
    public async Task A_synced_file_that_was_unlinked_does_not_come_back()
    {
        var file = A.Create("a");
        file.Put("text");
        Assert.Null(await file.SyncAsync().OrFail());
        Assert.Null(A.Remove("a"));
        await A.FlushAsync();
        Assert.Equal("text", file.Text());
        await A.CrashAsync();
        Assert.Empty(A.List());
        Assert.Empty(A.Volume.Drafts.Recover());
    }

    [Fact]
    public async Task A_synced_file_that_another_link_still_names_is_found_by_that()
    {
        A.Write("a", "base");
        Assert.Null(A.Link("a", "b"));
        await A.FlushAsync();
        A.Forget();
        var file = A.Open("a");
        Assert.Null(A.Remove("a"));
        file.Put("edited");
        Assert.Null(await file.SyncAsync().OrFail());
        await A.FlushAsync();
        await A.CrashAsync();
        Assert.Equal("edited", A.Read("b"));
        Assert.Equal(["b"], A.List());
    }

    [Fact]
    public async Task A_renamed_file_whose_folder_was_synced_has_its_new_name_after_a_crash()
    {
        A.Write("a", "base");
        await A.FlushAsync();
        var file = A.Create("a.tmp");
        file.Put("saved");
        Assert.Null(await file.SyncAsync().OrFail());
        Assert.Null(A.Rename("a.tmp", "a"));
        Assert.Null(await A.Drive.SyncFolderAsync(A.Look("").Node).OrFail());
        await A.CrashAsync();
        Assert.Equal(["a"], A.List());
        Assert.Equal("saved", A.Read("a"));
    }

    [Fact]
    public async Task A_draft_whose_folder_was_deleted_meanwhile_is_offered_at_the_top()
    {
        var b = await InviteAsync();
        A.MakeFolder("f");
        A.Write("f/a", "base");
        await A.FlushAsync();
        await A.SendAsync(b);
        var file = A.Open("f/a");
        file.Put("edited");
        Assert.Null(await file.SyncAsync().OrFail());
        await A.UnmountAsync();
        Assert.Null(b.Remove("f/a"));
        Assert.Null(b.RemoveFolder("f"));
        await b.FlushAsync();
        await b.SendAsync(A);
        await A.MountAsync();
        await A.CrashAsync();
        Assert.Equal("edited", A.Read("a"));
    }

    [Fact]
    public async Task Three_writes_to_an_ephemeral_name_are_one_revision_and_an_ordinary_name_waits_for_its_settle_time()
    {
        var time = new ManualTimeProvider();
        var other = await AnotherAsync(time: time);
        for (var i = 0; i < 3; i++)
        {
            other.Write("a.tmp", $"text {i}");
            other.Write("a", $"text {i}");
            time.Advance(TimeSpan.FromMilliseconds(300));
            if (i == 0) await AdvanceUntilAsync(() => other.Committed("a") is not null);
        }
        Assert.Null(other.Committed("a.tmp"));
        await AdvanceUntilAsync(() => other.CommittedText("a") == "text 2");
        Assert.Equal(2, other.Revisions("a"));
        Assert.Null(other.Committed("a.tmp"));
        time.Advance(TimeSpan.FromSeconds(31));
        await AdvanceUntilAsync(() => other.Committed("a.tmp") is not null);
        Assert.Equal("text 2", other.CommittedText("a.tmp"));
        Assert.Equal(1, other.Revisions("a.tmp"));

        var open = other.Open("a");
        open.Put("long open");
        time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal("text 2", other.CommittedText("a"));
        time.Advance(TimeSpan.FromSeconds(6));
        await AdvanceUntilAsync(() => other.CommittedText("a") == "long open");
        open.Release();

        async Task AdvanceUntilAsync(Func<bool> condition) => await Soon.UntilAsync(() =>
        {
            if (condition()) return true;
            time.Advance(TimeSpan.FromMilliseconds(20));
            return false;
        });
    }

    [Fact]
    public async Task A_full_disk_loses_nothing_and_what_waited_is_committed_when_there_is_room()
    {
        var disk = new FullDisk();
        var other = await AnotherAsync(disk: disk);
        other.Write("a", "one");
        await other.FlushAsync();
        disk.IsFull = true;
        other.Write("a", "two");
        other.Write("b", "new");
        Assert.Null(other.Rename("b", "c"));
        Assert.Equal(ErrorKind.NoSpace, await other.Drive.SyncFolderAsync(other.Look("").Node).OrFail());
        Assert.Equal("one", other.CommittedText("a"));
        Assert.Equal(("two", "new"), (other.Read("a"), other.Read("c")));
        Assert.NotNull(other.Drive.States.Single().Problem);
        disk.IsFull = false;
        Assert.Null(await other.Drive.SyncFolderAsync(other.Look("").Node).OrFail());
        Assert.Equal(("two", "new"), (other.CommittedText("a"), other.CommittedText("c")));
        Assert.Null(other.Drive.States.Single().Problem);
    }

    [Fact]
    public async Task What_cannot_be_committed_at_the_end_is_offered_at_the_next_start()
    {
        var disk = new FullDisk();
        var other = await AnotherAsync(disk: disk);
        other.Write("a", "one");
        await other.FlushAsync();
        disk.FailsToSync = path => path.EndsWith(".log", StringComparison.Ordinal);
        other.Write("a", "two");
        other.Write("b", new string('x', 100_000));
        var open = other.Create("c");
        open.Put("open");
        await other.UnmountAsync();
        disk.FailsToSync = _ => false;
        await other.MountAsync();
        // Another mount of the same node shows it too.
        Assert.Equal(("two", new string('x', 100_000), "open"), (other.Read("a"), other.Read("b"), other.Read("c")));
        await other.ReopenAsync();
        Assert.Equal(("two", new string('x', 100_000), "open"), (other.Read("a"), other.Read("b"), other.Read("c")));
        await other.FlushAsync();
        Assert.Equal("two", other.CommittedText("a"));
        Assert.Equal(new string('x', 100_000), other.CommittedText("b"));
        Assert.Null(other.Committed("c"));
        Assert.Equal(1, other.Committed("a")!.Heads);
    }

    [Fact]
    public async Task One_file_that_cannot_be_stored_does_not_block_the_others()
    {
        var disk = new FullDisk();
        var other = await AnotherAsync(disk: disk);
        var bad = other.Create("bad");
        bad.Put(new string('x', 200_000));
        disk.FailsToSync = path => path.Contains("staging", StringComparison.Ordinal);
        Assert.Equal(ErrorKind.Io, await bad.SyncAsync().OrFail());
        bad.Release();
        disk.FailsToSync = _ => false;
        other.Write("good", "good");
        other.MakeFolder("f");
        other.Write("f/good", "good");
        await Soon.UntilAsync(() => other.Committed("good") is not null && other.Committed("f/good") is not null);
        Assert.Equal("good", other.CommittedText("good"));
        Assert.NotNull(other.Drive.States.Single().Problem);
        Assert.Equal(ErrorKind.Io, await other.Drive.SyncFolderAsync(other.Look("").Node).OrFail());
        Assert.Null(other.Remove("bad"));
        Assert.Null(await other.Drive.SyncFolderAsync(other.Look("").Node).OrFail());
        Assert.Null(other.Drive.States.Single().Problem);
    }
}
