using PeerDrive.Posix.Conformance;

namespace PeerDrive.Posix.Suites;

internal sealed class Holes : Suite
{
    private const long Mib = 1 << 20;

    public void A_file_without_holes_is_data_to_its_end()
    {
        Put("f", new string('x', 100000));
        var fd = Opened("f");
        Same(0L, Seek(fd, 0, SEEK_DATA));
        Same(500L, Seek(fd, 500, SEEK_DATA));
        Same(100000L, Seek(fd, 0, SEEK_HOLE));
        Same(100000L, Seek(fd, 99999, SEEK_HOLE));
    }

    public void Behind_the_end_is_ENXIO()
    {
        Put("f", "text");
        var fd = Opened("f");
        Fails(ENXIO, Seek(fd, 4, SEEK_DATA));
        Fails(ENXIO, Seek(fd, 4, SEEK_HOLE));
        Fails(ENXIO, Seek(fd, 1000, SEEK_HOLE));
        Fails(ENXIO, Seek(fd, -1, SEEK_DATA));
        Put("g");
        Fails(ENXIO, Seek(Opened("g"), 0, SEEK_DATA));
    }

    public void Data_is_never_in_a_hole()
    {
        var fd = Opened("f", O_RDWR | O_CREAT, Mode(644));
        Same(1L, PWrite(fd, "a"u8, 1 * Mib));
        Same(1L, PWrite(fd, "b"u8, 3 * Mib));
        Ok(FTruncate(fd, 5 * Mib));
        var data = new List<(long From, long To)>();
        for (long at = 0; at < 5 * Mib;)
        {
            var from = Seek(fd, at, SEEK_DATA);
            if (from == -(long)ENXIO) break;
            at = Ok(Seek(fd, Ok(from), SEEK_HOLE));
            data.Add((from, at));
            True(from < at && at <= 5 * Mib, $"{from} < {at} <= end");
        }
        foreach (var written in new[] { 1 * Mib, 3 * Mib }) True(data.Any(range => range.From <= written && written < range.To), $"{written} is data");
        Same(5 * Mib, Seek(fd, 0, SEEK_END));
    }

    public void Holes_show_where_nothing_was_written_or_nowhere()
    {
        var fd = Opened("f", O_RDWR | O_CREAT, Mode(644));
        Same(1L, PWrite(fd, "a"u8, 0));
        Same(1L, PWrite(fd, "b"u8, 4 * Mib));
        True(Ok(Seek(fd, 0, SEEK_HOLE)) <= 1 * Mib, "the hole begins within the first MiB");
        var next = Ok(Seek(fd, 2 * Mib, SEEK_DATA));
        True(next is > 3 * Mib and <= 4 * Mib, $"data goes on at {next}");
        Same(2 * Mib, Seek(fd, 2 * Mib, SEEK_HOLE));
    }

    public void A_file_of_nothing_but_hole_has_no_data()
    {
        Put("f");
        Ok(Truncate("f", 10 * Mib));
        var fd = Opened("f");
        Fails(ENXIO, Seek(fd, 0, SEEK_DATA));
        Same(0L, Seek(fd, 0, SEEK_HOLE));
        Same(12345L, Seek(fd, 12345, SEEK_HOLE));
    }

    public void The_position_is_set()
    {
        Put("f", "0123456789");
        var fd = Opened("f");
        Same(4L, Seek(fd, 4, SEEK_DATA));
        var buffer = new byte[1];
        Same(1L, Read(fd, buffer));
        Same((byte)'4', buffer[0]);
    }

    public void What_is_written_and_not_synced_is_data()
    {
        var fd = Opened("f", O_RDWR | O_CREAT, Mode(644));
        Ok(FTruncate(fd, 8 * Mib));
        Ok(FSync(fd));
        Same(5L, PWrite(fd, "fresh"u8, 5 * Mib));
        var data = Ok(Seek(fd, 0, SEEK_DATA));
        True(data <= 5 * Mib, $"data at {data}");
        True(Ok(Seek(fd, 5 * Mib, SEEK_HOLE)) >= 5 * Mib + 5);
    }
}
