namespace PeerDrive.EndToEnd.Mounts;

/// <summary>Real programs at work in a mounted volume.</summary>
[Trait("speed", "slow")]
public sealed class ProgramTests
{
    /// <summary>A repository of 300 commits, made outside.</summary>
    private const string Repository = """
        git init -q "$O/origin"; cd "$O/origin"; git config user.email a@b; git config user.name a
        for i in $(seq 300); do mkdir -p "d$((i % 7))"; seq $i $((i * 3)) > "d$((i % 7))/f$((i % 23))"; git add -A; git commit -qm "change $i"; done
        """;

    [Fact]
    public async Task Git_clones_looks_collects_and_verifies()
    {
        await using var mounted = await MountedNode.TryStartAsync();
        if (mounted is null) return;
        mounted.Sh(Repository);
        mounted.Sh("""git clone -q --no-hardlinks "$O/origin" "$M/clone" """);
        Assert.Equal("", mounted.Sh("""cd "$M/clone"; git status --porcelain"""));
        mounted.Sh("""cd "$M/clone"; git gc -q --aggressive --prune=now; git fsck --strict --no-progress""");
        Assert.Equal("300\n", mounted.Sh("""cd "$M/clone"; git rev-list --count HEAD"""));
        mounted.Sh("""
            cd "$M/clone"; git config user.email a@b; git config user.name a
            git checkout -qb side HEAD~20; echo more >> d1/f1; git commit -qam side; git stash list; git checkout -q -; git merge -q side -m merge || git merge --abort
            """);
        Assert.Equal("", mounted.Sh("""cd "$M/clone"; git status --porcelain; git fsck --no-progress"""));
        await mounted.CommittedAsync();
        await mounted.CheckIsCleanAsync();
    }

    [Fact]
    public async Task A_program_of_several_files_is_built_with_make()
    {
        await using var mounted = await MountedNode.TryStartAsync();
        if (mounted is null) return;
        mounted.Sh("""
            mkdir "$M/program"; cd "$M/program"
            for i in $(seq 20); do printf 'int f%d(int x) { return x + %d; }\n' $i $i > f$i.c; done
            { for i in $(seq 20); do echo "int f$i(int);"; done; echo '#include <stdio.h>'; echo 'int main(void) { int x = 0;'
              for i in $(seq 20); do echo "x = f$i(x);"; done; echo 'printf("%d\n", x); return 0; }'; } > main.c
            printf 'objects = $(patsubst %%.c,%%.o,$(wildcard *.c))\nprogram: $(objects)\n\tgcc -o $@ $^\n' > Makefile
            make -s -j4
            """);
        Assert.Equal("210\n", mounted.Sh("""cd "$M/program"; ./program"""));
        Assert.Contains("up to date", mounted.Sh("""cd "$M/program"; make"""), StringComparison.Ordinal);
        Assert.Contains("f7.o", mounted.Sh("""cd "$M/program"; touch f7.c; make"""), StringComparison.Ordinal);
    }

    [Fact]
    public async Task SQLite_is_whole_after_its_writer_was_killed_and_after_the_node_was()
    {
        await using var mounted = await MountedNode.TryStartAsync();
        if (mounted is null) return;
        foreach (var mode in new[] { "delete", "truncate" })
        {
            mounted.Sh($$"""sqlite3 "$M/{{mode}}.db" 'PRAGMA journal_mode={{mode}}; CREATE TABLE t(n INTEGER PRIMARY KEY, b BLOB)' > /dev/null""");
            for (var round = 0; round < 3; round++)
            {
                mounted.Sh(Writer(mode) + "while [ $(wc -l < \"$O/done\") -lt 30 ]; do kill -0 $writer; done; kill -9 $writer; wait $writer || true");
                Assert.Equal("ok\n", mounted.Sh($$"""sqlite3 "$M/{{mode}}.db" 'PRAGMA integrity_check'"""));
            }
            mounted.Sh(Writer(mode) + "echo $writer > \"$O/pid\"; while [ $(wc -l < \"$O/done\") -lt 30 ]; do kill -0 $writer; done");
            mounted.Node.Kill();
            await mounted.Node.RestartAsync();
            Assert.Equal("ok\n", mounted.Sh($$"""sqlite3 "$M/{{mode}}.db" 'PRAGMA integrity_check'"""));
            // Every transaction that was told as done is there.
            mounted.Sh($$"""[ $(sqlite3 "$M/{{mode}}.db" 'SELECT count(*) FROM t') -ge $(wc -l < "$O/done") ]""");
        }
        await mounted.CommittedAsync();
        await mounted.CheckIsCleanAsync();
    }

