using System.Text;
using PeerDrive.Posix.Conformance;

namespace PeerDrive.Posix.Suites;

internal sealed class ExtendedAttributes : Suite
{
    [Row("file"), Row("dir")]
    public void They_are_set_read_listed_and_removed(string kind)
    {
        Make(kind);
        Ok(SetXattr("x", "user.one", "1"u8));
        Ok(SetXattr("x", "user.two", "second"u8));
        Same(("1", "second"), (Value("x", "user.one"), Value("x", "user.two")));
        Same("user.one user.two", UserNames("x"));
        Ok(SetXattr("x", "user.one", "changed to something longer"u8));
        Same("changed to something longer", Value("x", "user.one"));
        Ok(RemoveXattr("x", "user.one"));
        Fails(ENODATA, GetXattr("x", "user.one", new byte[10]));
        Same("user.two", UserNames("x"));
        Same("second", Value("x", "user.two"));
    }

    public void By_descriptor_they_are_the_same()
    {
        Put("x");
        var fd = Opened("x");
        Ok(FSetXattr(fd, "user.a", "1"u8));
        Same("1", Value("x", "user.a"));
        Same(1L, FGetXattr(fd, "user.a", new byte[10]));
        Ok(FRemoveXattr(fd, "user.a"));
        Fails(ENODATA, FGetXattr(fd, "user.a", new byte[10]));
        Fails(EBADF, FSetXattr(9999, "user.a", "1"u8));
    }

    public void All_names_of_a_file_share_them_and_an_open_removed_file_keeps_them()
    {
        Put("x");
        Ok(Link("x", "y"));
        Ok(SetXattr("x", "user.a", "1"u8));
        Same("1", Value("y", "user.a"));
        var fd = Opened("y");
        Ok(Rename("y", "z"));
        Same("1", Value("z", "user.a"));
        Ok(Unlink("x"));
        Ok(Unlink("z"));
        Same(1L, FGetXattr(fd, "user.a", new byte[10]));
        Ok(FSetXattr(fd, "user.b", "2"u8));
    }

    public void CREATE_wants_a_new_one_and_REPLACE_an_old_one()
    {
        Put("x");
        Fails(ENODATA, SetXattr("x", "user.a", "1"u8, XATTR_REPLACE));
        Ok(SetXattr("x", "user.a", "2"u8, XATTR_CREATE));
        Fails(EEXIST, SetXattr("x", "user.a", "3"u8, XATTR_CREATE));
        Same("2", Value("x", "user.a"));
        Ok(SetXattr("x", "user.a", "4"u8, XATTR_REPLACE));
        Same("4", Value("x", "user.a"));
        Fails(EINVAL, SetXattr("x", "user.a", "5"u8, 8));
    }

    public void What_is_not_there_is_ENODATA()
    {
        Put("x");
        Fails(ENODATA, GetXattr("x", "user.a", new byte[10]));
        Fails(ENODATA, GetXattr("x", "user.a", []));
        Fails(ENODATA, RemoveXattr("x", "user.a"));
    }

    public void Room_that_is_too_small_is_ERANGE_and_none_asks_for_the_size()
    {
        Put("x");
        Ok(SetXattr("x", "user.a", "value"u8));
        Same(5L, GetXattr("x", "user.a", []));
        Fails(ERANGE, GetXattr("x", "user.a", new byte[4]));
        Same(5L, GetXattr("x", "user.a", new byte[5]));
        var size = Ok(ListXattr("x", []));
        True(size >= 7);
        Fails(ERANGE, ListXattr("x", new byte[3]));
        Same(size, ListXattr("x", new byte[size]));
    }

    public void A_value_may_be_empty_and_hold_any_bytes()
    {
        Put("x");
        Ok(SetXattr("x", "user.empty", []));
        Same(0L, GetXattr("x", "user.empty", new byte[10]));
        var bytes = Enumerable.Range(0, 256).Select(i => (byte)i).ToArray();
        Ok(SetXattr("x", "user.bytes", bytes));
        var read = new byte[300];
        Same(256L, GetXattr("x", "user.bytes", read));
        True(read.AsSpan(0, 256).SequenceEqual(bytes));
    }

    [Row(100), Row(1000), Row(3000), Row(4096), Row(20000), Row(65536)]
    public void A_large_value_is_kept_or_there_is_no_room(int length)
    {
        Put("x");
        var bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        var outcome = SetXattr("x", "user.large", bytes);
        if (length > 3000 && outcome < 0)
        {
            FailsWithOneOf([ENOSPC, E2BIG], outcome);
            Fails(ENODATA, GetXattr("x", "user.large", []));
            return;
        }
        Ok(outcome);
        var read = new byte[length];
        Same((long)length, GetXattr("x", "user.large", read));
        True(read.AsSpan().SequenceEqual(bytes));
    }

