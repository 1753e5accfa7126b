using PeerDrive.Posix.Conformance;

namespace PeerDrive.Posix.Suites;

/// <summary>What every system call that takes a path says about paths that lead nowhere.</summary>
internal sealed class PathErrors : Suite
{
    /// <summary>Calls by name; each gets a path that may or may not exist, and a file "other" is there besides.</summary>
    private static readonly Dictionary<string, Func<string, long>> Calls = new()
    {
        ["open"] = path => Open(path, O_RDONLY),
        ["open O_CREAT"] = path => Open(path, O_WRONLY | O_CREAT, Mode(644)),
        ["open O_PATH"] = path => Open(path, O_PATH),
        ["open O_DIRECTORY"] = path => Open(path, O_DIRECTORY),
        ["creat"] = path => Creat(path, Mode(644)),
        ["mkdir"] = path => MkDir(path),
        ["rmdir"] = RmDir,
        ["link from"] = path => Link(path, "new"),
        ["link to"] = path => Link("other", path),
        ["unlink"] = Unlink,
        ["symlink"] = path => SymLink("x", path),
        ["readlink"] = path => ReadLink(path, new byte[10]),
        ["rename from"] = path => Rename(path, "new"),
        ["rename to"] = path => Rename("other", path),
        ["renameat2 NOREPLACE from"] = path => Rename2(path, "new", RENAME_NOREPLACE),
        ["renameat2 EXCHANGE with"] = path => Rename2("other", path, RENAME_EXCHANGE),
        ["chmod"] = path => ChMod(path, Mode(600)),
        ["chown"] = path => ChOwn(path, Unchanged, Unchanged),
        ["lchown"] = path => LChOwn(path, Unchanged, Unchanged),
        ["utimensat"] = path => UTimeNs(path, Instant.Now, Instant.Now),
        ["utimensat of the link"] = path => UTimeNs(path, Instant.Now, Instant.Now, AT_SYMLINK_NOFOLLOW),
        ["stat"] = path => StatX(AT_FDCWD, path, 0, out _),
        ["lstat"] = path => StatX(AT_FDCWD, path, AT_SYMLINK_NOFOLLOW, out _),
        ["truncate"] = path => Truncate(path, 5),
        ["access"] = path => Access(path, F_OK),
        ["mkfifo"] = path => MkNod(path, S_IFIFO | Mode(644)),
        ["mknod"] = path => MkNod(path, S_IFREG | Mode(644)),
        ["getxattr"] = path => GetXattr(path, "user.a", new byte[10]),
        ["setxattr"] = path => SetXattr(path, "user.a", [1]),
        ["listxattr"] = path => ListXattr(path, new byte[100]),
        ["removexattr"] = path => RemoveXattr(path, "user.a"),
        ["statfs"] = path => StatFs(path, new long[32]),
        ["chdir"] = ChDir,
    };

    private static readonly string[] Making = ["open O_CREAT", "creat", "mkdir", "link to", "symlink", "rename to", "mkfifo", "mknod"];

    /// <summary>Calls that act on a symbolic link itself, or on a name that must not be there.</summary>
    private static readonly string[] NotFollowing =
    [
        "mkdir", "rmdir", "link from", "link to", "unlink", "symlink", "readlink", "rename from", "rename to", "renameat2 NOREPLACE from",
        "renameat2 EXCHANGE with", "lchown", "utimensat of the link", "lstat", "mkfifo", "mknod", "open O_PATH",
    ];

    public static IEnumerable<object[]> All => Calls.Keys.Select(call => new object[] { call });

    public static IEnumerable<object[]> Finding => Calls.Keys.Except(Making).Select(call => new object[] { call });

    public static IEnumerable<object[]> Following => Calls.Keys.Except(NotFollowing).Select(call => new object[] { call });

    [RowsOf(nameof(All))]
    public void A_file_on_the_way_is_ENOTDIR(string call)
    {
        Put("other");
        Put("file");
        Fails(ENOTDIR, Calls[call]("file/x"), call);
    }

    [RowsOf(nameof(All))]
    public void A_missing_directory_on_the_way_is_ENOENT(string call)
    {
        Put("other");
        Fails(ENOENT, Calls[call]("missing/x"), call);
    }

    [RowsOf(nameof(Finding))]
    public void A_missing_name_is_ENOENT(string call)
    {
        Put("other");
        Fails(ENOENT, Calls[call]("missing"), call);
    }

    [RowsOf(nameof(All))]
    public void A_name_of_256_bytes_is_ENAMETOOLONG(string call)
    {
        Put("other");
        Fails(ENAMETOOLONG, Calls[call](new string('x', 256)), call);
    }

    [RowsOf(nameof(All))]
    public void A_directory_of_256_bytes_on_the_way_is_ENAMETOOLONG(string call)
    {
        Put("other");
        Fails(ENAMETOOLONG, Calls[call](new string('x', 256) + "/y"), call);
    }

