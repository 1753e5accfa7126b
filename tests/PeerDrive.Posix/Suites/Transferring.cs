using PeerDrive.Posix.Conformance;

namespace PeerDrive.Posix.Suites;

internal sealed class Transferring : Suite
{
    [Row(1), Row(511), Row(4095), Row(4096), Row(4097), Row(65536), Row(131073), Row(1048576), Row(3000001)]
    public void What_was_written_is_read(int length)
    {
        var bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        var fd = Opened("f", O_RDWR | O_CREAT, Mode(644));
        Same((long)length, Write(fd, bytes));
        Same((long)length, FStat(fd).Size);
        var read = new byte[length + 10];
        Same((long)length, PRead(fd, read, 0));
        True(read.AsSpan(0, length).SequenceEqual(bytes));
        Shut(fd);
        var again = Opened("f", O_RDONLY);
        Same((long)length, Read(again, read));
        True(read.AsSpan(0, length).SequenceEqual(bytes));
        Same(0L, Read(again, read));
    }

    public void Reading_needs_a_descriptor_for_reading()
    {
        var fd = Opened("f", O_WRONLY | O_CREAT, Mode(644));
        Fails(EBADF, Read(fd, new byte[1]));
        Fails(EBADF, PRead(fd, new byte[1], 0));
        Fails(EBADF, Read(9999, new byte[1]));
    }

    public void Writing_needs_a_descriptor_for_writing()
    {
        Put("f");
        var fd = Opened("f", O_RDONLY);
        Fails(EBADF, Write(fd, "x"u8));
        Fails(EBADF, PWrite(fd, "x"u8, 0));
        Fails(EBADF, Write(9999, "x"u8));
    }

    public void A_directory_is_not_read_as_a_file()
    {
        Ok(MkDir("d"));
        var fd = Opened("d", O_RDONLY);
        Fails(EISDIR, Read(fd, new byte[1]));
        Fails(EISDIR, PRead(fd, new byte[1], 0));
        Fails(EBADF, Write(fd, "x"u8));
    }

    public void Negative_offsets_are_EINVAL()
    {
        var fd = Opened("f", O_RDWR | O_CREAT, Mode(644));
        Fails(EINVAL, PRead(fd, new byte[1], -1));
        Fails(EINVAL, PWrite(fd, "x"u8, -1));
        Fails(EINVAL, PWrite(fd, "x"u8, long.MaxValue));
        Same(0L, FStat(fd).Size);
    }

    public void Reading_behind_the_end_gives_nothing()
    {
        Put("f", "text");
        var fd = Opened("f");
        Same(0L, PRead(fd, new byte[10], 4));
        Same(0L, PRead(fd, new byte[10], 1000000));
        Same(2L, PRead(fd, new byte[10], 2));
        Same(0L, PRead(fd, [], 0));
    }

    public void Writing_nothing_changes_nothing()
    {
        Put("f", "text");
        var before = Stat("f");
        Tick();
        var fd = Opened("f");
        Same(0L, Write(fd, []));
        Same(0L, PWrite(fd, [], 1000));
        Same((4L, before.Mtime), (FStat(fd).Size, FStat(fd).Mtime));
    }

    public void Writing_behind_the_end_leaves_zeros_between()
    {
        Put("f", "ab");
        var fd = Opened("f");
        Same(1L, PWrite(fd, "z"u8, 10000));
        Same(10001L, FStat(fd).Size);
        Same("ab" + new string('\0', 9998) + "z", TextOf(fd));
    }

    public void Pwrite_and_pread_leave_the_position()
    {
        var fd = Opened("f", O_RDWR | O_CREAT, Mode(644));
        Same(4L, PWrite(fd, "text"u8, 5));
        Same(4L, PRead(fd, new byte[4], 5));
        Same(0L, Seek(fd, 0, SEEK_CUR));
    }

