using PeerDrive.Posix.Conformance;

namespace PeerDrive.Posix.Suites;

internal sealed class Renaming : Suite
{
    private static readonly string[] Kinds = ["file", "dir", "link", "fifo"];

    public static IEnumerable<object[]> EachKind => Kinds.Select(kind => new object[] { kind });

    public static IEnumerable<object[]> Pairs => from a in Kinds from b in Kinds select new object[] { a, b };

    [RowsOf(nameof(EachKind))]
    public void Anything_can_be_renamed_and_stays_what_it_was(string kind)
    {
        Make(kind, "a");
        var before = LStat("a");
        Ok(Rename("a", "b"));
        Gone("a");
        Same((before.Inode, before.Type, before.Permissions, before.Mtime, before.Links), (LStat("b").Inode, LStat("b").Type, LStat("b").Permissions, LStat("b").Mtime, LStat("b").Links));
        Ok(MkDir("other"));
        Ok(Rename("b", "other/c"));
        Same(before.Inode, LStat("other/c").Inode);
        Same(1, Names("other").Count);
    }

    [RowsOf(nameof(Pairs))]
    public void A_name_that_is_there_is_replaced_unless_only_one_is_a_directory(string kind, string over)
    {
        Make(kind, "a");
        Make(over, "b");
        var before = LStat("a");
        var outcome = Rename("a", "b");
        if (kind == "dir" == (over == "dir"))
        {
            Ok(outcome);
            Gone("a");
            Same(before.Inode, LStat("b").Inode);
            return;
        }
        Fails(kind == "dir" ? ENOTDIR : EISDIR, outcome);
        Same(before.Inode, LStat("a").Inode);
        Same(S_IFDIR, LStat(kind == "dir" ? "a" : "b").Type);
    }

    [RowsOf(nameof(Pairs))]
    public void NOREPLACE_keeps_whatever_is_there(string kind, string there)
    {
        Make(kind, "a");
        Make(there, "b");
        var (a, b) = (LStat("a").Inode, LStat("b").Inode);
        Fails(EEXIST, Rename2("a", "b", RENAME_NOREPLACE));
        Same((a, b), (LStat("a").Inode, LStat("b").Inode));
        Ok(Rename2("a", "c", RENAME_NOREPLACE));
        Same(a, LStat("c").Inode);
        Gone("a");
    }

    [RowsOf(nameof(Pairs))]
    public void EXCHANGE_swaps_any_two(string kind, string with)
    {
        Ok(MkDir("x"));
        Ok(MkDir("y"));
        Make(kind, "x/a");
        Make(with, "y/b");
        var (a, b) = (LStat("x/a").Inode, LStat("y/b").Inode);
        Ok(Rename2("x/a", "y/b", RENAME_EXCHANGE));
        Same((b, a), (LStat("x/a").Inode, LStat("y/b").Inode));
        Same((2u + (with == "dir" ? 1u : 0), 2u + (kind == "dir" ? 1u : 0)), (Stat("x").Links, Stat("y").Links));
        Same((1, 1), (Names("x").Count, Names("y").Count));
    }

    public void EXCHANGE_needs_both()
    {
        Put("a");
        Fails(ENOENT, Rename2("a", "missing", RENAME_EXCHANGE));
        Fails(ENOENT, Rename2("missing", "a", RENAME_EXCHANGE));
        Fails(EINVAL, Rename2("a", "b", RENAME_EXCHANGE | RENAME_NOREPLACE));
        Fails(EINVAL, Rename2("a", "b", 0x100));
    }

    public void EXCHANGE_takes_the_contents_of_directories_along()
    {
        Ok(MkDir("a"));
        Ok(MkDir("b"));
        Put("a/in-a", "A");
        Put("b/in-b", "B");
        Ok(Rename2("a", "b", RENAME_EXCHANGE));
        Same(("A", "B"), (Text("b/in-a"), Text("a/in-b")));
        Gone("a/in-a");
        Gone("b/in-b");
    }

    public void A_directory_is_not_exchanged_with_one_below_or_above_it()
    {
        Ok(MkDir("a"));
        Ok(MkDir("a/b"));
        Ok(MkDir("a/b/c"));
        Put("a/b/f");
        foreach (var below in new[] { "a/b", "a/b/c", "a/b/f" })
        {
            Fails(EINVAL, Rename2("a", below, RENAME_EXCHANGE));
            Fails(EINVAL, Rename2(below, "a", RENAME_EXCHANGE));
        }
    }