    public void A_value_beyond_64_KiB_is_E2BIG()
    {
        Put("x");
        Fails(E2BIG, SetXattr("x", "user.large", new byte[65537]));
    }

    public void A_name_has_at_most_255_bytes_and_not_none()
    {
        Put("x");
        var name = "user." + new string('n', 250);
        Ok(SetXattr("x", name, "1"u8));
        Same("1", Value("x", name));
        Fails(ERANGE, SetXattr("x", name + "n", "1"u8));
        FailsWithOneOf([EINVAL, EOPNOTSUPP], SetXattr("x", "user.", "1"u8));
        Fails(ERANGE, SetXattr("x", "", "1"u8));
    }

    public void Fifty_of_them_are_listed()
    {
        Put("x");
        for (var i = 0; i < 50; i++) Ok(SetXattr("x", $"user.{i:d2}", "v"u8));
        Same(string.Join(' ', Enumerable.Range(0, 50).Select(i => $"user.{i:d2}")), UserNames("x"));
    }

    public void Other_namespaces_are_not_supported()
    {
        Put("x");
        Fails(EOPNOTSUPP, SetXattr("x", "nonsense.a", "1"u8));
        Fails(EOPNOTSUPP, SetXattr("x", "noprefix", "1"u8));
        Fails(EOPNOTSUPP, GetXattr("x", "nonsense.a", new byte[10]));
    }

    [Row("link"), Row("fifo"), Row("socket")]
    public void User_attributes_are_for_files_and_directories(string kind)
    {
        Make(kind);
        Fails(EPERM, LSetXattr("x", "user.a", "1"u8));
        FailsWithOneOf([ENODATA, EPERM], LGetXattr("x", "user.a", new byte[10]));
    }

    [NeedsRoot]
    [Row("file"), Row("dir"), Row("link"), Row("fifo")]
    public void Trusted_ones_are_for_root_on_anything(string kind)
    {
        Make(kind);
        Ok(LSetXattr("x", "trusted.a", "1"u8));
        Same(1L, LGetXattr("x", "trusted.a", new byte[10]));
        if (kind != "link") Ok(ChMod("x", Mode(777)));
        AsUser(() =>
        {
            FailsWithOneOf([EPERM, ENODATA], LGetXattr("x", "trusted.a", new byte[10]));
            Fails(EPERM, LSetXattr("x", "trusted.b", "1"u8));
            var names = new byte[1000];
            var length = (int)Ok(LListXattr("x", names));
            True(!Encoding.Latin1.GetString(names, 0, length).Contains("trusted.a", StringComparison.Ordinal), "trusted.a is not listed for others");
        });
    }

    [NeedsRoot]
    public void They_follow_the_file_s_permissions()
    {
        Put("x", mode: Mode(600));
        Ok(SetXattr("x", "user.a", "1"u8));
        AsUser(() =>
        {
            Fails(EACCES, GetXattr("x", "user.a", new byte[10]));
            Fails(EACCES, SetXattr("x", "user.a", "2"u8));
            Fails(EACCES, RemoveXattr("x", "user.a"));
        });
        Ok(ChMod("x", Mode(644)));
        AsUser(() =>
        {
            Same("1", Value("x", "user.a"));
            Fails(EACCES, SetXattr("x", "user.a", "2"u8));
        });
    }

    [NeedsRoot]
    public void On_a_sticky_directory_only_the_owner_sets_them()
    {
        Ok(MkDir("x", Mode(1777)));
        Ok(ChMod("x", Mode(1777)));
        AsUser(() => Fails(EPERM, SetXattr("x", "user.a", "1"u8)));
        Ok(SetXattr("x", "user.a", "1"u8));
    }

    [Row("set"), Row("remove")]
    public void A_change_sets_ctime_only(string call)
    {
        Put("x");
        Ok(SetXattr("x", "user.a", "1"u8));
        var before = Stat("x");
        Tick();
        Ok(call == "set" ? SetXattr("x", "user.a", "2"u8) : RemoveXattr("x", "user.a"));
        True(Stat("x").Ctime > before.Ctime);
        Same(before.Mtime, Stat("x").Mtime);
    }

    private static void Make(string kind) => Ok(kind switch
    {
        "dir" => MkDir("x"),
        "link" => SymLink("nowhere", "x"),
        "fifo" => MkNod("x", S_IFIFO | Mode(644)),
        "socket" => MkNod("x", S_IFSOCK | Mode(644)),
        _ => MkNod("x", S_IFREG | Mode(644)),
    });

    private static string Value(string file, string name)
    {
        var value = new byte[1000];
        return Encoding.Latin1.GetString(value, 0, (int)Ok(GetXattr(file, name, value)));
    }

    private static string UserNames(string file)
    {
        var names = new byte[10000];
        var all = Encoding.Latin1.GetString(names, 0, (int)Ok(ListXattr(file, names)));
        return string.Join(' ', all.Split('\0').Where(name => name.StartsWith("user.", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
    }
}
