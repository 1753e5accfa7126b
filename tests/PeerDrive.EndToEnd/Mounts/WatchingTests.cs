using System.Diagnostics;

namespace PeerDrive.EndToEnd.Mounts;

/// <summary>Programs that watch a directory of the mount with inotify, as file managers do, hear of what another device does.</summary>
[Trait("speed", "slow")]
public sealed class WatchingTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    /// <summary>Prints a line for each event: what, a space, the name in quotes. No opening and no closing after reading.</summary>
    private const string Watcher = """
        import ctypes, os, struct, sys
        names = {0x2: 'MODIFY', 0x4: 'ATTRIB', 0x8: 'CLOSE_WRITE', 0x40: 'MOVED_FROM', 0x80: 'MOVED_TO', 0x100: 'CREATE', 0x200: 'DELETE'}
        libc = ctypes.CDLL(None, use_errno=True)
        fd = libc.inotify_init1(0)
        assert libc.inotify_add_watch(fd, os.fsencode(sys.argv[1]), sum(names)) > 0
        print('watching', flush=True)
        while True:
            got = os.read(fd, 65536)
            at = 0
            while at < len(got):
                _, mask, _, length = struct.unpack_from('iIII', got, at)
                name = got[at + 16:at + 16 + length].rstrip(b'\0').decode()
                at += 16 + length
                print('|'.join(text for bit, text in names.items() if mask & bit) + (' folder ' if mask & 0x40000000 else ' ') + repr(name), flush=True)
        """;

    [Fact]
    public async Task Who_watches_a_directory_is_told_of_what_another_device_makes_changes_renames_and_removes()
    {
        await using var a = await MountedNode.TryStartAsync();
        if (a is null) return;
        await using var b = await MountedNode.StartAsync();
        var linked = Path.Combine(b.Outside, "linked");
        await b.Node.JoinAsync(await a.Node.InviteAsync(), linked);
        a.Sh("mkdir $M/seen $M/unseen; echo one > $M/seen/known; mkdir $M/seen/emptied; echo 1 > $M/seen/replaced");
        await a.CommittedAsync();
        await b.Node.UntilAsync("the files", status => status.Volumes is [{ Files: 2, Links: [{ PendingWrites: 0 }] }]);
        // A file manager lists what it watches.
        a.Sh("ls -l $M/seen");
        using var watcher = Process.Start(new ProcessStartInfo("python3", ["-c", Watcher, Path.Combine(a.Files, "seen")]) { RedirectStandardOutput = true })!;
        try
        {
            var lines = watcher.StandardOutput;
            await NextAsync(lines, "watching");
            foreach (var (edit, events) in new (string, string[])[]
            {
                ("echo hidden > unseen/one; printf new > 'seen/made\nhere'", [@"CREATE 'made\nhere'"]),
                ("echo two >> seen/known", ["MODIFY 'known'", "CLOSE_WRITE 'known'"]),
                ("mv 'seen/made\nhere' seen/renamed", [@"DELETE 'made\nhere'", "CREATE 'renamed'"]),
                ("mkdir seen/folder; ln -s nowhere seen/link", ["CREATE folder 'folder'", "CREATE 'link'"]),
                ("rm seen/known", ["DELETE 'known'"]),
                ("rmdir seen/emptied", ["DELETE folder 'emptied'"]),
                ("rm seen/replaced; mkdir seen/replaced", ["DELETE 'replaced'", "CREATE folder 'replaced'"]),
                ("mv seen/renamed unseen/two", ["DELETE 'renamed'"]),
            })
            {
                b.Sh($"cd '{linked}'; {edit.Replace("'seen/made\nhere'", @"$'seen/made\nhere'", StringComparison.Ordinal)}");
                foreach (var expected in events) await NextAsync(lines, expected);
            }
            // Nothing was done by telling of it: one version each, and the names that there should be.
            Assert.Equal("folder\nlink\nreplaced\n", a.Sh("ls $M/seen"));
            Assert.Equal("nowhere\n", a.Sh("readlink $M/seen/link"));
            Assert.Equal("new", a.Sh("cat $M/unseen/two"));
            Assert.Single(await a.LogAsync("/unseen/two"));
            // What is written here is told by the kernel itself, once.
            a.Sh("echo own > $M/seen/own");
            foreach (var expected in new[] { "CREATE 'own'", "MODIFY 'own'", "CLOSE_WRITE 'own'" }) await NextAsync(lines, expected);
            await a.CheckIsCleanAsync();
            await b.CheckIsCleanAsync();
        }
        finally
        {
            watcher.Kill();
            await watcher.WaitForExitAsync();
        }
    }

    /// <summary>Waits for a line; what comes before it is passed over, but for what says that something was made or removed.</summary>
    private static async Task NextAsync(StreamReader lines, string expected)
    {
        using var limit = new CancellationTokenSource(Limit);
        while (true)
        {
            var line = await lines.ReadLineAsync(limit.Token);
            Assert.True(line is not null, $"the watcher ended before {expected}");
            if (line == expected) return;
            Assert.True(!line.StartsWith("CREATE", StringComparison.Ordinal) && !line.StartsWith("DELETE", StringComparison.Ordinal), $"{line} came before {expected}");
        }
    }
}
