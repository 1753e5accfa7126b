using PeerDrive.Posix.Conformance;

namespace PeerDrive.Posix.Suites;

internal sealed class Linking : Suite
{
    public void All_names_of_a_file_are_the_same_file()
    {
        Put("a", "text", Mode(640));
        Ok(Link("a", "b"));
        Ok(MkDir("d"));
        Ok(Link("b", "d/c"));
        foreach (var name in new[] { "a", "b", "d/c" })
        {
            Same((3u, Stat("a").Inode, 4L), (Stat(name).Links, Stat(name).Inode, Stat(name).Size), name);
            Same("text", Text(name));
        }
        Ok(ChMod("b", Mode(600)));
        Put("d/c", "longer text");
        Same((Mode(600), 11L), (Stat("a").Permissions, Stat("a").Size));
        Same("longer text", Text("a"));
    }

    public void Links_are_counted_on_every_name()
    {
        Put("a");
        for (var i = 0; i < 20; i++)
        {
            Ok(Link("a", $"l{i}"));
            Same((uint)i + 2, Stat("a").Links);
            Same((uint)i + 2, Stat("l0").Links);
        }
        Ok(Unlink("a"));
        Same(20u, Stat("l7").Links);
        for (var i = 0; i < 19; i++) Ok(Unlink($"l{i}"));
        Same(1u, Stat("l19").Links);
    }

    [Row("link"), Row("unlink")]
    public void The_file_s_ctime_is_set_and_its_mtime_is_not(string call)
    {
        Put("a");
        if (call == "unlink") Ok(Link("a", "b"));
        var fd = Opened("a", O_RDONLY);
        var before = Stat("a");
        Tick();
        Ok(call == "link" ? Link("a", "b") : Unlink("b"));
        True(Stat("a").Ctime > before.Ctime);
        True(FStat(fd).Ctime > before.Ctime);
        Same((before.Mtime, before.Atime), (Stat("a").Mtime, Stat("a").Atime));
    }

    [Row("link"), Row("unlink")]
    public void The_directory_s_times_are_set(string call)
    {
        Ok(MkDir("d"));
        Put("a");
        if (call == "unlink") Put("d/b");
        var before = Stat("d");
        Tick();
        Ok(call == "link" ? Link("a", "d/b") : Unlink("d/b"));
        True(Stat("d").Mtime > before.Mtime);
        True(Stat("d").Ctime > before.Ctime);
    }

    public void A_link_that_fails_changes_nothing()
    {
        Ok(MkDir("d"));
        Put("a");
        Put("d/b");
        Status file = Stat("a"), folder = Stat("d");
        Tick();
        Fails(EEXIST, Link("a", "d/b"));
        Fails(ENOENT, Link("missing", "d/c"));
        Same((file.Ctime, 1u), (Stat("a").Ctime, Stat("a").Links));
        Same((folder.Mtime, folder.Ctime), (Stat("d").Mtime, Stat("d").Ctime));
    }

    public void A_directory_is_not_linked()
    {
        Ok(MkDir("d"));
        Fails(EPERM, Link("d", "e"));
        Gone("e");
    }

    public void A_symbolic_link_is_linked_itself_or_followed_when_asked()
    {
        Put("f", "text");
        Ok(SymLink("f", "s"));
        Ok(Link("s", "hard"));
        Same((S_IFLNK, LStat("s").Inode, 2u), (LStat("hard").Type, LStat("hard").Inode, LStat("s").Links));
        Same("f", Target("hard"));
        Ok(LinkAt(AT_FDCWD, "s", AT_FDCWD, "followed", AT_SYMLINK_FOLLOW));
        Same(Stat("f").Inode, LStat("followed").Inode);
    }

    public void Fifos_and_devices_are_linked_too()
    {
        Ok(MkNod("p", S_IFIFO | Mode(644)));
        Ok(Link("p", "q"));
        Same((S_IFIFO, 2u), (Stat("q").Type, Stat("p").Links));
    }

    public void Other_flags_are_EINVAL()
    {
        Put("f");
        Fails(EINVAL, LinkAt(AT_FDCWD, "f", AT_FDCWD, "g", 0x8000));
    }

    public void A_file_goes_with_its_last_name()
    {
        Put("a", "text");
        Ok(Link("a", "b"));
        Ok(Unlink("a"));
        Same("text", Text("b"));
        Ok(Unlink("b"));
        Gone("a");
        Gone("b");
        Fails(ENOENT, Unlink("b"));
    }

    public void A_removed_file_lives_on_while_it_is_open()
    {
        Put("f", "text");
        var fd = Opened("f");
        Ok(Unlink("f"));
        Same((0u, 4L), (FStat(fd).Links, FStat(fd).Size));
        Same(4L, PWrite(fd, "more"u8, 4));
        Ok(FTruncate(fd, 6));
        Ok(FChMod(fd, Mode(600)));
        Ok(FSync(fd));
        Same("textmo", TextOf(fd));
        Same((0u, 6L, Mode(600)), (FStat(fd).Links, FStat(fd).Size, FStat(fd).Permissions));
        Gone("f");
    }

    public void A_new_file_under_the_name_of_a_removed_open_one_is_another()
    {
        Put("f", "old");
        var fd = Opened("f");
        Ok(Unlink("f"));
        Put("f", "new!");
        Same("old", TextOf(fd));
        Same("new!", Text("f"));
        True(FStat(fd).Inode != Stat("f").Inode);
        Same(3L, PWrite(fd, "OLD"u8, 0));
        Same("new!", Text("f"));
    }

    public void A_removed_open_file_can_be_reopened_by_its_descriptor()
    {
        Put("f", "text");
        var fd = Opened("f");
        Ok(Unlink("f"));
        Same("text", Text($"/proc/self/fd/{fd}"));
        var again = Opened($"/proc/self/fd/{fd}");
        Same(1L, PWrite(again, "T"u8, 0));
        Same("Text", TextOf(fd));
    }

    public void Many_removed_open_files_keep_their_own_content()
    {
        var files = new List<int>();
        for (var i = 0; i < 200; i++)
        {
            var fd = Opened("f", O_RDWR | O_CREAT | O_EXCL, Mode(644));
            Ok(Write(fd, Bytes($"text {i}")));
            Ok(Unlink("f"));
            files.Add(fd);
        }
        for (var i = 0; i < files.Count; i++) Same($"text {i}", TextOf(files[i]));
    }

    [NeedsRoot]
    public void A_read_only_file_in_a_writable_directory_can_be_removed()
    {
        Put("f", mode: Mode(444));
        AsUser(() => Ok(Unlink("f")));
        Gone("f");
    }

    [NeedsRoot]
    public void Another_s_file_is_not_linked_where_links_are_protected()
    {
        if (File.ReadAllText("/proc/sys/fs/protected_hardlinks").Trim() != "1") throw new SkippedException("fs.protected_hardlinks is 0");
        Put("f", mode: Mode(644));
        Put("g", mode: Mode(666));
        AsUser(() =>
        {
            Fails(EPERM, Link("f", "mine"));
            Ok(Link("g", "ours"));
        });
    }
}
