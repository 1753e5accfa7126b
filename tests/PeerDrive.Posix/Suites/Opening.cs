using PeerDrive.Posix.Conformance;

namespace PeerDrive.Posix.Suites;

internal sealed class Opening : Suite
{
    [Row(0, 644), Row(22, 644), Row(77, 600), Row(27, 640), Row(777, 0)]
    public void A_new_file_has_its_mode_less_the_umask(int mask, int expected)
    {
        UMask(Mode(mask));
        Shut(Opened("f", O_WRONLY | O_CREAT, Mode(644)));
        Same(Mode(644) & ~Mode(mask), Stat("f").Permissions);
        Same(Mode(expected) & Mode(644), Stat("f").Permissions);
        Same(S_IFREG, Stat("f").Type);
    }

    [Row(0), Row(7), Row(70), Row(700), Row(151), Row(666), Row(777), Row(1644), Row(2755), Row(4755), Row(6755)]
    public void A_new_file_gets_all_bits_of_its_mode(int mode)
    {
        Shut(Opened("f", O_RDWR | O_CREAT, Mode(mode)));
        Same(Mode(mode), Stat("f").Permissions);
    }

    public void A_file_made_without_any_permission_can_be_written_by_the_one_that_made_it()
    {
        var fd = Opened("f", O_RDWR | O_CREAT, 0);
        Same(4L, Write(fd, "text"u8));
        Same("text", TextOf(fd));
    }

    public void Creat_empties_and_keeps_mode_and_inode()
    {
        Put("f", "text", Mode(640));
        var before = Stat("f");
        var fd = Kept(Creat("f", Mode(777)));
        Same(0L, FStat(fd).Size);
        Same((before.Inode, Mode(640)), (FStat(fd).Inode, FStat(fd).Permissions));
        Fails(EBADF, Read(fd, new byte[1]));
        Same(1L, Write(fd, "x"u8));
    }

    public void O_CREAT_of_an_existing_file_opens_it_as_it_is()
    {
        Put("f", "text", Mode(600));
        var fd = Opened("f", O_RDWR | O_CREAT, Mode(777));
        Same("text", TextOf(fd));
        Same(Mode(600), FStat(fd).Permissions);
    }

    [Row("file"), Row("dir"), Row("link"), Row("dangling"), Row("fifo")]
    public void O_EXCL_refuses_whatever_is_there(string name)
    {
        Put("file", "kept");
        Ok(MkDir("dir"));
        Ok(SymLink("file", "link"));
        Ok(SymLink("missing", "dangling"));
        Ok(MkNod("fifo", S_IFIFO | Mode(644)));
        Fails(EEXIST, Open(name, O_RDWR | O_CREAT | O_EXCL, Mode(644)));
        Gone("missing");
        Same("kept", Text("file"));
    }

    public void O_EXCL_makes_what_is_not_there()
    {
        Shut(Opened("f", O_RDWR | O_CREAT | O_EXCL, Mode(640)));
        Same(Mode(640), Stat("f").Permissions);
    }

    public void O_CREAT_through_a_dangling_link_makes_its_target()
    {
        Ok(SymLink("target", "link"));
        Shut(Opened("link", O_WRONLY | O_CREAT, Mode(644)));
        Same((S_IFLNK, S_IFREG), (LStat("link").Type, LStat("target").Type));
    }

    public void O_TRUNC_empties_and_sets_times()
    {
        Put("f", "text");
        var before = Stat("f");
        Tick();
        Shut(Opened("f", O_WRONLY | O_TRUNC));
        var after = Stat("f");
        Same((0L, before.Inode), (after.Size, after.Inode));
        True(after.Mtime > before.Mtime);
        True(after.Ctime > before.Ctime);
    }

    public void O_TRUNC_shows_in_descriptors_that_are_open()
    {
        Put("f", "text");
        var reader = Opened("f", O_RDONLY);
        Same(2L, Read(reader, new byte[2]));
        Shut(Opened("f", O_WRONLY | O_TRUNC));
        Same(0L, Read(reader, new byte[2]));
        Same(0L, FStat(reader).Size);
    }

    public void O_TRUNC_of_a_fifo_or_by_a_reader_of_a_link_works()
    {
        Put("f", "text");
        Ok(SymLink("f", "link"));
        Shut(Opened("link", O_RDWR | O_TRUNC));
        Same(0L, Stat("f").Size);
        Ok(MkNod("fifo", S_IFIFO | Mode(644)));
        Shut(Opened("fifo", O_RDWR | O_TRUNC | O_NONBLOCK));
    }

    public void O_APPEND_writes_at_the_end_whatever_the_position()
    {
        Put("f", "one");
        var fd = Opened("f", O_RDWR | O_APPEND);
        Same(0L, Seek(fd, 0, SEEK_SET));
        Same(3L, Write(fd, "two"u8));
        Same(6L, Seek(fd, 0, SEEK_CUR));
        Same("onetwo", TextOf(fd));
    }

