using PeerDrive.Posix.Conformance;

namespace PeerDrive.Posix.Suites;

internal sealed class Directories : Suite
{
    [Row(0), Row(755), Row(700), Row(151), Row(777), Row(1777)]
    public void A_new_directory_gets_its_mode(int mode)
    {
        Ok(MkDir("d", Mode(mode)));
        Same((S_IFDIR, Mode(mode)), (Stat("d").Type, Stat("d").Permissions));
    }

    [Row(22, 755), Row(77, 700), Row(27, 750)]
    public void The_umask_is_taken_off(int mask, int expected)
    {
        UMask(Mode(mask));
        Ok(MkDir("d"));
        Same(Mode(expected), Stat("d").Permissions);
    }

    public void A_directory_has_two_links_and_one_for_each_directory_in_it()
    {
        Ok(MkDir("d"));
        Same(2u, Stat("d").Links);
        Ok(MkDir("d/a"));
        Ok(MkDir("d/b"));
        Put("d/file");
        Same(4u, Stat("d").Links);
        Ok(RmDir("d/a"));
        Same(3u, Stat("d").Links);
        Ok(Rename("d/b", "b"));
        Same(2u, Stat("d").Links);
        Ok(Rename("b", "d/again"));
        Same(3u, Stat("d").Links);
    }

    public void The_set_group_bit_and_the_group_are_handed_down()
    {
        Ok(MkDir("d", Mode(2777)));
        Ok(ChMod("d", Mode(2777)));
        if (EffectiveUser() == 0) Ok(ChOwn("d", Unchanged, Group));
        Ok(MkDir("d/sub", Mode(755)));
        Put("d/file", mode: Mode(644));
        Same(Mode(2755), Stat("d/sub").Permissions);
        Same(Mode(644), Stat("d/file").Permissions);
        Same((Stat("d").Gid, Stat("d").Gid), (Stat("d/sub").Gid, Stat("d/file").Gid));
    }

    [NeedsRoot]
    public void The_group_of_a_set_group_directory_is_given_by_any_user()
    {
        Ok(MkDir("d", Mode(777)));
        Ok(ChOwn("d", 0, OtherGroup));
        Ok(ChMod("d", Mode(2777)));
        AsUser(() =>
        {
            Ok(MkDir("d/sub", Mode(755)));
            Put("d/file", mode: Mode(644));
            Ok(SymLink("x", "d/link"));
            Ok(MkNod("d/fifo", S_IFIFO | Mode(644)));
        });
        foreach (var name in new[] { "d/sub", "d/file", "d/link", "d/fifo" }) Same((User, OtherGroup), (LStat(name).Uid, LStat(name).Gid), name);
        Same(Mode(2755), Stat("d/sub").Permissions);
    }

    [NeedsRoot]
    public void New_names_belong_to_who_makes_them()
    {
        AsUser(() =>
        {
            Ok(MkDir("d"));
            Put("f");
            Ok(SymLink("x", "l"));
            Ok(MkNod("p", S_IFIFO | Mode(644)));
        });
        foreach (var name in new[] { "d", "f", "l", "p" }) Same((User, Group), (LStat(name).Uid, LStat(name).Gid), name);
    }

    [Row("mkdir"), Row("rmdir")]
    public void A_change_sets_the_times_of_the_parent(string call)
    {
        Ok(MkDir("d"));
        if (call == "rmdir") Ok(MkDir("d/x"));
        var before = Stat("d");
        Tick();
        Ok(call == "mkdir" ? MkDir("d/x") : RmDir("d/x"));
        True(Stat("d").Mtime > before.Mtime);
        True(Stat("d").Ctime > before.Ctime);
    }

    public void A_failure_does_not_set_the_times_of_the_parent()
    {
        Ok(MkDir("d"));
        Ok(MkDir("d/x"));
        Ok(MkDir("d/x/y"));
        var before = Stat("d");
        Tick();
        Fails(EEXIST, MkDir("d/x"));
        Fails(ENOTEMPTY, RmDir("d/x"));
        Fails(ENOENT, RmDir("d/z"));
        Same((before.Mtime, before.Ctime), (Stat("d").Mtime, Stat("d").Ctime));
    }

