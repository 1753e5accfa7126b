using PeerDrive.Posix.Conformance;

namespace PeerDrive.Posix.Suites;

[NeedsRoot]
internal sealed class Owners : Suite
{
    [Row("file"), Row("dir"), Row("fifo"), Row("link")]
    public void Root_gives_anything_to_anyone(string kind)
    {
        Make(kind);
        Ok(LChOwn("x", 123456, 654321));
        Same((123456u, 654321u), (LStat("x").Uid, LStat("x").Gid));
        Ok(LChOwn("x", Unchanged, 7));
        Same((123456u, 7u), (LStat("x").Uid, LStat("x").Gid));
        Ok(LChOwn("x", 8, Unchanged));
        Same((8u, 7u), (LStat("x").Uid, LStat("x").Gid));
        Ok(LChOwn("x", 0xFFFFFFFE, 0xFFFFFFFE));
        Same((0xFFFFFFFE, 0xFFFFFFFE), (LStat("x").Uid, LStat("x").Gid));
    }

    public void Chown_follows_a_link_and_lchown_does_not()
    {
        Put("f");
        Ok(SymLink("f", "link"));
        Ok(ChOwn("link", 5, 6));
        Same((5u, 0u), (Stat("f").Uid, LStat("link").Uid));
        Ok(LChOwn("link", 7, 8));
        Same((5u, 7u), (Stat("f").Uid, LStat("link").Uid));
        Ok(FChOwn(Opened("f"), 9, 10));
        Same((9u, 10u), (Stat("f").Uid, Stat("f").Gid));
    }

    public void It_sets_ctime_only()
    {
        Put("f");
        var before = Stat("f");
        Tick();
        Ok(ChOwn("f", 5, 6));
        True(Stat("f").Ctime > before.Ctime);
        Same(before.Mtime, Stat("f").Mtime);
    }

    public void An_owner_may_give_a_file_to_a_group_that_he_is_in()
    {
        Put("f");
        Ok(ChOwn("f", User, Group));
        As(User, Group, [OtherGroup], () =>
        {
            Ok(ChOwn("f", Unchanged, OtherGroup));
            Same(OtherGroup, Stat("f").Gid);
            Ok(ChOwn("f", User, Group));
            Fails(EPERM, ChOwn("f", Unchanged, 4));
            Fails(EPERM, ChOwn("f", Other, Unchanged));
            Fails(EPERM, ChOwn("f", 0, Group));
        });
        Same((User, Group), (Stat("f").Uid, Stat("f").Gid));
    }

    [Row("chown"), Row("lchown"), Row("fchown")]
    public void Others_may_not_change_owner_or_group(string call)
    {
        Put("f", mode: Mode(666));
        Ok(ChOwn("f", Other, OtherGroup));
        As(User, Group, [OtherGroup], () =>
        {
            foreach (var (uid, gid) in new[] { (User, Unchanged), (Unchanged, Group), (Unchanged, OtherGroup) })
            {
                Fails(EPERM, call switch { "chown" => ChOwn("f", uid, gid), "lchown" => LChOwn("f", uid, gid), _ => FChOwn(Opened("f"), uid, gid) });
            }
        });
    }

    [Row(4755, 755), Row(2755, 755), Row(6755, 755), Row(6711, 711)]
    public void A_chown_clears_set_user_and_set_group_of_an_executable(int mode, int expected)
    {
        Put("f");
        Ok(ChOwn("f", User, Group));
        Ok(ChMod("f", Mode(mode)));
        As(User, Group, [OtherGroup], () => Ok(ChOwn("f", Unchanged, OtherGroup)));
        Same(Mode(expected), Stat("f").Permissions);
    }

    [Row(4755, 755), Row(6755, 755)]
    public void A_chown_by_root_clears_them_too(int mode, int expected)
    {
        Put("f");
        Ok(ChMod("f", Mode(mode)));
        Ok(ChOwn("f", User, Group));
        Same(Mode(expected), Stat("f").Permissions);
    }

    public void Set_group_without_execution_is_kept_by_a_chown_of_root()
    {
        Put("f");
        Ok(ChMod("f", Mode(2644)));
        Ok(ChOwn("f", User, Group));
        Same(Mode(2644), Stat("f").Permissions);
    }

    public void A_directory_keeps_its_bits_at_a_chown()
    {
        Ok(MkDir("d"));
        Ok(ChMod("d", Mode(7755)));
        Ok(ChOwn("d", User, Group));
        Same(Mode(7755), Stat("d").Permissions);
    }

    public void Changing_nothing_is_allowed_to_the_owner()
    {
        Put("f");
        Ok(ChOwn("f", User, Group));
        AsUser(() => Ok(ChOwn("f", Unchanged, Unchanged)));
    }

    private static void Make(string kind)
    {
        if (kind == "dir") Ok(MkDir("x"));
        else if (kind == "fifo") Ok(MkNod("x", S_IFIFO | Mode(644)));
        else if (kind == "link") Ok(SymLink("nowhere", "x"));
        else Put("x");
    }
}