    public void O_APPEND_takes_pwrite_to_the_end_too()
    {
        Put("f", "one");
        var fd = Opened("f", O_RDWR | O_APPEND);
        Same(3L, PWrite(fd, "two"u8, 0));
        Same("onetwo", TextOf(fd));
    }

    public void Two_appending_descriptors_do_not_overwrite_each_other()
    {
        Put("f");
        var a = Opened("f", O_WRONLY | O_APPEND);
        var b = Opened("f", O_WRONLY | O_APPEND);
        for (var i = 0; i < 50; i++)
        {
            Same(1L, Write(a, "a"u8));
            Same(1L, Write(b, "b"u8));
        }
        Same(string.Concat(Enumerable.Repeat("ab", 50)), Text("f"));
    }

    [Row(1), Row(2)]
    public void A_directory_cannot_be_opened_for_writing(int access)
    {
        Ok(MkDir("d"));
        Fails(EISDIR, Open("d", access));
    }

    public void A_directory_cannot_be_opened_with_O_CREAT_or_O_TRUNC()
    {
        Ok(MkDir("d"));
        Fails(EISDIR, Open("d", O_RDONLY | O_CREAT, Mode(644)));
        Fails(EISDIR, Open("d", O_RDONLY | O_TRUNC));
    }

    public void O_DIRECTORY_wants_a_directory()
    {
        Put("f");
        Ok(MkDir("d"));
        Ok(SymLink("d", "to-d"));
        Ok(SymLink("f", "to-f"));
        Shut(Opened("d", O_RDONLY | O_DIRECTORY));
        Shut(Opened("to-d", O_RDONLY | O_DIRECTORY));
        Fails(ENOTDIR, Open("f", O_RDONLY | O_DIRECTORY));
        Fails(ENOTDIR, Open("to-f", O_RDONLY | O_DIRECTORY));
    }

    public void O_NOFOLLOW_refuses_a_link_and_only_the_last()
    {
        Ok(MkDir("d"));
        Put("d/f", "text");
        Ok(SymLink("d/f", "link"));
        Ok(SymLink("d", "dir"));
        Fails(ELOOP, Open("link", O_RDONLY | O_NOFOLLOW));
        Fails(ELOOP, Open("link", O_RDWR | O_CREAT | O_NOFOLLOW, Mode(644)));
        Fails(ENOTDIR, Open("dir", O_RDONLY | O_DIRECTORY | O_NOFOLLOW));
        Same("text", TextOf(Opened("dir/f", O_RDONLY | O_NOFOLLOW)));
    }

    public void Forty_links_in_a_row_are_followed_and_no_more()
    {
        Put("l0", "text");
        for (var i = 1; i <= 41; i++) Ok(SymLink($"l{i - 1}", $"l{i}"));
        Same("text", Text("l40"));
        Fails(ELOOP, Open("l41", O_RDONLY));
    }

    public void O_PATH_names_a_file_and_reads_nothing()
    {
        Put("f", "text");
        var fd = Opened("f", O_PATH);
        Same(4L, FStat(fd).Size);
        Fails(EBADF, Read(fd, new byte[1]));
        Fails(EBADF, Write(fd, "x"u8));
        Fails(EBADF, FChMod(fd, Mode(600)));
        Same("text", Text($"/proc/self/fd/{fd}"));
    }

    public void O_PATH_with_O_NOFOLLOW_holds_a_link_itself()
    {
        Ok(SymLink("nowhere", "link"));
        var fd = Opened("link", O_PATH | O_NOFOLLOW);
        Same(S_IFLNK, FStat(fd).Type);
        var buffer = new byte[20];
        Same(7L, ReadLinkAt(fd, "", buffer));
    }

    public void O_TMPFILE_has_no_name_until_it_is_linked()
    {
        var fd = Kept(OkIfSupported(Open(".", O_RDWR | O_TMPFILE, Mode(640))));
        Same(0, Names(".").Count);
        Same(0u, FStat(fd).Links);
        Same(4L, Write(fd, "text"u8));
        Ok(LinkAt(AT_FDCWD, $"/proc/self/fd/{fd}", AT_FDCWD, "named", AT_SYMLINK_FOLLOW));
        Same("text", Text("named"));
        Same((1u, Mode(640)), (Stat("named").Links, Stat("named").Permissions));
        Same(1u, FStat(fd).Links);
    }

    public void O_TMPFILE_with_O_EXCL_stays_without_a_name()
    {
        var fd = Kept(OkIfSupported(Open(".", O_RDWR | O_TMPFILE | O_EXCL, Mode(600))));
        Fails(ENOENT, LinkAt(AT_FDCWD, $"/proc/self/fd/{fd}", AT_FDCWD, "named", AT_SYMLINK_FOLLOW));
    }