    [Fact]
    public async Task Programs_that_save_in_their_own_ways_continue_one_history()
    {
        await using var mounted = await MountedNode.TryStartAsync();
        if (mounted is null) return;
        var ways = new Dictionary<string, Func<int, string>>
        {
            ["vim.txt"] = n => $"""vim -u NONE -es -n -c 'normal Goline {n}' -c wq "$M/vim.txt" """,
            ["backup.vim"] = n => $"""vim -u NONE -es -n --cmd 'set backup backupcopy=no' -c 'normal Goline {n}' -c wq "$M/backup.vim" """,
            ["renamed.odt"] = n => $"""seq {n}00 > "$M/lu1234.tmp"; sync "$M/lu1234.tmp"; mv "$M/lu1234.tmp" "$M/renamed.odt" """,
            ["kept.txt"] = n => $"""mv "$M/kept.txt" "$M/kept.txt~"; seq {n}00 > "$M/kept.txt" """,
            ["atomic.json"] = n => $"""python3 -c 'import os,sys,tempfile; d=sys.argv[1]; f,p=tempfile.mkstemp(dir=d); os.write(f,b"{n}"); os.fsync(f); os.close(f); os.replace(p,d+"/atomic.json")' "$M" """,
        };
        foreach (var (name, save) in ways)
        {
            mounted.Sh($"""echo first > "$M/{name}" """);
            await mounted.CommittedAsync();
            for (var n = 1; n <= 3; n++)
            {
                mounted.Sh(save(n));
                await mounted.CommittedAsync();
            }
            var log = await mounted.LogAsync("/" + name);
            Assert.True(log.Count == 4, $"{name}: {log.Count} revisions\n{mounted.Sh("ls -la \"$M\"")}");
        }
    }

    [Fact]
    public async Task Rsync_and_tar_bring_everything_in_and_out_again()
    {
        await using var mounted = await MountedNode.TryStartAsync();
        if (mounted is null) return;
        var source = Path.Combine(mounted.Outside, "source");
        Directory.CreateDirectory(source);
        Directories.Fill(source, 400, 8);
        mounted.Sh("""cd "$O/source"; ln link2 f 2>/dev/null || true; echo x > one; ln one two; ln -s nowhere dangling; chmod 750 "area 1"; mkfifo pipe; chown 1234:4321 one -- -dash; touch -d '1999-12-31 23:59:59.123456789' one "area 2" """);
        mounted.Sh("""rsync -aH "$O/source/" "$M/synced/" """);
        Assert.Equal("", mounted.Sh("""rsync -aniH --checksum --delete "$O/source/" "$M/synced/" """));
        await mounted.CommittedAsync();
        Assert.Equal("", mounted.Sh("""rsync -aniH --checksum --delete "$O/source/" "$M/synced/" """));
        mounted.Sh("""rsync -aH "$M/synced/" "$O/out/" """);
        Assert.Equal("", mounted.Sh("""rsync -aniH --checksum --delete "$O/source/" "$O/out/" """));
        mounted.Sh("""mkdir "$M/untarred"; tar -C "$O/source" -cf - . | tar -C "$M/untarred" -xpf -""");
        Assert.Equal("", mounted.Sh("""rsync -aniH --checksum --delete "$O/source/" "$M/untarred/" """));
        mounted.Sh("""mkdir "$O/again"; tar -C "$M/untarred" -cf - . | tar -C "$O/again" -xpf -""");
        Assert.Equal("", mounted.Sh("""rsync -aniH --checksum --delete "$O/source/" "$O/again/" """));
        Assert.Equal(mounted.Sh("""cd "$O/source"; find . | sort"""), mounted.Sh("""cd "$M/synced"; find . | sort"""));
        Assert.Equal(mounted.Sh("""cd "$O/source"; grep -rlc --exclude=pipe A . | sort"""), mounted.Sh("""cd "$M/synced"; grep -rlc --exclude=pipe A . | sort"""));
        // After a restart it is what the volume has, and no more what the mount remembers.
        await mounted.Node.StopAsync();
        await mounted.Node.RestartAsync();
        Assert.Equal("", mounted.Sh("""rsync -aniH --checksum --delete "$O/source/" "$M/untarred/" """));
    }

    [Fact]
    public async Task A_player_seeks_in_a_large_file_while_another_reads_it_through()
    {
        await using var mounted = await MountedNode.TryStartAsync();
        if (mounted is null) return;
        mounted.Sh("""head -c 200M /dev/urandom > "$O/film"; cp "$O/film" "$M/film" """);
        await mounted.CommittedAsync();
        mounted.Sh("""
            cmp "$O/film" "$M/film" & reader=$!
            python3 - "$O/film" "$M/film" <<'PY'
            import os, random, sys
            a, b = (os.open(p, os.O_RDONLY) for p in sys.argv[1:])
            chance = random.Random(1)
            for _ in range(2000):
                at, n = chance.randrange(200 << 20), chance.choice([1, 4096, 65536, 1 << 20])
                assert os.pread(a, n, at) == os.pread(b, n, at), at
            PY
            wait $reader
            """);
    }

    [Fact]
    public async Task Mapped_files_are_read_and_written()
    {
        await using var mounted = await MountedNode.TryStartAsync();
        if (mounted is null) return;
        mounted.Sh("""
            head -c 3000001 /dev/urandom > "$O/a"; cp "$O/a" "$M/a"
            python3 - "$O/a" "$M/a" <<'PY'
            import mmap, sys
            outside, inside = sys.argv[1:]
            with open(outside, "r+b") as f, open(inside, "r+b") as g:
                m, n = mmap.mmap(f.fileno(), 0), mmap.mmap(g.fileno(), 0)
                for at in range(0, 3000001, 4099):
                    assert m[at] == n[at], at
                    m[at] = n[at] = (m[at] + 1) & 255
                n.flush(); m.flush()
                private = mmap.mmap(g.fileno(), 0, mmap.MAP_PRIVATE)
                private[0] = (private[0] + 1) & 255
                assert private[0] != n[0]
            PY
            cmp "$O/a" "$M/a"
            """);
        await mounted.CommittedAsync();
        await mounted.Node.StopAsync();
        await mounted.Node.RestartAsync();
        mounted.Sh("""cmp "$O/a" "$M/a" """);
    }

    /// <summary>Inserts a row a transaction, and notes each that is done.</summary>
    private static string Writer(string mode) => $$"""
        rm -f "$O/done"; touch "$O/done"
        python3 - "$M/{{mode}}.db" "$O/done" > "$O/writer.log" 2>&1 <<'PY' & writer=$!
        import os, sqlite3, sys
        db = sqlite3.connect(sys.argv[1], isolation_level=None)
        db.execute("PRAGMA journal_mode={{mode}}")
        done = open(sys.argv[2], "a")
        try:
            while True:
                db.execute("INSERT INTO t(b) VALUES(randomblob(3000))")
                done.write("x\n"); done.flush()
        except (sqlite3.OperationalError, sqlite3.DatabaseError):
            pass
        PY

        """;
}
