using System.Text.Json;
using Microsoft.AspNetCore.Http;
using PeerDrive.Cli.Commands;
using PeerDrive.Cli.Running;
using PeerDrive.Cli.Tests.Running;
using PeerDrive.Client;
using PeerDrive.Client.Contracts;

namespace PeerDrive.Cli.Tests.Commands;

public sealed class CommandTests : IAsyncLifetime
{
    private readonly TestShell shell = new();
    private FakeNode node = null!;

    public async Task InitializeAsync() => node = await FakeNode.StartAsync();

    public async Task DisposeAsync() => await node.DisposeAsync();

    [Fact]
    public async Task Status_tells_people_what_is_linked()
    {
        node.On("GET status", Samples.Node(Samples.Volume("Work", Samples.Link("/home/ann/work"))));
        Assert.Equal(0, await RunAsync("status"));
        Assert.Contains("laptop of Ann", shell.Text);
        Assert.Contains("  Work    owner  1,234  3.0 MiB  4.0 MiB  in sync\n", shell.Text);
        Assert.Contains("/home/ann/work  Work", shell.Text);
        Assert.DoesNotContain('\u001b', shell.Text);
    }

    [Fact]
    public async Task Status_tells_what_has_too_few_copies_and_copies_sets_the_number()
    {
        var volume = Samples.Volume("Work") with { Copies = new CopiesStatus(2, 100, 12, 3L << 30, 4, 1L << 30, IsCounted: true) };
        node.On("GET status", Samples.Node(volume, Samples.Volume("Other")));
        Assert.Equal(0, await RunAsync("status"));
        Assert.Contains("  Work: 12 contents, 3.0 GiB, have fewer than 2 copies on other devices; 4 (1.0 GiB) are under way\n", shell.Text);
        Assert.DoesNotContain("Other:", shell.Text);
        node.On("POST volumes/Work/copies", volume);
        Assert.Equal(0, await RunAsync("volume", "copies", "Work", "2"));
        Assert.Contains("Copies 2 on other devices: 12 contents", shell.Text);
        foreach (var wrong in new[] { "two", "1.5", "99999999999" }) Assert.Equal(2, await RunAsync("volume", "copies", "Work", wrong));
        node.On("GET volumes/Other", Samples.Volume("Other"));
        Assert.Equal(0, await RunAsync("volume", "copies", "Other"));
        Assert.Contains("Copies: no number is asked for", shell.Text);
    }

    [Fact]
    public async Task Json_is_the_record_of_the_api()
    {
        var status = Samples.Node(Samples.Volume("Work"));
        node.On("GET status", status);
        Assert.Equal(0, await RunAsync("status", "--json"));
        using var json = JsonDocument.Parse(shell.Text);
        Assert.Equal("Work", json.RootElement.GetProperty("volumes")[0].GetProperty("name").GetString());
        Assert.Equal(JsonSerializer.Serialize(status, PeerDriveClient.Json), shell.Text.TrimEnd());
    }

    [Fact]
    public async Task Peers_shows_who_is_online_through_whom_and_in_step()
    {
        node.On("GET peers", (IReadOnlyList<PeerStatus>)
        [
            new PeerStatus("ABCDEFG-HIJKLMN", "desk", "Ann", true, "10.0.0.2:22067", Samples.Time, 1_024, 0, null, ["Work"])
            {
                Addresses = ["10.0.0.2:22067", "[fd00::2]:22067"],
                Shares = [new PeerShareStatus("1f", "Work", "owner", "full", true, 0, 0, Samples.Time)],
            },
            new PeerStatus("OPQRSTU-VWXYZ23", "phone", "Bob", true, null, Samples.Time, 0, 0, null, [])
            {
                IsConnected = false, Via = "desk", Shares = [new PeerShareStatus("1f", "Work", "reader", "metadata", false, 1_200, 3, Samples.Time)],
            },
            new PeerStatus("4567ABC-DEFGHIJ", "old", "Bob", false, null, null, 0, 0, null, []) { Shares = [new PeerShareStatus("1f", "Work", "reader", null, null, null, null, null)] },
        ]);
        Assert.Equal(0, await RunAsync("peers"));
        Assert.Contains("Ann     online               10.0.0.2:22067", shell.Text);
        Assert.Contains("Bob     online through desk", shell.Text);
        Assert.Contains("Bob     not seen yet", shell.Text);
        Assert.Contains("desk    Work    owner   full      in step\n", shell.Text);
        Assert.Contains("phone   Work    reader  metadata  1,200 changes behind, 3 changes ahead\n", shell.Text);
        Assert.Contains("old     Work    reader\n", shell.Text);
    }

