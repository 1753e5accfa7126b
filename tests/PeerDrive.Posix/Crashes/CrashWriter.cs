using PeerDrive.Posix.Conformance;

namespace PeerDrive.Posix.Crashes;

/// <summary>The command <c>crash-writer</c>: writes and syncs until it is killed or the mount is gone.</summary>
internal sealed class CrashWriter(Chance chance, Ledger ledger)
{
    private const int ConnectionAborted = 103, Longest = 300_000, MostFiles = 60;

    private static readonly Errno[] MountIsGone = [EIO, ENOTCONN, (Errno)ConnectionAborted];

    private readonly List<string> directories = [];
    private readonly Dictionary<string, long> sizes = [];
    private long lastName;

    /// <returns>The exit code.</returns>
    public static int Run(Options options)
    {
        var seed = options.Number("seed", Environment.TickCount64);
        UMask(0);
        Environment.CurrentDirectory = options.Directory;
        using var ledger = new Ledger(options.Required("ledger"));
        var writer = new CrashWriter(new Chance((ulong)seed), ledger);
        Console.WriteLine($"crash-writer {options.Directory} --seed {seed}");
        try
        {
            writer.Begin($"run-{seed}-{Environment.ProcessId}");
            var operations = options.Number("operations", long.MaxValue);
            for (var done = 1L; done <= operations; done++)
            {
                writer.Step();
                if (done % 500 == 0) Console.WriteLine($"{done} operations");
            }
        }
        catch (MountGoneException e)
        {
            Console.WriteLine($"the mount is gone: {e.Message}");
        }
        return 0;
    }

    /// <summary>The content that a ledger names by its length and seed.</summary>
    public static byte[] Bytes(string length, string seed)
    {
        var bytes = new byte[LedgerReader.Number(length)];
        new Chance((ulong)LedgerReader.Number(seed)).Fill(bytes);
        return bytes;
    }

    private void Begin(string run)
    {
        ledger.Run(run);
        Must(MkDir(run));
        SyncDirectory(".");
        Must(ChDir(run));
        for (var i = 0; i < 4; i++) MakeDirectory();
    }

    private void Step()
    {
        switch (chance.Below(20))
        {
            case < 4:
                Create();
                break;
            case < 7:
                Overwrite();
                break;
            case < 10:
                Append();
                break;
            case < 14:
                Replace();
                break;
            case < 15:
                Remove();
                break;
            case < 16:
                MoveDirectory();
                break;
            default:
                Sync();
                break;
        }
    }

    private void MakeDirectory()
    {
        var name = $"./d{++lastName}";
        ledger.Do($"mkdir {name}", () =>
        {
            Must(MkDir(name));
            SyncDirectory(".");
        });
        directories.Add(name);
    }

    private void Create()
    {
        if (sizes.Count >= MostFiles)
        {
            Remove();
            return;
        }
        var name = $"{chance.Of(directories)}/f{++lastName}";
        ledger.Do($"create {name}", () => Must(Close((int)Must(Open(name, O_WRONLY | O_CREAT | O_EXCL, Mode(644))))));
        sizes[name] = 0;
        Write(name, 0);
        SyncSome(name);
    }

    private void Overwrite()
    {
        if (Any() is not { } name) return;
        Write(name, chance.Below(sizes[name] + 1));
        SyncSome(name);
    }

    private void Append()
    {
        if (Any() is not { } name) return;
        Write(name, sizes[name]);
        SyncSome(name);
    }

    private void Write(string name, long offset)
    {
        var length = Math.Min(chance.Length(Longest / 4), Longest - (int)offset);
        if (length <= 0) return;
        var seed = chance.Below(int.MaxValue);
        var bytes = Bytes($"{length}", $"{seed}");
        ledger.Do($"write {name} {offset} {length} {seed}", () =>
        {
            var fd = (int)Must(Open(name, O_WRONLY));
            Must(PWrite(fd, bytes, offset));
            Must(Close(fd));
        });
        sizes[name] = Math.Max(sizes[name], offset + length);
    }

    /// <summary>As editors save: a new file beside it, synced, then renamed over it.</summary>
    private void Replace()
    {
        if (Any() is not { } name) return;
        var length = chance.Length(Longest);
        var seed = chance.Below(int.MaxValue);
        var temporary = Promises.DirectoryOf(name) + $"/tmp{++lastName}";
        var fd = (int)Must(Open(temporary, O_WRONLY | O_CREAT | O_EXCL, Mode(644)));
        Must(FileCalls.Write(fd, Bytes($"{length}", $"{seed}")));
        Must(FSync(fd));
        Must(Close(fd));
        ledger.Do($"replace {name} {length} {seed}", () => Must(Rename(temporary, name)));
        sizes[name] = length;
        if (!chance.OneIn(3)) SyncDirectoryOf(name);
    }

    private void Remove()
    {
        if (Any() is not { } name) return;
        ledger.Do($"unlink {name}", () => Must(Unlink(name)));
        sizes.Remove(name);
        if (chance.OneIn(2)) SyncDirectoryOf(name);
    }

    private void MoveDirectory()
    {
        var at = chance.Below(directories.Count);
        var (from, to) = (directories[at], $"./d{++lastName}");
        ledger.Do($"syncmove {from} {to}", () =>
        {
            Must(Rename(from, to));
            SyncDirectory(".");
        });
        directories[at] = to;
        foreach (var name in sizes.Keys.Where(name => Promises.DirectoryOf(name) == from).ToList())
        {
            sizes.Remove(name, out var size);
            sizes[to + name[from.Length..]] = size;
        }
    }

    private void Sync()
    {
        if (Any() is not { } name) return;
        SyncFile(name);
        if (chance.OneIn(2)) SyncDirectoryOf(name);
    }

    private void SyncSome(string name)
    {
        if (chance.OneIn(2)) SyncFile(name);
        if (chance.OneIn(2)) SyncDirectoryOf(name);
    }

    private void SyncFile(string name) => ledger.Do($"sync {name}", () =>
    {
        var fd = (int)Must(Open(name, O_RDWR));
        Must(chance.OneIn(2) ? FSync(fd) : FDataSync(fd));
        Must(Close(fd));
    });

    private void SyncDirectoryOf(string name) => ledger.Do($"syncdir {Promises.DirectoryOf(name)}", () => SyncDirectory(Promises.DirectoryOf(name)));

    private static void SyncDirectory(string name)
    {
        var fd = (int)Must(Open(name, O_RDONLY | O_DIRECTORY));
        Must(FSync(fd));
        Must(Close(fd));
    }

    private string? Any() => sizes.Count == 0 ? null : sizes.Keys.ElementAt(chance.Below(sizes.Count));

    private static long Must(long outcome)
    {
        if (outcome >= 0) return outcome;
        var error = (Errno)(-outcome);
        throw MountIsGone.Contains(error) ? new MountGoneException($"{error}") : new CheckFailedException($"{error}");
    }
}