    public void A_directory_does_not_go_into_itself()
    {
        Ok(MkDir("a"));
        Ok(MkDir("a/b"));
        Fails(EINVAL, Rename("a", "a/x"));
        Fails(EINVAL, Rename("a", "a/b/x"));
        Fails(EINVAL, Rename2("a", "a/b/x", RENAME_NOREPLACE));
        Fails(ENOTEMPTY, Rename("a/b", "a"));
        Ok(Rename("a", "a"));
    }

    public void Only_an_empty_directory_is_replaced()
    {
        Ok(MkDir("a"));
        Put("a/f");
        Ok(MkDir("b"));
        Put("b/g");
        FailsWithOneOf([ENOTEMPTY, EEXIST], Rename("a", "b"));
        Ok(Unlink("b/g"));
        Ok(Rename("a", "b"));
        Same("f", string.Join(' ', Names("b")));
    }

    public void Dot_and_dot_dot_are_busy()
    {
        Ok(MkDir("d"));
        FailsWithOneOf([EBUSY, EINVAL], Rename("d/.", "e"));
        FailsWithOneOf([EBUSY, EINVAL], Rename("d/..", "e"));
        Ok(MkDir("f"));
        FailsWithOneOf([EBUSY, EINVAL], Rename("f", "d/."));
        FailsWithOneOf([EBUSY, EINVAL], Rename("f", "d/.."));
    }

    public void Two_names_of_one_file_both_stay()
    {
        Put("a", "text");
        Ok(Link("a", "b"));
        Ok(Rename("a", "b"));
        Same((2u, "text", "text"), (Stat("a").Links, Text("a"), Text("b")));
        Fails(EEXIST, Rename2("a", "b", RENAME_NOREPLACE));
        Ok(Rename2("a", "b", RENAME_EXCHANGE));
        Same(2u, Stat("b").Links);
    }

    public void A_file_onto_itself_stays()
    {
        Put("a", "text");
        Ok(Rename("a", "a"));
        Same("text", Text("a"));
        Fails(EEXIST, Rename2("a", "a", RENAME_NOREPLACE));
    }

    public void A_replaced_file_has_a_link_less()
    {
        Put("a", "A");
        Put("b", "B");
        Ok(Link("b", "kept"));
        var fd = Opened("b", O_RDONLY);
        var before = Stat("kept");
        Tick();
        Ok(Rename("a", "b"));
        Same((1u, "B"), (Stat("kept").Links, Text("kept")));
        Same(1u, FStat(fd).Links);
        True(Stat("kept").Ctime > before.Ctime);
    }

    public void A_replaced_file_lives_on_while_it_is_open()
    {
        Put("a", "new");
        Put("b", "old");
        var fd = Opened("b");
        Ok(Rename("a", "b"));
        Same(("old", 0u), (TextOf(fd), FStat(fd).Links));
        Same(3L, PWrite(fd, "OLD"u8, 0));
        Same(("new", "OLD"), (Text("b"), TextOf(fd)));
    }

    public void A_renamed_file_stays_open()
    {
        Put("a", "text");
        var fd = Opened("a");
        Ok(MkDir("d"));
        Ok(Rename("a", "d/b"));
        Same(4L, PWrite(fd, "TEXT"u8, 0));
        Ok(FTruncate(fd, 3));
        Same("TEX", Text("d/b"));
        Same(Stat("d/b").Inode, FStat(fd).Inode);
    }

    public void Files_below_a_renamed_directory_stay_open_and_reachable()
    {
        Ok(MkDir("a"));
        Ok(MkDir("a/b"));
        Put("a/b/f", "text");
        var fd = Opened("a/b/f");
        var folder = Opened("a/b", O_RDONLY | O_DIRECTORY);
        Ok(Rename("a", "z"));
        Same(1L, PWrite(fd, "T"u8, 0));
        Same("Text", Text("z/b/f"));
        Ok(Close((int)Ok(OpenAt(folder, "new", O_WRONLY | O_CREAT, Mode(644)))));
        Same("f new", string.Join(' ', Names("z/b")));
        Gone("a/b/f");
    }

