using PeerDrive.Posix.Conformance;

namespace PeerDrive.Posix.Suites;

internal sealed class Truncating : Suite
{
    [Row("path"), Row("descriptor")]
    public void Shrinking_cuts_and_growing_adds_zeros(string by)
    {
        Put("f", "0123456789");
        Cut(by, "f", 4);
        Same("0123", Text("f"));
        Cut(by, "f", 8);
        Same("0123\0\0\0\0", Text("f"));
        Cut(by, "f", 0);
        Same("", Text("f"));
    }

    [Row("path"), Row("descriptor")]
    public void A_change_of_size_sets_mtime_and_ctime(string by)
    {
        Put("f", "0123456789");
        foreach (var length in new[] { 4, 100 })
        {
            var before = Stat("f");
            Tick();
            Cut(by, "f", length);
            True(Stat("f").Mtime > before.Mtime);
            True(Stat("f").Ctime > before.Ctime);
        }
    }

    [Row("path"), Row("descriptor")]
    public void Setting_the_size_that_it_has_sets_the_times_too(string by)
    {
        Put("f", "0123456789");
        var before = Stat("f");
        Tick();
        Cut(by, "f", 10);
        True(Stat("f").Ctime > before.Ctime);
        Same("0123456789", Text("f"));
    }

    [Row(4095), Row(4096), Row(4097), Row(65535), Row(65537), Row(1000000)]
    public void What_was_cut_off_does_not_come_back(int length)
    {
        var fd = Opened("f", O_RDWR | O_CREAT, Mode(644));
        var bytes = new byte[1 << 20];
        bytes.AsSpan().Fill((byte)'x');
        Same((long)bytes.Length, Write(fd, bytes));
        Ok(FTruncate(fd, length));
        Ok(FTruncate(fd, bytes.Length));
        Same(new string('x', length) + new string('\0', bytes.Length - length), TextOf(fd));
    }

    public void A_large_hole_takes_no_room()
    {
        Put("f");
        Ok(Truncate("f", 1L << 36));
        Same(1L << 36, Stat("f").Size);
        True(Stat("f").Blocks < 64);
    }

    public void A_directory_is_EISDIR()
    {
        Ok(MkDir("d"));
        Fails(EISDIR, Truncate("d", 0));
        Fails(EINVAL, FTruncate(Opened("d", O_RDONLY), 0));
    }

    public void A_fifo_is_EINVAL()
    {
        Ok(MkNod("fifo", S_IFIFO | Mode(644)));
        Fails(EINVAL, Truncate("fifo", 0));
        Fails(EINVAL, FTruncate(Opened("fifo", O_RDWR), 0));
    }

    public void A_negative_length_is_EINVAL()
    {
        Put("f", "text");
        Fails(EINVAL, Truncate("f", -1));
        Fails(EINVAL, FTruncate(Opened("f"), -1));
        Same("text", Text("f"));
    }

    public void A_descriptor_for_reading_is_EINVAL()
    {
        Put("f", "text");
        Fails(EINVAL, FTruncate(Opened("f", O_RDONLY), 0));
        Fails(EBADF, FTruncate(9999, 0));
    }

    public void It_goes_through_a_symbolic_link()
    {
        Put("f", "text");
        Ok(SymLink("f", "link"));
        Ok(Truncate("link", 2));
        Same("te", Text("f"));
    }

    [NeedsRoot]
    public void By_path_it_needs_permission_to_write()
    {
        Put("f", "text", Mode(644));
        AsUser(() => Fails(EACCES, Truncate("f", 0)));
        Same("text", Text("f"));
        Ok(ChMod("f", Mode(646)));
        AsUser(() => Ok(Truncate("f", 1)));
        Same("t", Text("f"));
    }

    [NeedsRoot]
    public void A_descriptor_that_is_open_needs_no_permission_any_more()
    {
        Put("f", "text", Mode(666));
        var fd = -1;
        AsUser(() => fd = Opened("f", O_RDWR));
        Ok(ChMod("f", 0));
        AsUser(() =>
        {
            Ok(FTruncate(fd, 2));
            Same(1L, PWrite(fd, "x"u8, 2));
            Same("tex", TextOf(fd));
            Fails(EACCES, Open("f", O_RDONLY));
        });
    }

    public void Writing_goes_on_at_the_position_after_a_cut()
    {
        var fd = Opened("f", O_RDWR | O_CREAT, Mode(644));
        Same(10L, Write(fd, "0123456789"u8));
        Ok(FTruncate(fd, 3));
        Same(1L, Write(fd, "x"u8));
        Same("012\0\0\0\0\0\0\0x", TextOf(fd));
    }

    private static void Cut(string by, string name, long length)
    {
        if (by == "path")
        {
            Ok(Truncate(name, length));
            return;
        }
        var fd = (int)Ok(Open(name, O_RDWR));
        Ok(FTruncate(fd, length));
        Ok(Close(fd));
    }
}
