using PeerDrive.Posix.Conformance;

namespace PeerDrive.Posix.Suites;

[NeedsRoot]
internal sealed class Accessing : Suite
{
    /// <summary>Who asks (owner, member of the group, or another), and the mode's digit that counts.</summary>
    public static IEnumerable<object[]> Cases =>
        from who in new[] { "owner", "group", "supplementary", "other" }
        from bits in Enumerable.Range(0, 8)
        select new object[] { who, bits };

    [RowsOf(nameof(Cases))]
    public void Just_the_bits_of_one_s_own_class_count(string who, int bits)
    {
        Put("f", "text");
        Ok(ChOwn("f", User, Group));
        var shift = who switch { "owner" => 6, "other" => 0, _ => 3 };
        Ok(ChMod("f", (0x1FFu & ~(7u << shift)) | ((uint)bits << shift)));
        var (uid, gid) = who switch { "owner" => (User, OtherGroup), "group" => (Other, Group), _ => (Other, OtherGroup) };
        As(uid, gid, who == "supplementary" ? [Group] : [], () =>
        {
            for (var wanted = 1; wanted < 8; wanted++)
            {
                var may = (bits & wanted) == wanted;
                Same(may ? 0 : -(long)EACCES, Access("f", wanted), $"access {wanted}");
                Same(may ? 0 : -(long)EACCES, FAccessAt(AT_FDCWD, "f", wanted, AT_EACCESS), $"faccessat {wanted}");
            }
            foreach (var (flags, wanted) in new[] { (O_RDONLY, 4), (O_WRONLY, 2), (O_RDWR, 6), (O_RDONLY | O_TRUNC, 6) })
            {
                var may = (bits & wanted) == wanted;
                var outcome = Open("f", flags);
                if (may) Kept(outcome);
                else Fails(EACCES, outcome);
            }
        });
    }

    [RowsOf(nameof(Cases))]
    public void A_directory_is_listed_with_r_searched_with_x_and_changed_with_w_and_x(string who, int bits)
    {
        Ok(MkDir("d"));
        Put("d/f", mode: Mode(666));
        Ok(ChOwn("d", User, Group));
        var shift = who switch { "owner" => 6, "other" => 0, _ => 3 };
        Ok(ChMod("d", (0x1FFu & ~(7u << shift)) | ((uint)bits << shift)));
        var (uid, gid) = who switch { "owner" => (User, OtherGroup), "group" => (Other, Group), _ => (Other, OtherGroup) };
        As(uid, gid, who == "supplementary" ? [Group] : [], () =>
        {
            var listing = Open("d", O_RDONLY | O_DIRECTORY);
            if ((bits & 4) != 0) Same(3, Listing.Rest(Kept(listing)).Count);
            else Fails(EACCES, listing);
            var stat = StatX(AT_FDCWD, "d/f", 0, out _);
            if ((bits & 1) != 0) Ok(stat);
            else Fails(EACCES, stat);
            var made = Open("d/new", O_WRONLY | O_CREAT, Mode(644));
            if ((bits & 3) == 3) Kept(made);
            else Fails(EACCES, made);
            var moved = Rename("d/f", "d/g");
            if ((bits & 3) == 3) Ok(moved);
            else Fails(EACCES, moved);
        });
    }

    public void Root_may_all_but_run_what_is_not_executable()
    {
        Put("f", "text", 0);
        Ok(Access("f", R_OK | W_OK));
        Fails(EACCES, Access("f", X_OK));
        Ok(ChMod("f", Mode(1)));
        Ok(Access("f", X_OK));
        Same("text", Text("f"));
        Ok(MkDir("d", 0));
        Put("d/f");
        Ok(Access("d", R_OK | W_OK | X_OK));
    }

    public void Access_asks_for_the_real_user_and_AT_EACCESS_for_the_effective()
    {
        Put("f", mode: Mode(600));
        AsUser(() => Fails(EACCES, Access("f", R_OK)));
        Ok(Access("f", R_OK));
        Fails(EINVAL, Access("f", 99));
    }

    [Row("d"), Row("d/e"), Row("d/e/f")]
    public void Every_directory_on_the_way_must_be_searchable(string closed)
    {
        Ok(MkDir("d"));
        Ok(MkDir("d/e"));
        Ok(MkDir("d/e/f"));
        Put("d/e/f/g", "text", Mode(644));
        AsUser(() => Same("text", Text("d/e/f/g")));
        Ok(ChMod(closed, Mode(676)));
        AsUser(() =>
        {
            Fails(EACCES, Open("d/e/f/g", O_RDONLY));
            Fails(EACCES, StatX(AT_FDCWD, "d/e/f/g", 0, out _));
        });
        Ok(ChMod(closed, Mode(711)));
        AsUser(() => Same("text", Text("d/e/f/g")));
    }

    public void A_change_of_mode_counts_at_once_and_for_those_who_knew_the_file()
    {
        Put("f", "text", Mode(644));
        AsUser(() => Same("text", Text("f")));
        Ok(ChMod("f", Mode(600)));
        AsUser(() => Fails(EACCES, Open("f", O_RDONLY)));
        Ok(ChOwn("f", User, Unchanged));
        AsUser(() => Same("text", Text("f")));
    }

    public void A_file_is_run_only_with_x()
    {
        File.Copy("/bin/true", "program");
        Ok(ChMod("program", Mode(644)));
        const int accessDenied = 13;
        try
        {
            System.Diagnostics.Process.Start(Path.GetFullPath("program")).Dispose();
            throw new CheckFailedException("running it: expected EACCES, actual success");
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            Same(accessDenied, e.NativeErrorCode);
        }
    }

    public void Noatime_is_for_the_owner()
    {
        Put("f", mode: Mode(666));
        AsUser(() => Fails(EPERM, Open("f", O_RDONLY | O_NOATIME)));
        Shut(Opened("f", O_RDONLY | O_NOATIME));
    }
}