    public void The_times_of_both_directories_are_set()
    {
        Ok(MkDir("a"));
        Ok(MkDir("b"));
        Put("a/f");
        Status a = Stat("a"), b = Stat("b"), f = Stat("a/f");
        Tick();
        Ok(Rename("a/f", "b/f"));
        True(Stat("a").Mtime > a.Mtime);
        True(Stat("a").Ctime > a.Ctime);
        True(Stat("b").Mtime > b.Mtime);
        True(Stat("b").Ctime > b.Ctime);
        Same(f.Mtime, Stat("b/f").Mtime);
        True(Stat("b/f").Ctime > f.Ctime);
    }

    public void A_rename_that_fails_changes_no_times()
    {
        Ok(MkDir("a"));
        Put("a/f");
        Ok(MkDir("b"));
        Put("b/f");
        Status a = Stat("a"), f = Stat("a/f");
        Tick();
        Fails(EEXIST, Rename2("a/f", "b/f", RENAME_NOREPLACE));
        Fails(EISDIR, Rename("a/f", "b"));
        Same((a.Mtime, a.Ctime, f.Ctime), (Stat("a").Mtime, Stat("a").Ctime, Stat("a/f").Ctime));
    }

    public void A_name_that_was_missing_is_found_after_a_rename_and_the_reverse()
    {
        Put("a");
        Gone("b");
        Ok(Rename("a", "b"));
        Gone("a");
        True(Stat("b").Size == 0);
        Ok(Rename("b", "a"));
        Gone("b");
    }

    public void Only_the_case_of_a_name_can_be_changed()
    {
        Put("name", "text");
        Ok(Rename("name", "NAME"));
        Same("NAME", string.Join(' ', Names(".")));
        Gone("name");
    }

    public void A_symbolic_link_is_moved_itself()
    {
        Put("f", "text");
        Ok(SymLink("f", "link"));
        Ok(Rename("link", "moved"));
        Same((S_IFLNK, S_IFREG), (LStat("moved").Type, LStat("f").Type));
        Put("g", "other");
        Ok(Rename("g", "moved"));
        Same(("text", "other", S_IFREG), (Text("f"), Text("moved"), LStat("moved").Type));
    }

    [NeedsRoot]
    public void A_directory_of_another_cannot_be_moved_to_a_new_parent_without_write_permission_on_it()
    {
        Ok(MkDir("a", Mode(777)));
        Ok(MkDir("b", Mode(777)));
        Ok(MkDir("a/d", Mode(755)));
        AsUser(() =>
        {
            Fails(EACCES, Rename("a/d", "b/d"));
            Ok(Rename("a/d", "a/e"));
        });
    }

    [NeedsRoot]
    public void A_sticky_directory_protects_what_belongs_to_others()
    {
        Ok(MkDir("tmp", Mode(1777)));
        Ok(ChMod("tmp", Mode(1777)));
        Put("tmp/root", mode: Mode(666));
        As(Other, Group, [], () => Put("tmp/other", mode: Mode(666)));
        AsUser(() =>
        {
            Put("tmp/mine");
            Fails(EPERM, Rename("tmp/root", "tmp/x"));
            Fails(EPERM, Rename("tmp/mine", "tmp/other"));
            Fails(EPERM, Unlink("tmp/other"));
            Fails(EPERM, Rename2("tmp/mine", "tmp/other", RENAME_EXCHANGE));
            Ok(Rename("tmp/mine", "tmp/still-mine"));
            Ok(Unlink("tmp/still-mine"));
        });
        As(Other, Group, [], () => Ok(Unlink("tmp/other")));
    }

    [NeedsRoot]
    public void In_a_sticky_directory_its_owner_may_remove_everything()
    {
        Ok(MkDir("tmp", Mode(1777)));
        Ok(ChMod("tmp", Mode(1777)));
        Ok(ChOwn("tmp", User, Group));
        As(Other, Group, [], () =>
        {
            Put("tmp/f");
            Ok(MkDir("tmp/d"));
        });
        AsUser(() =>
        {
            Ok(Rename("tmp/f", "tmp/g"));
            Ok(Unlink("tmp/g"));
            Ok(RmDir("tmp/d"));
        });
    }

    private static void Make(string kind, string name)
    {
        switch (kind)
        {
            case "dir":
                Ok(MkDir(name));
                break;
            case "link":
                Ok(SymLink("nowhere", name));
                break;
            case "fifo":
                Ok(MkNod(name, S_IFIFO | Flags.Mode(644)));
                break;
            default:
                Put(name, "text");
                break;
        }
    }
}