    [RowsOf(nameof(All))]
    public void A_path_of_4096_bytes_is_ENAMETOOLONG(string call)
    {
        Put("other");
        Fails(ENAMETOOLONG, Calls[call](string.Concat(Enumerable.Repeat("./", 2047)) + "xy"), call);
    }

    [RowsOf(nameof(All))]
    public void The_empty_path_is_ENOENT(string call)
    {
        Put("other");
        Fails(ENOENT, Calls[call](""), call);
    }

    [RowsOf(nameof(All))]
    public void Links_in_a_circle_on_the_way_are_ELOOP(string call)
    {
        Put("other");
        Ok(SymLink("b", "a"));
        Ok(SymLink("a", "b"));
        Fails(ELOOP, Calls[call]("a/x"), call);
    }

    [RowsOf(nameof(Following))]
    public void A_link_to_itself_is_ELOOP(string call)
    {
        Put("other");
        Ok(SymLink("self", "self"));
        Fails(ELOOP, Calls[call]("self"), call);
    }

    [RowsOf(nameof(Following))]
    public void A_link_to_a_missing_directory_is_ENOENT(string call)
    {
        Put("other");
        Ok(SymLink("missing/x", "dangling"));
        Fails(ENOENT, Calls[call]("dangling"), call);
    }

    [NeedsRoot]
    [RowsOf(nameof(All))]
    public void A_directory_that_may_not_be_searched_is_EACCES(string call)
    {
        Put("other", mode: Mode(666));
        Ok(ChOwn("other", User, Group));
        Ok(MkDir("locked", Mode(755)));
        Put("locked/x", mode: Mode(666));
        Ok(ChMod("locked", Mode(644)));
        AsUser(() => Fails(EACCES, Calls[call]("locked/x"), call));
    }

    [NeedsRoot]
    [Row("open O_CREAT"), Row("creat"), Row("mkdir"), Row("link to"), Row("symlink"), Row("rename to"), Row("mkfifo"), Row("mknod")]
    public void Making_a_name_in_a_directory_without_write_permission_is_EACCES(string call)
    {
        Put("other", mode: Mode(666));
        Ok(ChOwn("other", User, Group));
        Ok(MkDir("kept", Mode(755)));
        AsUser(() => Fails(EACCES, Calls[call]("kept/new"), call));
        Same(0, Names("kept").Count);
    }

    [NeedsRoot]
    [Row("rmdir"), Row("rename from")]
    public void Taking_a_directory_out_of_one_without_write_permission_is_EACCES(string call)
    {
        Ok(MkDir("kept", Mode(755)));
        Ok(MkDir("kept/x", Mode(777)));
        AsUser(() => Fails(EACCES, Calls[call]("kept/x"), call));
    }

    [NeedsRoot]
    [Row("unlink"), Row("rename from"), Row("rename to")]
    public void Taking_a_file_out_of_a_directory_without_write_permission_is_EACCES(string call)
    {
        Put("other", mode: Mode(666));
        Ok(MkDir("kept", Mode(755)));
        Put("kept/x", mode: Mode(666));
        AsUser(() => Fails(EACCES, Calls[call]("kept/x"), call));
    }

    [Row("mkdir"), Row("link to"), Row("symlink"), Row("mkfifo"), Row("mknod")]
    public void Making_what_is_there_is_EEXIST(string call)
    {
        Put("other");
        Put("file");
        Ok(MkDir("dir"));
        Ok(SymLink("missing", "link"));
        Ok(MkNod("fifo", S_IFIFO | Mode(644)));
        foreach (var name in new[] { "file", "dir", "link", "fifo" }) Fails(EEXIST, Calls[call](name), $"{call} {name}");
    }

    [Row("rmdir"), Row("open O_DIRECTORY"), Row("chdir")]
    public void A_file_where_a_directory_is_needed_is_ENOTDIR(string call)
    {
        Put("file");
        Ok(MkNod("fifo", S_IFIFO | Mode(644)));
        Fails(ENOTDIR, Calls[call]("file"), call);
        Fails(ENOTDIR, Calls[call]("fifo"), call);
    }

    [Row("stat"), Row("open"), Row("chmod"), Row("truncate"), Row("access"), Row("utimensat")]
    public void A_file_with_a_slash_behind_is_ENOTDIR(string call)
    {
        Put("file");
        Fails(ENOTDIR, Calls[call]("file/"), call);
    }

    [Row("creat"), Row("open O_CREAT"), Row("truncate"), Row("unlink"), Row("link from")]
    public void What_is_for_files_only_refuses_a_directory(string call)
    {
        Ok(MkDir("dir"));
        Fails(call == "link from" ? EPERM : EISDIR, Calls[call]("dir"), call);
        True(Stat("dir").Type == S_IFDIR);
    }
}
