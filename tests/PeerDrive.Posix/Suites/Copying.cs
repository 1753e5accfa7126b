using PeerDrive.Posix.Conformance;

namespace PeerDrive.Posix.Suites;

internal sealed class Copying : Suite
{
    [Row(0, 0, 10), Row(3, 0, 4), Row(0, 20, 5), Row(9, 1, 1), Row(2, 1000000, 8)]
    public void A_range_goes_from_one_file_to_another(int from, int to, int length)
    {
        Put("a", "0123456789");
        Put("b", "ABCDEFGHIJ");
        var (a, b) = (Opened("a", O_RDONLY), Opened("b"));
        long source = from, target = to;
        Same((long)length, CopyFileRange(a, ref source, b, ref target, length));
        Same((from + length, to + length), (source, target));
        var expected = "ABCDEFGHIJ".PadRight(to, '\0');
        var rest = expected.Length > to + length ? expected[(to + length)..] : "";
        Same($"{expected[..to]}{"0123456789"[from..(from + length)]}{rest}", TextOf(b));
    }

    public void Within_a_file_ranges_may_touch_and_not_overlap()
    {
        Put("f", "0123456789");
        var fd = Opened("f");
        long from = 0, to = 5;
        Same(5L, CopyFileRange(fd, ref from, fd, ref to, 5));
        Same("0123401234", TextOf(fd));
        (from, to) = (0, 3);
        Fails(EINVAL, CopyFileRange(fd, ref from, fd, ref to, 5));
        Same("0123401234", TextOf(fd));
    }

    public void It_ends_at_the_end_of_the_source()
    {
        Put("a", "0123456789");
        Put("b");
        var (a, b) = (Opened("a", O_RDONLY), Opened("b"));
        long from = 6, to = 0;
        Same(4L, CopyFileRange(a, ref from, b, ref to, 1000000));
        Same(0L, CopyFileRange(a, ref from, b, ref to, 1000000));
        from = 100;
        Same(0L, CopyFileRange(a, ref from, b, ref to, 10));
        Same("6789", TextOf(b));
    }

    public void A_large_copy_is_equal()
    {
        var bytes = new byte[5_000_001];
        new Random(1).NextBytes(bytes);
        var a = Opened("a", O_RDWR | O_CREAT, Mode(644));
        Same((long)bytes.Length, Write(a, bytes));
        var b = Opened("b", O_RDWR | O_CREAT, Mode(644));
        for (long from = 0, to = 0; from < bytes.Length;) True(Ok(CopyFileRange(a, ref from, b, ref to, bytes.Length)) > 0);
        var read = new byte[bytes.Length];
        Same((long)read.Length, PRead(b, read, 0));
        True(read.AsSpan().SequenceEqual(bytes));
    }

    public void Just_written_bytes_are_copied_and_what_is_copied_over_was_written()
    {
        Put("a", new string('a', 20000));
        Put("b", new string('b', 20000));
        var (a, b) = (Opened("a"), Opened("b"));
        Same(5L, PWrite(a, "fresh"u8, 10000));
        Same(20000, TextOf(b).Length);
        long from = 9000, to = 9000;
        for (var rest = 2000L; rest > 0;) rest -= Ok(CopyFileRange(a, ref from, b, ref to, rest));
        Same(new string('b', 9000) + new string('a', 1000) + "fresh" + new string('a', 995) + new string('b', 9000), TextOf(b));
    }

    public void The_target_s_times_are_set()
    {
        Put("a", "text");
        Put("b");
        var before = Stat("b");
        Tick();
        long from = 0, to = 0;
        Same(4L, CopyFileRange(Opened("a"), ref from, Opened("b"), ref to, 4));
        True(Stat("b").Mtime > before.Mtime);
        True(Stat("b").Ctime > before.Ctime);
    }

    public void Descriptors_must_fit()
    {
        Put("a", "text");
        Put("b", "text");
        Ok(MkDir("d"));
        long from = 0, to = 0;
        Fails(EBADF, CopyFileRange(Opened("a", O_WRONLY), ref from, Opened("b"), ref to, 4));
        Fails(EBADF, CopyFileRange(Opened("a"), ref from, Opened("b", O_RDONLY), ref to, 4));
        Fails(EBADF, CopyFileRange(Opened("a"), ref from, Opened("b", O_WRONLY | O_APPEND), ref to, 4));
        Fails(EISDIR, CopyFileRange(Opened("d", O_RDONLY), ref from, Opened("b"), ref to, 4));
        from = -1;
        FailsWithOneOf([EINVAL, EOVERFLOW], CopyFileRange(Opened("a"), ref from, Opened("b"), ref to, 4));
    }

    public void Sendfile_sends_to_a_file_and_a_socket()
    {
        Put("a", "0123456789");
        var (a, b) = (Opened("a"), Opened("b", O_RDWR | O_CREAT, Mode(644)));
        long from = 2;
        Same(5L, SendFile(b, a, ref from, 5));
        Same(("23456", 7L), (TextOf(b), from));
        Ok(MkNod("p", S_IFIFO | Mode(644)));
        var pipe = Opened("p", O_RDWR | O_NONBLOCK);
        Same(3L, SendFile(pipe, a, ref from, 100));
        Same(3L, Read(pipe, new byte[10]));
    }
}
