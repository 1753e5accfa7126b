using System.Collections.Concurrent;
using PeerDrive.Posix.Conformance;

namespace PeerDrive.Posix.Suites;

/// <summary>Several threads at once, each by system calls of its own.</summary>
internal sealed class Concurrently : Suite
{
    private const int Threads = 8, Rounds = 200;

    public void Each_makes_its_own_files_in_one_directory()
    {
        Ok(MkDir("d"));
        Each(thread =>
        {
            for (var i = 0; i < Rounds; i++) Put($"d/{thread}-{i}", $"{thread} {i}");
        });
        Same(Threads * Rounds, Names("d").Count);
        for (var thread = 0; thread < Threads; thread++) Same($"{thread} {Rounds - 1}", Text($"d/{thread}-{Rounds - 1}"));
    }

    public void Just_one_makes_a_name()
    {
        for (var round = 0; round < 50; round++)
        {
            var won = 0;
            Each(_ =>
            {
                var fd = Open($"f{round}", O_WRONLY | O_CREAT | O_EXCL, Mode(644));
                if (fd < 0)
                {
                    Fails(EEXIST, fd);
                    return;
                }
                Interlocked.Increment(ref won);
                Ok(Close((int)fd));
            });
            Same(1, won);
        }
    }

    public void Just_one_makes_and_just_one_removes_a_directory()
    {
        for (var round = 0; round < 50; round++)
        {
            int made = 0, removed = 0;
            Each(_ => Count(ref made, MkDir("d"), EEXIST));
            Each(_ => Count(ref removed, RmDir("d"), ENOENT));
            Same((1, 1), (made, removed));
        }
    }

    public void Just_one_unlinks_and_just_one_renames()
    {
        for (var round = 0; round < 50; round++)
        {
            int unlinked = 0, renamed = 0;
            Put("f");
            Each(_ => Count(ref unlinked, Unlink("f"), ENOENT));
            Put("g");
            Each(thread => Count(ref renamed, Rename("g", $"g{thread}"), ENOENT));
            Same((1, 1), (unlinked, renamed));
        }
    }

    public void Appended_lines_stay_whole_and_none_is_lost()
    {
        Put("log");
        Each(thread =>
        {
            var fd = (int)Ok(Open("log", O_WRONLY | O_APPEND));
            for (var i = 0; i < Rounds; i++) Same(20L, Write(fd, Bytes($"{thread:d2}-{i:d4}".PadRight(19, '.') + "\n")));
            Ok(Close(fd));
        });
        var lines = Text("log").TrimEnd('\n').Split('\n');
        Same(Threads * Rounds, lines.Length);
        Same(Threads * Rounds, lines.Distinct().Count());
        True(lines.All(line => line.Length == 19));
    }

    public void A_file_that_is_replaced_is_always_there_and_whole()
    {
        Put("f", new string('0', 5000));
        var over = 0;
        Each(thread =>
        {
            if (thread < 2)
            {
                for (var i = 0; i < Rounds; i++)
                {
                    Put($"new{thread}", new string((char)('0' + i % 10), 5000));
                    Ok(Rename($"new{thread}", "f"));
                }
                Interlocked.Increment(ref over);
                return;
            }
            while (Volatile.Read(ref over) < 2)
            {
                var text = Text("f");
                True(text.Length == 5000 && text.Distinct().Count() == 1, $"{text.Length} bytes of one kind");
            }
        });
    }

    public void Writers_of_different_ranges_do_not_disturb_each_other()
    {
        Put("f");
        const int part = 10_007;
        Each(thread =>
        {
            var fd = (int)Ok(Open("f", O_RDWR));
            for (var i = 0; i < 30; i++)
            {
                var offset = (long)(i * Threads + thread) * part;
                Same((long)part, PWrite(fd, Bytes(new string((char)('a' + thread), part)), offset));
                var read = new byte[part];
                Same((long)part, PRead(fd, read, offset));
                True(read.AsSpan().IndexOfAnyExcept((byte)('a' + thread)) < 0);
            }
            Ok(Close(fd));
        });
        var text = Text("f");
        Same(30 * Threads * part, text.Length);
        for (var i = 0; i < 30 * Threads; i++) True(text.AsSpan(i * part, part).IndexOfAnyExcept((char)('a' + i % Threads)) < 0, $"part {i}");
    }

    public void Links_are_counted_rightly()
    {
        Put("f");
        Each(thread =>
        {
            for (var i = 0; i < 50; i++) Ok(Link("f", $"l{thread}-{i}"));
            for (var i = 0; i < 25; i++) Ok(Unlink($"l{thread}-{i}"));
        });
        Same((uint)(1 + Threads * 25), Stat("f").Links);
    }

    public void Directories_moved_to_and_fro_stay_one_tree()
    {
        for (var i = 0; i < 4; i++) Ok(MkDir($"d{i}"));
        Each(thread =>
        {
            for (var i = 0; i < Rounds; i++)
            {
                int a = (i + thread) % 4, b = (i * 3 + thread + 1) % 4;
                _ = Rename($"d{a}", $"d{b}/d{a}");
                _ = Rename($"d{b}/d{a}", $"d{a}");
            }
        });
        Same("d0 d1 d2 d3", string.Join(' ', Found(".").Order(StringComparer.Ordinal)));
    }

    public void A_directory_can_be_read_while_it_changes()
    {
        Ok(MkDir("d"));
        for (var i = 0; i < 300; i++) Put($"d/stays{i}");
        var over = 0;
        Each(thread =>
        {
            if (thread < 4)
            {
                for (var i = 0; i < Rounds; i++)
                {
                    Put($"d/{thread}-{i}");
                    Ok(Unlink($"d/{thread}-{i}"));
                }
                Interlocked.Increment(ref over);
                return;
            }
            while (Volatile.Read(ref over) < 4) Same(300, Names("d").Count(name => name.StartsWith("stays", StringComparison.Ordinal)));
        });
        Same(300, Names("d").Count);
    }

    public void What_one_has_written_all_others_read()
    {
        Put("f", "0");
        for (var round = 1; round <= 50; round++)
        {
            var text = $"{round}".PadRight(round * 100, 'x');
            Put("f", text);
            Each(_ => Same(text, Text("f")));
        }
    }

    private static IEnumerable<string> Found(string folder) => Names(folder).SelectMany(name => Found($"{folder}/{name}").Prepend(name));

    private static void Count(ref int successes, long outcome, Errno otherwise)
    {
        if (outcome >= 0) Interlocked.Increment(ref successes);
        else Fails(otherwise, outcome);
    }

    private static void Each(Action<int> act)
    {
        var failures = new ConcurrentQueue<Exception>();
        using var start = new Barrier(Threads);
        var threads = Enumerable.Range(0, Threads).Select(number => new Thread(() =>
        {
            start.SignalAndWait();
            try
            {
                act(number);
            }
            catch (Exception e)
            {
                failures.Enqueue(e);
            }
        })
        { IsBackground = true }).ToList();
        foreach (var thread in threads) thread.Start();
        foreach (var thread in threads) thread.Join();
        if (failures.TryPeek(out var failure)) throw failure is CheckFailedException ? failure : new InvalidOperationException("in a thread", failure);
    }
}