    public void O_TMPFILE_must_be_writable_and_in_a_directory()
    {
        Put("f");
        Fails(EINVAL, Open(".", O_RDONLY | O_TMPFILE, Mode(600)));
        Fails(ENOTDIR, Open("f", O_RDWR | O_TMPFILE, Mode(600)));
        Fails(ENOENT, Open("missing", O_RDWR | O_TMPFILE, Mode(600)));
    }

    public void A_program_that_runs_cannot_be_opened_for_writing()
    {
        File.Copy("/bin/sleep", "program");
        Ok(ChMod("program", Mode(755)));
        using var running = System.Diagnostics.Process.Start("./program", ["100"]);
        try
        {
            Fails(ETXTBSY, Open("program", O_WRONLY));
            Fails(ETXTBSY, Truncate("program", 0));
        }
        finally
        {
            running.Kill();
            running.WaitForExit();
        }
        Shut(Opened("program", O_WRONLY));
    }

    public void A_file_that_is_being_written_cannot_be_run()
    {
        File.Copy("/bin/true", "program");
        Ok(ChMod("program", Mode(755)));
        var fd = Opened("program", O_WRONLY);
        const int textBusy = 26;
        try
        {
            System.Diagnostics.Process.Start("./program").Dispose();
            throw new CheckFailedException("running it: expected ETXTBSY, actual success");
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            Same(textBusy, e.NativeErrorCode);
        }
        Shut(fd);
        using var process = System.Diagnostics.Process.Start("./program");
        process.WaitForExit();
        Same(0, process.ExitCode);
    }

    public void Openat_goes_from_a_directory_and_not_from_a_file()
    {
        Ok(MkDir("d"));
        Put("f");
        var folder = Opened("d", O_RDONLY | O_DIRECTORY);
        var file = Opened("f", O_RDONLY);
        Kept(OpenAt(folder, "inside", O_WRONLY | O_CREAT, Mode(600)));
        Same(S_IFREG, Stat("d/inside").Type);
        Fails(ENOTDIR, OpenAt(file, "x", O_RDONLY));
        Fails(EBADF, OpenAt(9999, "x", O_RDONLY));
    }

    public void A_new_file_sets_the_times_of_its_directory()
    {
        Ok(MkDir("d"));
        var before = Stat("d");
        Tick();
        Put("d/f");
        True(Stat("d").Mtime > before.Mtime);
        True(Stat("d").Ctime > before.Ctime);
        True(Stat("d/f").Mtime > before.Mtime);
    }

    public void Opening_what_is_there_does_not_touch_the_directory()
    {
        Ok(MkDir("d"));
        Put("d/f", "x");
        var before = Stat("d");
        Tick();
        Put("d/f", "y");
        Same((before.Mtime, before.Ctime), (Stat("d").Mtime, Stat("d").Ctime));
    }

    public void Closing_twice_is_EBADF()
    {
        Put("f");
        var fd = Ok(Open("f", O_RDONLY));
        Ok(Close((int)fd));
        Fails(EBADF, Close((int)fd));
    }

    public void A_copied_descriptor_shares_the_position()
    {
        Put("f", "abcdef");
        var fd = Opened("f", O_RDONLY);
        var copy = Kept(Duplicate(fd));
        Same(2L, Read(fd, new byte[2]));
        Same(2L, Seek(copy, 0, SEEK_CUR));
        Shut(fd);
        var rest = new byte[4];
        Same(4L, Read(copy, rest));
        Same((byte)'c', rest[0]);
    }

    public void Flags_that_can_be_changed_are_kept()
    {
        Put("f");
        var fd = Opened("f", O_RDWR | O_APPEND);
        Same(O_APPEND, (int)Ok(GetFlags(fd)) & O_APPEND);
        Ok(SetFlags(fd, 0));
        Put("f", "12345");
        Same(1L, PWrite(fd, "x"u8, 0));
        Same("x2345", Text("f"));
    }

    public void O_DIRECT_reads_and_writes_or_is_EINVAL()
    {
        var opened = Open("f", O_RDWR | O_CREAT | O_DIRECT, Mode(644));
        if (opened == -(long)EINVAL) throw new SkippedException("O_DIRECT is EINVAL, which is allowed");
        var fd = Kept(opened);
        var memory = Ok(Map(-1, 0, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | 0x20));
        var buffer = At(memory, 8192);
        buffer.Fill((byte)'d');
        Same(8192L, PWrite(fd, buffer, 0));
        buffer.Clear();
        Same(4096L, PRead(fd, buffer[..4096], 4096));
        Same((byte)'d', buffer[4095]);
        Same(new string('d', 8192), Text("f"));
        Ok(Unmap(memory, 8192));
    }
}