    [Row("file"), Row("dir"), Row("link"), Row("fifo"), Row(".hidden"), Row("\xFF")]
    public void A_directory_that_holds_something_is_ENOTEMPTY(string name)
    {
        Ok(MkDir("d"));
        if (name == "dir") Ok(MkDir($"d/{name}"));
        else if (name == "link") Ok(SymLink("nowhere", $"d/{name}"));
        else if (name == "fifo") Ok(MkNod($"d/{name}", S_IFIFO | Mode(600)));
        else Put($"d/{name}");
        Fails(ENOTEMPTY, RmDir("d"));
        Ok(name == "dir" ? RmDir($"d/{name}") : Unlink($"d/{name}"));
        Ok(RmDir("d"));
        Gone("d");
    }

    public void Dot_and_dot_dot_cannot_be_removed()
    {
        Ok(MkDir("d"));
        Ok(MkDir("d/e"));
        Fails(EINVAL, RmDir("d/."));
        Fails(ENOTEMPTY, RmDir("d/e/.."));
        Fails(EINVAL, RmDir("."));
        Fails(EEXIST, MkDir("d/."));
        Fails(EEXIST, MkDir("d/.."));
    }

    public void A_slash_behind_is_allowed()
    {
        Ok(MkDir("d/"));
        Ok(MkDir("d/e///"));
        Same(S_IFDIR, Stat("d/e/").Type);
        Ok(RmDir("d/e/"));
        Ok(RmDir("d/"));
    }

    public void A_link_to_a_directory_is_not_removed_by_rmdir()
    {
        Ok(MkDir("d"));
        Ok(SymLink("d", "link"));
        Fails(ENOTDIR, RmDir("link"));
        Fails(EEXIST, MkDir("link"));
    }

    public void Rmdir_of_a_directory_in_use_leaves_an_empty_one_behind()
    {
        Ok(MkDir("d"));
        var fd = Opened("d", O_RDONLY | O_DIRECTORY);
        Ok(RmDir("d"));
        Same(0u, FStat(fd).Links);
        Fails(ENOENT, OpenAt(fd, "x", O_RDWR | O_CREAT, Mode(644)));
        Fails(ENOENT, MkDirAt(fd, "x", Mode(755)));
        Gone("d");
        Ok(MkDir("d"));
        True(FStat(fd).Inode != Stat("d").Inode || FStat(fd).Links == 0);
    }

    public void A_directory_of_many_levels_can_be_made_and_left()
    {
        var fd = Opened(".", O_RDONLY | O_DIRECTORY);
        for (var level = 0; level < 200; level++)
        {
            Ok(MkDirAt(fd, "deeper", Mode(755)));
            var next = Kept(OpenAt(fd, "deeper", O_RDONLY | O_DIRECTORY));
            Shut(fd);
            fd = next;
        }
        Ok(StatX(fd, "../../..", 0, out var above));
        Same(S_IFDIR, above.Type);
    }

    public void Dot_dot_leads_to_the_parent_also_after_a_move()
    {
        Ok(MkDir("a"));
        Ok(MkDir("b"));
        Ok(MkDir("a/x"));
        Same(Stat("a").Inode, Stat("a/x/..").Inode);
        Ok(Rename("a/x", "b/x"));
        Same(Stat("b").Inode, Stat("b/x/..").Inode);
    }

    public void Unlinkat_removes_directories_only_when_asked()
    {
        Ok(MkDir("d"));
        Put("f");
        Fails(EISDIR, UnlinkAt(AT_FDCWD, "d", 0));
        Fails(ENOTDIR, UnlinkAt(AT_FDCWD, "f", AT_REMOVEDIR));
        Fails(EINVAL, UnlinkAt(AT_FDCWD, "f", 0x8000));
        Ok(UnlinkAt(AT_FDCWD, "d", AT_REMOVEDIR));
        Ok(UnlinkAt(AT_FDCWD, "f", 0));
    }
}