    public void Vectors_are_read_and_written_in_order()
    {
        var fd = Opened("f", O_RDWR | O_CREAT, Mode(644));
        Same(7L, WriteV(fd, "abc"u8, "defg"u8));
        Same(0L, Seek(fd, 0, SEEK_SET));
        byte[] first = new byte[2], second = new byte[10];
        Same(7L, ReadV(fd, first, second));
        Same(((byte)'b', (byte)'g'), (first[1], second[4]));
        Same(7L, Seek(fd, 0, SEEK_CUR));
    }

    public void Positions_are_set_from_begin_here_and_end()
    {
        Put("f", "0123456789");
        var fd = Opened("f");
        Same(3L, Seek(fd, 3, SEEK_SET));
        Same(5L, Seek(fd, 2, SEEK_CUR));
        Same(8L, Seek(fd, -2, SEEK_END));
        Same(110L, Seek(fd, 100, SEEK_END));
        Same(10L, FStat(fd).Size);
        Fails(EINVAL, Seek(fd, -1, SEEK_SET));
        Fails(EINVAL, Seek(fd, -11, SEEK_END));
        Fails(EINVAL, Seek(fd, 0, 99));
        Same(110L, Seek(fd, 0, SEEK_CUR));
        Ok(MkNod("fifo", S_IFIFO | Mode(644)));
        Fails(ESPIPE, Seek(Opened("fifo", O_RDWR), 0, SEEK_CUR));
    }

    public void Writing_sets_mtime_and_ctime_and_not_atime()
    {
        Put("f", "a");
        var before = Stat("f");
        Tick();
        var fd = Opened("f");
        Same(1L, Write(fd, "b"u8));
        Shut(fd);
        var after = Stat("f");
        True(after.Mtime > before.Mtime);
        Same(after.Mtime, after.Ctime);
        Same(before.Atime, after.Atime);
    }

    public void Reading_sets_neither_mtime_nor_ctime()
    {
        Put("f", "a");
        var before = Stat("f");
        Tick();
        Same("a", Text("f"));
        Same((before.Mtime, before.Ctime), (Stat("f").Mtime, Stat("f").Ctime));
    }

    public void The_limit_of_a_file_size_is_EFBIG()
    {
        var fd = Opened("f", O_RDWR | O_CREAT, Mode(644));
        LimitFileSize(10000, () =>
        {
            Same(4000L, PWrite(fd, new byte[4000], 4000));
            Same(1000L, PWrite(fd, new byte[4000], 9000), "a write across the limit");
            Fails(EFBIG, PWrite(fd, new byte[1], 10000));
            Fails(EFBIG, FTruncate(fd, 10001));
            Fails(EFBIG, FAllocate(fd, 0, 9999, 2));
        });
        Same(10000L, FStat(fd).Size);
    }

    public void Sparse_files_beyond_4_GiB_read_as_they_were_written()
    {
        var fd = Opened("f", O_RDWR | O_CREAT, Mode(644));
        foreach (var at in new[] { 0L, (1L << 31) - 2, (1L << 32) - 2, 5L << 32 }) Same(4L, PWrite(fd, "data"u8, at));
        Same((5L << 32) + 4, FStat(fd).Size);
        var buffer = new byte[4];
        foreach (var at in new[] { 0L, (1L << 31) - 2, (1L << 32) - 2, 5L << 32 })
        {
            Same(4L, PRead(fd, buffer, at));
            Same((byte)'a', buffer[3]);
        }
        Same(4L, PRead(fd, buffer, 3L << 32));
        Same((byte)0, buffer[3]);
        True(FStat(fd).Blocks < 4096);
    }

    public void Two_descriptors_see_each_other_at_once()
    {
        var a = Opened("f", O_RDWR | O_CREAT, Mode(644));
        var b = Opened("f", O_RDWR);
        Same(3L, PWrite(a, "one"u8, 0));
        Same("one", TextOf(b));
        Same(3L, PWrite(b, "two"u8, 3));
        Same("onetwo", TextOf(a));
        Ok(FTruncate(a, 2));
        Same("on", TextOf(b));
        Same(2L, FStat(b).Size);
    }

    public void Advice_is_taken()
    {
        Put("f", "text");
        var fd = Opened("f");
        for (var advice = 0; advice <= 5; advice++) Ok(Advise(fd, 0, 0, advice));
    }
}
