using PeerDrive.Posix.Conformance;

namespace PeerDrive.Posix.Suites;

internal sealed class Allocating : Suite
{
    private const int KeepSize = FALLOC_FL_KEEP_SIZE, Punch = FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, Zero = FALLOC_FL_ZERO_RANGE;

    public void It_grows_a_file_with_zeros_and_room()
    {
        Put("f", "text");
        var fd = Opened("f");
        OkIfSupported(FAllocate(fd, 0, 0, 100000));
        Same(100000L, FStat(fd).Size);
        True(FStat(fd).Blocks * 512 >= 100000);
        Same("text" + new string('\0', 99996), TextOf(fd));
    }

    public void It_does_not_shrink_or_change_what_is_there()
    {
        Put("f", "0123456789");
        var fd = Opened("f");
        OkIfSupported(FAllocate(fd, 0, 2, 4));
        Same("0123456789", TextOf(fd));
    }

    public void KEEP_SIZE_keeps_the_size()
    {
        Put("f", "text");
        var fd = Opened("f");
        OkIfSupported(FAllocate(fd, KeepSize, 0, 100000));
        Same((4L, "text"), (FStat(fd).Size, TextOf(fd)));
    }

    [Row(0, 65536), Row(4096, 4096), Row(1, 4096), Row(4095, 2), Row(65000, 100000), Row(8192, 57344), Row(0, 1)]
    public void A_punched_hole_reads_as_zeros_and_nothing_else_changes(int offset, int length)
    {
        var fd = Filled(65536);
        OkIfSupported(FAllocate(fd, Punch, offset, length));
        var end = Math.Min(offset + length, 65536);
        Same(new string('x', offset) + new string('\0', end - offset) + new string('x', 65536 - end), TextOf(fd));
        Same(65536L, FStat(fd).Size);
    }

    [Row(0, 65536), Row(4096, 4096), Row(1, 4096), Row(4095, 2), Row(65000, 100000)]
    public void A_zeroed_range_is_zeros_and_may_grow(int offset, int length)
    {
        var fd = Filled(65536);
        OkIfSupported(FAllocate(fd, Zero, offset, length));
        var size = Math.Max(65536, offset + length);
        Same(new string('x', offset) + new string('\0', length) + new string('x', Math.Max(0, size - offset - length)), TextOf(fd));
        Same((long)size, FStat(fd).Size);
    }

    public void A_zeroed_range_with_KEEP_SIZE_does_not_grow()
    {
        var fd = Filled(10000);
        OkIfSupported(FAllocate(fd, Zero | KeepSize, 5000, 100000));
        Same(new string('x', 5000) + new string('\0', 5000), TextOf(fd));
    }

    public void A_hole_gives_room_back()
    {
        var fd = Filled(4 << 20);
        Ok(FSync(fd));
        var before = FStat(fd).Blocks;
        OkIfSupported(FAllocate(fd, Punch, 0, 4 << 20));
        Ok(FSync(fd));
        True(FStat(fd).Blocks < before / 2, $"{FStat(fd).Blocks} blocks are fewer than half of {before}");
    }

    public void A_collapsed_range_is_taken_out_or_not_supported()
    {
        var fd = Filled(65536);
        Same(4L, PWrite(fd, "tail"u8, 61440));
        OkIfSupported(FAllocate(fd, FALLOC_FL_COLLAPSE_RANGE, 4096, 8192));
        Same(57344L, FStat(fd).Size);
        var buffer = new byte[4];
        Same(4L, PRead(fd, buffer, 61440 - 8192));
        Same((byte)'t', buffer[0]);
    }

    public void An_inserted_range_is_put_in_or_not_supported()
    {
        var fd = Filled(16384);
        OkIfSupported(FAllocate(fd, FALLOC_FL_INSERT_RANGE, 4096, 4096));
        Same(new string('x', 4096) + new string('\0', 4096) + new string('x', 12288), TextOf(fd));
    }

    [Row("plain"), Row("punch"), Row("zero")]
    public void It_sets_mtime_and_ctime(string how)
    {
        Put("f", new string('x', 10000));
        var fd = Opened("f");
        var before = FStat(fd);
        Tick();
        OkIfSupported(how switch { "plain" => FAllocate(fd, 0, 0, 20000), "punch" => FAllocate(fd, Punch, 0, 4096), _ => FAllocate(fd, Zero, 0, 4096) });
        True(FStat(fd).Ctime > before.Ctime);
        True(FStat(fd).Mtime > before.Mtime);
    }

    public void Nonsense_is_refused()
    {
        var fd = Filled(100);
        Fails(EINVAL, FAllocate(fd, 0, 0, 0));
        Fails(EINVAL, FAllocate(fd, 0, -1, 10));
        Fails(EINVAL, FAllocate(fd, 0, 0, -1));
        FailsWithOneOf([EOPNOTSUPP, EINVAL], FAllocate(fd, FALLOC_FL_PUNCH_HOLE, 0, 10));
        FailsWithOneOf([EOPNOTSUPP, EINVAL], FAllocate(fd, 0x1000, 0, 10));
        Fails(EFBIG, FAllocate(fd, 0, long.MaxValue, 10));
        Same(new string('x', 100), TextOf(fd));
    }

    public void It_needs_a_regular_file_open_for_writing()
    {
        Put("f");
        Fails(EBADF, FAllocate(Opened("f", O_RDONLY), 0, 0, 10));
        Fails(EBADF, FAllocate(9999, 0, 0, 10));
        Ok(MkNod("p", S_IFIFO | Mode(644)));
        Fails(ESPIPE, FAllocate(Opened("p", O_RDWR), 0, 0, 10));
    }

    private int Filled(int length)
    {
        Put("f", new string('x', length));
        return Opened("f");
    }
}
