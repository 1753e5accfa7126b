using PeerDrive.Posix.Conformance;

namespace PeerDrive.Posix.Suites;

internal sealed class Mapping : Suite
{
    private const int Length = 65536;

    [Row(MAP_SHARED), Row(MAP_PRIVATE)]
    public void A_mapping_shows_the_file(int kind)
    {
        var fd = Filled();
        var address = Ok(Map(fd, 0, Length, PROT_READ, kind));
        True(At(address, Length).IndexOfAnyExcept((byte)'x') < 0, "all of it is what was written");
        Ok(Unmap(address, Length));
    }

    public void A_write_to_a_shared_mapping_is_read_from_the_file()
    {
        var fd = Filled();
        var address = Ok(Map(fd, 0, Length, PROT_READ | PROT_WRITE, MAP_SHARED));
        "mapped"u8.CopyTo(At(address, Length)[5000..]);
        var buffer = new byte[6];
        Same(6L, PRead(fd, buffer, 5000));
        Same("mapped", System.Text.Encoding.Latin1.GetString(buffer));
        Ok(Synchronize(address, Length, MS_SYNC));
        Ok(Unmap(address, Length));
        Shut(fd);
        Same("mapped", Text("f").Substring(5000, 6));
    }

    public void A_write_to_the_file_shows_in_a_shared_mapping()
    {
        var fd = Filled();
        var address = Ok(Map(fd, 0, Length, PROT_READ, MAP_SHARED));
        Same((byte)'x', At(address, Length)[100]);
        Same(1L, PWrite(fd, "y"u8, 100));
        Same((byte)'y', At(address, Length)[100]);
        Ok(Unmap(address, Length));
    }

    public void A_private_mapping_keeps_its_writes_to_itself()
    {
        var fd = Filled();
        var address = Ok(Map(fd, 0, Length, PROT_READ | PROT_WRITE, MAP_PRIVATE));
        At(address, Length).Fill((byte)'p');
        Same(new string('x', Length), TextOf(fd));
        Ok(Unmap(address, Length));
        Same(new string('x', Length), Text("f"));
    }

    public void Two_shared_mappings_are_one()
    {
        var fd = Filled();
        var other = Opened("f");
        var a = Ok(Map(fd, 0, Length, PROT_READ | PROT_WRITE, MAP_SHARED));
        var b = Ok(Map(other, 4096, 4096, PROT_READ, MAP_SHARED));
        At(a, Length)[4100] = (byte)'m';
        Same((byte)'m', At(b, 4096)[4]);
        Ok(Unmap(a, Length));
        Ok(Unmap(b, 4096));
    }

    public void A_mapping_outlives_its_descriptor_and_the_name()
    {
        var fd = Filled();
        var address = Ok(Map(fd, 0, Length, PROT_READ | PROT_WRITE, MAP_SHARED));
        Shut(fd);
        var again = Opened("f");
        Ok(Unlink("f"));
        "late"u8.CopyTo(At(address, Length));
        Ok(Synchronize(address, Length, MS_SYNC));
        Ok(Unmap(address, Length));
        Same("late", TextOf(again)[..4]);
    }

    public void Behind_the_end_of_the_last_page_is_zeros_that_are_not_kept()
    {
        Put("f", "text");
        var fd = Opened("f");
        var address = Ok(Map(fd, 0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED));
        Same((byte)0, At(address, 4096)[100]);
        At(address, 4096)[100] = (byte)'z';
        Ok(Synchronize(address, 4096, MS_SYNC));
        Ok(Unmap(address, 4096));
        Same("text", TextOf(fd));
        Ok(FTruncate(fd, 200));
        Same("text" + new string('\0', 196), TextOf(fd));
    }

    public void A_file_that_grows_shows_its_new_bytes_in_the_mapping()
    {
        Put("f", "text");
        var fd = Opened("f");
        var address = Ok(Map(fd, 0, 8192, PROT_READ, MAP_SHARED));
        Same((byte)'t', At(address, 4)[0]);
        Ok(FTruncate(fd, 8192));
        Same(3L, PWrite(fd, "end"u8, 8000));
        Same((byte)'e', At(address, 8192)[8000]);
        Same((byte)0, At(address, 8192)[7999]);
        Ok(Unmap(address, 8192));
    }

    public void A_truncated_and_grown_file_shows_zeros_in_the_mapping()
    {
        var fd = Filled();
        var address = Ok(Map(fd, 0, Length, PROT_READ, MAP_SHARED));
        Same((byte)'x', At(address, Length)[Length - 1]);
        Ok(FTruncate(fd, 5000));
        Ok(FTruncate(fd, Length));
        Same(((byte)'x', (byte)0, (byte)0), (At(address, Length)[4999], At(address, Length)[5000], At(address, Length)[Length - 1]));
        Ok(Unmap(address, Length));
    }

    public void A_write_through_a_mapping_sets_mtime_once_it_is_synced()
    {
        var fd = Filled();
        var before = FStat(fd);
        Tick();
        var address = Ok(Map(fd, 0, Length, PROT_READ | PROT_WRITE, MAP_SHARED));
        At(address, Length)[0] = (byte)'m';
        Ok(Synchronize(address, Length, MS_SYNC));
        Ok(Unmap(address, Length));
        Ok(FSync(fd));
        True(FStat(fd).Mtime > before.Mtime);
        True(FStat(fd).Ctime > before.Ctime);
    }

    public void Protection_must_fit_the_descriptor()
    {
        _ = Filled();
        var (reader, writer) = (Opened("f", O_RDONLY), Opened("f", O_WRONLY));
        Fails(EACCES, Map(reader, 0, Length, PROT_READ | PROT_WRITE, MAP_SHARED));
        Fails(EACCES, Map(writer, 0, Length, PROT_READ, MAP_SHARED));
        Ok(Unmap(Ok(Map(reader, 0, Length, PROT_READ | PROT_WRITE, MAP_PRIVATE)), Length));
    }

    public void Nonsense_is_refused()
    {
        var fd = Filled();
        Fails(EINVAL, Map(fd, 0, 0, PROT_READ, MAP_SHARED));
        Fails(EINVAL, Map(fd, 100, Length, PROT_READ, MAP_SHARED));
        Fails(EBADF, Map(9999, 0, Length, PROT_READ, MAP_SHARED));
        Fails(ENODEV, Map(Opened(".", O_RDONLY), 0, 4096, PROT_READ, MAP_SHARED));
    }

    private int Filled()
    {
        Put("f", new string('x', Length));
        return Opened("f");
    }
}
