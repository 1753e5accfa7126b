using PeerDrive.Posix.Conformance;

namespace PeerDrive.Posix.Suites;

internal sealed class SymbolicLinks : Suite
{
    [Row(1), Row(59), Row(60), Row(61), Row(255), Row(256), Row(1023), Row(1024), Row(4094), Row(4095)]
    public void A_target_of_any_length_up_to_4095_is_kept(int length)
    {
        var target = string.Concat(Enumerable.Range(0, length).Select(i => (char)('a' + i % 26)));
        Ok(SymLink(target, "link"));
        Same(target, Target("link"));
        Same((S_IFLNK, (long)length, Mode(777)), (LStat("link").Type, LStat("link").Size, LStat("link").Permissions));
    }

    public void A_target_of_4096_is_ENAMETOOLONG_and_an_empty_one_ENOENT()
    {
        Fails(ENAMETOOLONG, SymLink(new string('x', 4096), "link"));
        Fails(ENOENT, SymLink("", "link"));
        Gone("link");
    }

    [Row("\xFF\xFE"), Row("line\nbreak"), Row("../.."), Row("/"), Row("a//b/./c"), Row(" ")]
    public void A_target_is_any_bytes(string target)
    {
        Ok(SymLink(target, "link"));
        Same(target, Target("link"));
    }

    public void Readlink_gives_as_much_as_there_is_room_for()
    {
        Ok(SymLink("target", "link"));
        var buffer = new byte[3];
        Same(3L, ReadLink("link", buffer));
        Same("tar", System.Text.Encoding.Latin1.GetString(buffer));
        Fails(EINVAL, ReadLink("link", []));
    }

    public void Readlink_of_something_else_is_EINVAL()
    {
        Put("f");
        Ok(MkDir("d"));
        Fails(EINVAL, ReadLink("f", new byte[10]));
        Fails(EINVAL, ReadLink("d", new byte[10]));
    }

    public void Links_are_followed_on_the_way_and_at_the_end()
    {
        Ok(MkDir("d"));
        Put("d/f", "text");
        Ok(SymLink("d", "to-d"));
        Ok(SymLink("to-d/f", "to-f"));
        Same("text", Text("to-d/f"));
        Same("text", Text("to-f"));
        Same(Stat("d/f").Inode, Stat("to-f").Inode);
        Ok(SymLink("../d/f", "d/up"));
        Same("text", Text("d/up"));
    }

    public void Removing_a_link_leaves_its_target()
    {
        Put("f", "text");
        Ok(SymLink("f", "link"));
        Ok(Unlink("link"));
        Gone("link");
        Same("text", Text("f"));
    }

    public void A_new_link_under_an_old_name_shows_its_own_target()
    {
        for (var i = 0; i < 5; i++)
        {
            Ok(SymLink($"target {i}", "link"));
            Same($"target {i}", Target("link"));
            Ok(Unlink("link"));
        }
    }

    public void A_new_link_sets_the_times_of_its_directory()
    {
        Ok(MkDir("d"));
        var before = Stat("d");
        Tick();
        Ok(SymLink("x", "d/link"));
        True(Stat("d").Mtime > before.Mtime);
        True(Stat("d").Ctime > before.Ctime);
    }

    public void A_slash_behind_a_link_means_the_directory()
    {
        Ok(MkDir("d"));
        Ok(SymLink("d", "link"));
        Same((S_IFDIR, S_IFLNK), (LStat("link/").Type, LStat("link").Type));
    }
}
