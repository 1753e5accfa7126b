using PeerDrive.Posix.Conformance;

namespace PeerDrive.Posix.Suites;

internal sealed class Modes : Suite
{
    public static IEnumerable<object[]> Every =>
        from kind in new[] { "file", "dir", "fifo" }
        from mode in new[] { 0, 1, 12, 123, 644, 755, 777, 1777, 2755, 4755, 7777 }
        select new object[] { kind, mode };

    [RowsOf(nameof(Every))]
    public void Chmod_sets_all_bits_and_keeps_the_type(string kind, int mode)
    {
        Make(kind);
        var before = Stat("x");
        Ok(ChMod("x", Mode(mode)));
        Same((Mode(mode), before.Type, before.Inode), (Stat("x").Permissions, Stat("x").Type, Stat("x").Inode));
    }

    [Row("chmod"), Row("fchmod"), Row("fchmodat")]
    public void It_sets_ctime_only(string call)
    {
        Put("x");
        var before = Stat("x");
        Tick();
        Ok(call switch
        {
            "chmod" => ChMod("x", Mode(600)),
            "fchmod" => FChMod(Opened("x"), Mode(600)),
            _ => FChModAt(Opened(".", O_RDONLY), "x", Mode(600), 0),
        });
        Same((Mode(600), before.Mtime), (Stat("x").Permissions, Stat("x").Mtime));
        True(Stat("x").Ctime > before.Ctime);
    }

    public void It_goes_through_a_symbolic_link()
    {
        Put("f", mode: Mode(644));
        Ok(SymLink("f", "link"));
        Ok(ChMod("link", Mode(600)));
        Same((Mode(600), Mode(777)), (Stat("f").Permissions, LStat("link").Permissions));
    }

    public void A_file_keeps_its_mode_when_it_is_open_and_unlinked()
    {
        Put("f", mode: Mode(644));
        var fd = Opened("f");
        Ok(Unlink("f"));
        Ok(FChMod(fd, Mode(4711)));
        Same(Mode(4711), FStat(fd).Permissions);
    }

    public void A_closed_descriptor_is_EBADF() => Fails(EBADF, FChMod(9999, Mode(600)));

    [NeedsRoot]
    public void Only_the_owner_may()
    {
        Put("f", mode: Mode(666));
        Ok(MkDir("d"));
        AsUser(() =>
        {
            Fails(EPERM, ChMod("f", Mode(777)));
            Fails(EPERM, FChMod(Opened("f"), Mode(777)));
            Fails(EPERM, ChMod("d", Mode(755)));
            Put("mine");
            Ok(ChMod("mine", Mode(604)));
        });
        Same((Mode(666), Mode(604)), (Stat("f").Permissions, Stat("mine").Permissions));
    }

    [NeedsRoot]
    public void Set_group_is_dropped_when_the_owner_is_not_in_the_group()
    {
        Put("f");
        Ok(ChOwn("f", User, OtherGroup));
        AsUser(() => Ok(ChMod("f", Mode(2755))));
        Same(Mode(755), Stat("f").Permissions);
        As(User, Group, [OtherGroup], () => Ok(ChMod("f", Mode(2755))));
        Same(Mode(2755), Stat("f").Permissions);
        Ok(ChMod("f", Mode(2711)));
        Same(Mode(2711), Stat("f").Permissions);
    }

    [NeedsRoot]
    public void A_new_file_in_a_set_group_directory_has_no_set_group_when_its_maker_is_not_in_the_group()
    {
        Ok(MkDir("d"));
        Ok(ChOwn("d", 0, OtherGroup));
        Ok(ChMod("d", Mode(2777)));
        AsUser(() => Put("d/f", mode: Mode(2755)));
        Same((Mode(755), OtherGroup), (Stat("d/f").Permissions, Stat("d/f").Gid));
    }

    public static IEnumerable<object[]> Clearing =>
        from call in new[] { "write", "pwrite", "truncate", "ftruncate", "O_TRUNC", "fallocate", "copy_file_range" }
        from mode in new[] { (4777, 777), (2777, 777), (6777, 777), (2767, 767) }
        where mode.Item1 != 2767 || call is not "copy_file_range"
        select new object[] { call, mode.Item1, mode.Item2 };

    [NeedsRoot]
    [RowsOf(nameof(Clearing))]
    public void A_change_by_another_clears_set_user_and_set_group(string call, int mode, int expected)
    {
        Put("f", "some text");
        Ok(ChMod("f", Mode(mode)));
        Same(Mode(mode), Stat("f").Permissions);
        AsUser(() =>
        {
            if (call == "truncate")
            {
                Ok(Truncate("f", 3));
                return;
            }
            var fd = Opened("f", call == "O_TRUNC" ? O_RDWR | O_TRUNC : O_RDWR);
            long from = 0, to = 4;
            switch (call)
            {
                case "write":
                    Ok(Write(fd, "x"u8));
                    break;
                case "pwrite":
                    Ok(PWrite(fd, "x"u8, 3));
                    break;
                case "ftruncate":
                    Ok(FTruncate(fd, 3));
                    break;
                case "fallocate":
                    OkIfSupported(FAllocate(fd, 0, 0, 100));
                    break;
                case "copy_file_range":
                    Ok(CopyFileRange(fd, ref from, fd, ref to, 2));
                    break;
            }
        });
        Same(Mode(expected), Stat("f").Permissions);
    }

    [NeedsRoot]
    public void A_write_by_root_keeps_set_user()
    {
        Put("f");
        Ok(ChMod("f", Mode(6777)));
        Ok(Write(Opened("f"), "x"u8));
        Same(Mode(6777), Stat("f").Permissions);
    }

    [NeedsRoot]
    public void A_read_keeps_set_user()
    {
        Put("f", "text");
        Ok(ChMod("f", Mode(6777)));
        AsUser(() => Same("text", Text("f")));
        Same(Mode(6777), Stat("f").Permissions);
    }

    private static void Make(string kind)
    {
        if (kind == "dir") Ok(MkDir("x"));
        else if (kind == "fifo") Ok(MkNod("x", S_IFIFO | Mode(644)));
        else Put("x");
    }
}