    [Theory]
    [InlineData(404, "NotFound", 3)]
    [InlineData(403, "Forbidden", 5)]
    [InlineData(410, "Expired", 15)]
    public async Task A_problem_is_one_sentence_and_its_code(int http, string kind, int code)
    {
        node.OnProblem("GET volumes/Nope", http, kind, code, "There is no volume Nope; see: peerdrive volume list");
        Assert.Equal(code, await RunAsync("volume", "show", "Nope"));
        Assert.Equal("peerdrive: There is no volume Nope; see: peerdrive volume list\n", shell.Complaint);
        Assert.Empty(shell.Text);
    }

    [Fact]
    public async Task Without_a_node_a_command_says_how_to_start_one()
    {
        Assert.Equal(11, await shell.RunAsync("status", "--home", Path.Combine(node.Home, "nobody")));
        Assert.Contains("peerdrive up", shell.Complaint);
    }

    [Fact]
    public async Task A_node_that_does_not_answer_is_given_up()
    {
        node.On("GET status", context => WaitAsync(context.RequestAborted));
        shell.With("PEERDRIVE_TIMEOUT", "1");
        Assert.Equal(11, await RunAsync("status"));
        Assert.Contains("does not answer", shell.Complaint);
    }

    [Fact]
    public async Task A_node_that_falls_silent_within_a_file_is_given_up()
    {
        node.On("GET volumes/Work/replica", new ReplicaStatus("ID-Work", "full", 0, 0, 0, 0, []));
        node.On("GET volumes/Work/content", async context =>
        {
            context.Response.ContentLength = 100;
            await context.Response.Body.WriteAsync("begun"u8.ToArray(), context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
            await WaitAsync(context.RequestAborted);
        });
        shell.With("PEERDRIVE_TIMEOUT", "1");
        Assert.Equal(11, await RunAsync("cat", "Work:/a"));
        Assert.Contains("not whole", shell.Complaint);
        Assert.Equal("begun", shell.WrittenBytes());
    }

    [Theory]
    [InlineData("status", "stauts")]
    [InlineData("volume", "vol")]
    [InlineData("--json", "--jsno")]
    public async Task A_typo_gets_the_word_that_was_meant(string meant, string typed)
    {
        Assert.Equal(2, await RunAsync(typed.StartsWith('-') ? ["status", typed] : [typed]));
        Assert.Contains($"did you mean \"{meant}\"?", shell.Complaint);
        Assert.Single(shell.Complaint.TrimEnd('\n').Split('\n'));
    }

    [Theory]
    [InlineData("cat")]
    [InlineData("cat", "no-place")]
    [InlineData("cat", "Work")]
    [InlineData("invite", "Work", "--role", "king")]
    [InlineData("invite", "Work", "--expires", "soon")]
    [InlineData("restore", "Work:/a")]
    [InlineData("restore", "Work:/a", "--at", "yesterday")]
    [InlineData("restore", "Work:/a", "--at", "1d", "--revision", "a")]
    [InlineData("undelete", "Work")]
    [InlineData("resolve", "Work:/a")]
    [InlineData("resolve", "Work:/a", "--take", "4f2a", "--keep-both")]
    [InlineData("resolve", "Work:/a", "--tool")]
    [InlineData("ls", "Work", "--at", "soon")]
    [InlineData("cat", "Work:/a", "--at", "2h", "--revision", "4f2a")]
    [InlineData("log", "Work", "--since", "soon")]
    [InlineData("log", "Work", "--limit", "0")]
    [InlineData("diff", "Work")]
    [InlineData("diff", "Work:/a", "--to", "2h")]
    [InlineData("save", "Work:/a", "--at", "2h", "--as", "nowhere")]
    [InlineData("save", "Work:/a", "--as", "Work:/b")]
    [InlineData("rewind", "Work")]
    [InlineData("rewind", "Work", "--since", "2h")]
    [InlineData("rewind", "Work", "--device", "a", "--person", "b")]
    [InlineData("up", "--link", "/no/such/directory")]
    [InlineData("up", "--volume", "Work")]
    [InlineData("id", "import", "/dev/null")]
    [InlineData("volume", "recover", "Work")]
    [InlineData("volume", "recover", "--key-file", "/dev/null")]
    public async Task What_makes_no_sense_never_reaches_the_node(params string[] arguments)
    {
        Assert.Equal(2, await RunAsync(arguments));
        Assert.StartsWith("peerdrive: ", shell.Complaint);
        Assert.Empty(node.Asked);
    }

    [Fact]
    public async Task An_invitation_off_a_terminal_is_just_the_ticket()
    {
        node.On("POST volumes/Work/tickets", new TicketStatus("TICKET", "ID-Work", "writer", Samples.Time));
        Assert.Equal(0, await RunAsync("invite", "Work", "--expires", "2h", "--role", "reader"));
        Assert.Equal("TICKET\n", shell.Text);
        using var asked = JsonDocument.Parse(node.Asked.Single()["POST volumes/Work/tickets ".Length..]);
        Assert.Equal(7_200, asked.RootElement.GetProperty("expiresSeconds").GetInt64());
        Assert.Equal("reader", asked.RootElement.GetProperty("role").GetString());
    }

    [Fact]
    public async Task A_file_is_written_byte_for_byte()
    {
        node.On("GET volumes/Work/replica", new ReplicaStatus("ID-Work", "full", 30, 0, 0, 0, []));
        node.On("GET volumes/Work/content", context => context.Response.Body.WriteAsync(new byte[] { 0x62, 0, 0x0a }).AsTask());
        Assert.Equal(0, await RunAsync("cat", "Work:/a b&c", "--revision", "4f"));
        Assert.Equal("b\0\n", shell.WrittenBytes());
        Assert.Equal("GET volumes/Work/content?path=%2Fa%20b%26c&revision=4f", node.Asked.Last());
    }

    [Fact]
    public async Task An_import_is_followed_to_its_end()
    {
        var polls = 0;
        node.On("POST import", Samples.Job("running", 0, 10));
        node.On("GET jobs", context => FakeNode.WriteAsync(
            context, new[] { ++polls < 3 ? Samples.Job("running", polls, 10) : Samples.Job("done", 10, 10) }));
        Assert.Equal(0, await RunAsync("import", "/data", "Work:/in"));
        Assert.Equal("Imported /data into Work:/in: done, 10 files.\n", shell.Text);
        Assert.Contains("import /data: 10 % (1 of 10 files)\n", shell.Complaint);
    }

    [Fact]
    public async Task A_failed_import_says_why()
    {
        node.On("POST import", Samples.Job("running", 0, 10));
        node.On("GET jobs", new[] { Samples.Job("failed", 3, 10) });
        Assert.Equal(1, await RunAsync("import", "/data", "Work"));
        Assert.Contains("the disk is full", shell.Complaint);
    }

    [Fact]
    public async Task A_check_that_finds_damage_says_so_in_its_exit_code()
    {
        node.On("GET volumes", new[] { Samples.Volume("Work"), Samples.Volume("Home") });
        node.On("GET jobs", Array.Empty<JobStatus>());
        node.On("POST volumes/ID-Work/check", new CheckStatus(10, 100, [], 0, [], IsClean: true));
        node.On("POST volumes/ID-Home/check", new CheckStatus(5, 50, ["/photo.jpg"], 1, [], IsClean: false));
        Assert.Equal(6, await RunAsync("check"));
        Assert.Contains("Damaged: /photo.jpg\n15 chunks, 150 B, 1 healed", shell.Text);
    }

    [Fact]
    public async Task Down_returns_when_the_process_has_ended()
    {
        node.On("GET status", Samples.Node());
        Assert.Equal(0, await RunAsync("down"));
        Assert.Equal(["GET status", "POST stop {}"], node.Asked);
    }

    [Fact]
    public async Task A_graph_of_the_log_marks_the_shown_head()
    {
        node.On("GET volumes/Work/log", new[] { Samples.Revision("aaaa", 1), Samples.Revision("bbbb", 2, "aaaa") with { IsShown = true, IsHead = true } });
        Assert.Equal(0, await RunAsync("log", "Work:/a", "--graph"));
        Assert.Matches(@"^@ bbbb  .*\(shown\)\n\* aaaa  ", shell.Text);
    }

    [Fact]
    public async Task A_person_is_exported_to_a_file_that_only_its_owner_reads()
    {
        var file = Path.Combine(node.Home, "me.key");
        node.On("POST identity/export", new IdentityExport("sealed"));
        shell.With("PEERDRIVE_PASSPHRASE", "correct horse");
        Assert.Equal(0, await RunAsync("id", "export", file));
        Assert.Equal("sealed", await File.ReadAllTextAsync(file));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        Assert.Equal(2, await RunAsync("id", "export", file));
    }

    [Fact]
    public async Task Linking_tells_the_space_it_takes_and_its_risk()
    {
        node.On("POST links", Samples.Link("/films") with { Space = "lean", NeededBytes = 3 << 20, FreeBytes = 5L << 30, Risk = "Its risk: something may be lost." });
        Assert.Equal(0, await RunAsync("link", "Work", "/films", "--space", "lean"));
        Assert.Contains("It takes up to 3.0 MiB more in the node's home, where 5.0 GiB are free.", shell.Text, StringComparison.Ordinal);
        Assert.Contains("Its risk: something may be lost.", shell.Text, StringComparison.Ordinal);
        Assert.Contains("\"lean\"", Assert.Single(node.Asked), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_revision_whose_content_is_not_here_is_marked_in_the_log()
    {
        node.On("GET volumes/Work/changes", new ChangePage([Samples.Change("edited", Samples.Revision("b", 2, "a") with { IsShown = true }), Samples.Change("created", Samples.Revision("a", 1) with { IsHere = false })], null));
        Assert.Equal(0, await RunAsync("log", "Work:/film"));
        var lines = shell.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.DoesNotContain("not here", lines[0], StringComparison.Ordinal);
        Assert.EndsWith("(content not here)", lines[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Removing_and_unlinking_say_what_stays()
    {
        node.On("GET volumes", new[] { Samples.Volume("Work", Samples.Link("/home/ann/work")) });
        Assert.Equal(0, await RunAsync("volume", "remove", "Work", "Bob"));
        Assert.Equal(0, await RunAsync("unlink", "link1"));
        Assert.Equal(["DELETE volumes/Work/members/Bob", "GET volumes", "DELETE links?link=link1"], node.Asked);
        Assert.Contains("stays", shell.Text);
    }

    [Fact]
    public async Task A_restored_folder_is_told_entry_by_entry()
    {
        RestoredEntry[] entries = [new("undelete", "/a/gone", null), new("move", "/a/back", "/b/away"), new("delete", "/a/later", null)];
        node.On("GET jobs", Array.Empty<JobStatus>());
        node.On("POST volumes/Work/restore", new RestoreStatus("/a", null, IsDryRun: true, 1, 1, 0, 1, entries));
        Assert.Equal(0, await RunAsync("restore", "Work:/a", "--at", "2h", "--dry-run"));
        Assert.Equal(
            "undelete  /a/gone\nmove      /b/away -> /a/back\ndelete    /a/later\n"
            + "Nothing was done. It would be: 1 undeleted, 1 moved, 0 revised, 1 deleted (to the trash).\n", shell.Text);
        Assert.Contains(node.Asked, asked => asked.Contains("\"isDryRun\": true", StringComparison.Ordinal) || asked.Contains("\"isDryRun\":true", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_limit_is_set_by_time_of_day_and_shown_with_the_present_rate()
    {
        var limits = new LimitsStatus(
            [new LimitStatus(null, null, 500_000, null, "08:00", "18:00", "mon-fri", IsActive: true)],
            new RateStatus(null, null, 500_000, 0, 499_000, 0), [new RateStatus("ABCDEFG", "laptop", 0, 0, 1_500_000, 0)]);
        node.On("POST limits", limits);
        node.On("GET limits", limits);
        Assert.Equal(0, await RunAsync("limit", "--up", "500kB/s", "--from", "08:00", "--to", "18:00", "--days", "mon-fri"));
        Assert.Contains(node.Asked, asked => asked.StartsWith("POST limits", StringComparison.Ordinal) && asked.Contains("500000", StringComparison.Ordinal) && asked.Contains("mon-fri", StringComparison.Ordinal));
        Assert.Contains("500 kB/s", shell.Text);
        Assert.Contains("mon-fri 08:00-18:00  holds", shell.Text);
        Assert.Contains("499 kB/s", shell.Text);
        Assert.Contains("1.5 MB/s", shell.Text);
        Assert.Equal(0, await RunAsync("limit", "--json"));
        Assert.Contains("\"upPerSecond\": 499000", shell.Text);
    }

    [Theory]
    [InlineData("write 500kB/s", "--up", "fast")]
    [InlineData("add --up RATE", "--from", "08:00", "--to", "18:00")]
    [InlineData("limit PEER --clear", "--clear", "--up", "1MB/s")]
    public async Task A_limit_that_makes_no_sense_says_what_to_type(string expected, params string[] typed)
    {
        Assert.Equal(ExitCodes.Usage, await RunAsync(["limit", .. typed]));
        Assert.Contains(expected, shell.Complaint);
        Assert.Empty(node.Asked);
    }

    [Fact]
    public async Task A_job_is_shown_with_bar_rate_and_time_left_and_paused_by_its_id()
    {
        var job = Samples.Job("running", 512 << 10, 1 << 20, "bytes") with { Id = "fetch-1a2b3c4d", PerSecond = 2 << 20, SecondsLeft = 90, Skipped = ["/lost.bin"] };
        node.On("GET jobs", new[] { job });
        node.On("POST jobs/fetch-1a2b3c4d/pause", job with { State = "paused" });
        Assert.Equal(0, await RunAsync("jobs"));
        Assert.Contains("[############............] 50 % (512 KiB of 1.0 MiB, 2.0 MiB/s, 1 min left)", shell.Text);
        Assert.Contains("left out /lost.bin", shell.Text);
        Assert.Equal(0, await RunAsync("jobs", "pause", "fetch-1a2b3c4d"));
        Assert.Contains(node.Asked, asked => asked.StartsWith("POST jobs/fetch-1a2b3c4d/pause", StringComparison.Ordinal));
        Assert.Contains("is paused", shell.Text);
    }

    [Fact]
    public async Task The_exchange_is_paused_and_resumed_by_volume_or_at_all()
    {
        node.On("POST pause", new PauseStatus(false, ["Work"], []));
        node.On("POST resume", new PauseStatus(false, [], []));
        Assert.Equal(0, await RunAsync("pause", "Work"));
        Assert.Contains("Paused: the exchange of Work", shell.Text);
        Assert.Equal(0, await RunAsync("resume"));
        Assert.Contains("Nothing is paused.", shell.Text);
    }

    [Fact]
    public async Task A_recovery_key_comes_from_the_environment_and_the_answer_says_who_knows()
    {
        node.On("GET jobs", Array.Empty<JobStatus>());
        node.On("POST recover", new[] { new RecoverStatus("ID-Work", "Work", "owner", IsNew: true, []) });
        shell.With("PEERDRIVE_RECOVERY_KEY", "PDR1-PAPER");
        Assert.Equal(0, await RunAsync("volume", "recover", "--from", "DEVICE@10.0.0.1:22067"));
        Assert.Contains("You are the owner of Work (ID-Work).\nNo other device knows yet", shell.Text);
        Assert.Contains(node.Asked, asked => asked.Contains("PDR1-PAPER", StringComparison.Ordinal) && asked.Contains("DEVICE@10.0.0.1:22067", StringComparison.Ordinal));
        Assert.DoesNotContain("PDR1-PAPER", shell.Text + shell.Complaint);
    }

    [Fact]
    public async Task A_forked_device_is_marked_where_members_are_shown_and_problems_are_told()
    {
        var laptop = new DeviceStatus("ABC", "laptop", IsOnline: true) { IsForked = true };
        var volume = Samples.Volume("Work") with { Members = [new MemberStatus("12345678", "Ann", "owner", [laptop])], Problems = ["laptop has forked."] };
        node.On("GET volumes/Work", volume);
        Assert.Equal(0, await RunAsync("volume", "members", "Work"));
        Assert.Contains("laptop (online, FORKED)", shell.Text);
        node.On("GET status", Samples.Node(volume) with { Problems = ["Volume x cannot be opened."] });
        Assert.Equal(0, await RunAsync("status"));
        Assert.Contains("Problem: Volume x cannot be opened.\nProblem: Work: laptop has forked.\n", shell.Text);
    }

    [Fact]
    public async Task The_log_of_a_volume_tells_who_did_what_where_page_after_page()
    {
        var pages = new Queue<ChangePage>([
            new ChangePage([Samples.Change("renamed", null, "/new", "/old")], "1.aa.0"),
            new ChangePage([Samples.Change("deleted", null, "/gone"), Samples.Change("edited", Samples.Revision("bbbb", 1) with { Comment = "better" })], null)]);
        node.On("GET volumes/Work/changes", context => FakeNode.WriteAsync(context, pages.Dequeue()));
        Assert.Equal(0, await RunAsync("log", "Work", "--by", "laptop", "--kind", "renamed,deleted,edited"));
        Assert.Equal(2, node.Asked.Count);
        Assert.Contains("by=laptop", node.Asked[0], StringComparison.Ordinal);
        Assert.Contains("limit=99&after=1.aa.0", node.Asked[1], StringComparison.Ordinal);
        var lines = shell.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Contains("Ann on laptop  renamed  /old -> /new", lines[0], StringComparison.Ordinal);
        Assert.Contains("deleted  /gone", lines[1], StringComparison.Ordinal);
        Assert.Contains("edited  /a  10 B  better", lines[2], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_rewind_tells_what_it_did_and_all_that_it_kept()
    {
        node.On("GET jobs", Array.Empty<JobStatus>());
        node.On("POST volumes/Work/rewind", new RewindStatus("/", false, 0, 1, 1, 0, 1, [
            new RewoundEntry("move", "/a", "/a.locked", null), new RewoundEntry("revise", "/a", null, null), new RewoundEntry("keep", "/b", null, "changed later by desktop")]));
        Assert.Equal(0, await RunAsync("rewind", "Work", "--device", "laptop", "--since", "2h"));
        Assert.Contains("move      /a.locked -> /a\n", shell.Text);
        Assert.Contains("keep      /b  (changed later by desktop)\n", shell.Text);
        Assert.Contains("0 undeleted, 1 moved, 1 revised, 0 deleted (to the trash), 1 kept", shell.Text);
    }

    [Fact]
    public async Task A_diff_side_by_side_pairs_what_was_with_what_is()
    {
        node.On("GET volumes/Work/diff", new DiffStatus("aaaa", "bbbb", [], "--- a/a\n+++ b/a\n@@ -1,3 +1,3 @@\n one\n-two\n+zwei\n three\n+four\n"));
        Assert.Equal(0, await RunAsync("diff", "Work:/a", "--side-by-side"));
        var lines = shell.Text.Split('\n');
        Assert.Matches(@"^one +one$", lines[2]);
        Assert.Matches(@"^two +\| zwei$", lines[3]);
        Assert.Matches(@"^three +three$", lines[4]);
        Assert.Matches(@"^ +> four$", lines[5]);
    }

    [Fact]
    public async Task All_conflicts_are_one_inbox_with_their_volumes()
    {
        node.On("GET conflicts", new[] { new ConflictStatus("/a", "document", [Samples.Revision("aaaa", 1), Samples.Revision("bbbb", 2)]) { Volume = "Work" }, new ConflictStatus("/b", "other", [Samples.Revision("cccc", 1)]) { Volume = "Home" } });
        Assert.Equal(0, await RunAsync("conflicts"));
        Assert.Contains("Work:/a\n", shell.Text);
        Assert.Contains("Home:/b\n", shell.Text);
    }

    [Theory]
    [InlineData("cat \"$LOCAL\" \"$REMOTE\" > \"$MERGED\"", 0)]
    [InlineData("exit 1", 1)]
    [InlineData("rm \"$MERGED\"", 2)]
    public async Task A_merge_program_gets_all_sides_in_a_directory_of_its_own_and_only_its_success_counts(string command, int code)
    {
        string? merged = null;
        var mode = UnixFileMode.None;
        node.On("GET volumes/Work/conflict", new ThreeWayStatus("/a.txt", "document", Samples.Revision("base", 0), [Samples.Revision("aaaa", 1), Samples.Revision("bbbb", 2)], null));
        node.On("GET volumes/Work/content", async context => await context.Response.WriteAsync($"{context.Request.Query["revision"]}\n"));
        node.On("POST volumes/Work/resolve", async context =>
        {
            var asked = node.Asked[^1];
            var request = JsonSerializer.Deserialize<ResolveRequest>(asked[asked.IndexOf('{', StringComparison.Ordinal)..], PeerDriveClient.Json)!;
            merged = await File.ReadAllTextAsync(request.MergedFile!);
            mode = File.GetUnixFileMode(Path.GetDirectoryName(request.MergedFile!)!);
            Assert.Equal(["aaaa", "bbbb"], request.Heads);
            await FakeNode.WriteAsync(context, Samples.Revision("cccc", 3));
        });
        Assert.Equal(code == 0, await RunAsync("resolve", "Work:/a.txt", "--tool", command) == 0);
        Assert.Equal(code == 0 ? "aaaa\nbbbb\n" : null, merged);
        if (code == 0) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, mode);
        Assert.Empty(Directory.GetDirectories(Path.GetTempPath(), "peerdrive-merge-*"));
    }

    [Fact]
    public async Task A_merge_that_is_none_is_shown_under_the_name_of_who_brought_it()
    {
        node.On("GET volumes/Work/changes", new ChangePage([Samples.Change("merged", Samples.Revision("aaaa", 1, "bbbb", "cccc") with { WrongMergeBy = "eve" })], null));
        Assert.Equal(0, await RunAsync("log", "Work:/a"));
        Assert.Contains("wrong merge by eve", shell.Text);
    }

    [Fact]
    public async Task A_checkpoint_that_stands_in_for_the_tree_is_told_with_its_maker_and_how_much_of_its_history_is_here()
    {
        var volume = Samples.Volume("Work") with { IsInSync = false, MissingChangesets = 7, Checkpoint = new CheckpointStatus("laptop", new DateTimeOffset(2026, 11, 22, 10, 15, 0, TimeSpan.Zero), 0.409) };
        node.On("GET status", Samples.Node(volume));
        Assert.Equal(0, await RunAsync("status"));
        Assert.Contains("showing a checkpoint of laptop of 2026-11-22 10:15:00 UTC; history 40 %", shell.Text);
    }

    [Fact]
    public async Task Waiting_to_join_ends_only_when_another_device_was_compared_with_and_nothing_is_missing()
    {
        var volume = Samples.Volume("Work");
        VolumeStatus[] answers =
        [
            volume, volume with { DevicesCompared = 1, MissingChangesets = 7, IsInSync = false }, volume with { DevicesCompared = 1, MissingContents = 2, IsInSync = false },
            volume with { DevicesCompared = 1 },
        ];
        var polls = 0;
        node.On("POST join", new JoinStatus("ID-Work", "Work", "writer", null));
        node.On("GET jobs", Array.Empty<JobStatus>());
        node.On("GET status", context => FakeNode.WriteAsync(context, Samples.Node(answers[polls++]) with
        {
            Jobs = [new JobStatus("fetch-1", "fetch", "Work", "running", 512 << 10, 1 << 20, "bytes", Samples.Time, null) { PerSecond = 2 << 20 }],
        }));
        Assert.Equal(0, await RunAsync("join", "pd1:TICKET", "--wait"));
        Assert.Equal(answers.Length, polls);
        Assert.Contains("Everything is here.", shell.Text);
        Assert.Contains("fetch Work: 50 % (512 KiB of 1.0 MiB, 2.0 MiB/s)", shell.Complaint);
    }

    [Fact]
    public async Task Every_command_has_help_with_an_example()
    {
        var root = CommandSet.Build(new Shell(new Terminal(shell.Output, shell.Error, () => shell.Bytes, false, false, false), TimeProvider.System, _ => null), new CommonOptions());
        foreach (var command in root.Subcommands)
        {
            shell.Output.GetStringBuilder().Clear();
            Assert.Equal(0, await shell.RunAsync(command.Name, "--help"));
            Assert.Contains("Examples:\n  ", shell.Text.ReplaceLineEndings("\n"));
            Assert.Contains("--home", shell.Text);
        }
    }

    [Theory]
    [InlineData("bash", "status")]
    [InlineData("zsh", "#compdef peerdrive")]
    [InlineData("fish", "complete -c peerdrive")]
    public async Task Completion_knows_commands_and_options(string kind, string part)
    {
        Assert.Equal(0, await shell.RunAsync("completion", kind));
        Assert.Contains(part, shell.Text);
        Assert.Contains("recovery-key", shell.Text);
    }

    private static async Task WaitAsync(CancellationToken cancellation)
    {
        var never = new TaskCompletionSource();
        using var ended = cancellation.Register(never.SetResult);
        await never.Task;
    }

    private Task<int> RunAsync(params string[] arguments) => shell.RunAsync([.. arguments, "--home", node.Home]);
}
