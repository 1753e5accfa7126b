using PeerDrive.Posix.Conformance;

namespace PeerDrive.Posix.Suites;

internal sealed class Nodes : Suite
{
    [Row(0), Row(644), Row(755), Row(777)]
    public void A_fifo_has_its_mode_less_the_umask(int mode)
    {
        UMask(Mode(22));
        Ok(MkNod("p", S_IFIFO | Mode(mode)));
        Same((S_IFIFO, Mode(mode) & ~Mode(22), 0L), (Stat("p").Type, Stat("p").Permissions, Stat("p").Size));
    }

    public void A_fifo_carries_bytes_and_keeps_none()
    {
        Ok(MkNod("p", S_IFIFO | Mode(644)));
        Fails(ENXIO, Open("p", O_WRONLY | O_NONBLOCK));
        var reader = Opened("p", O_RDONLY | O_NONBLOCK);
        Same(0L, Read(reader, new byte[4]));
        var writer = Opened("p", O_WRONLY | O_NONBLOCK);
        Fails(EAGAIN, Read(reader, new byte[4]));
        Same(4L, Write(writer, "text"u8));
        var buffer = new byte[10];
        Same(4L, Read(reader, buffer));
        Same((byte)'t', buffer[0]);
        Same(0L, Stat("p").Size);
    }

    public void A_renamed_and_an_unlinked_fifo_still_works()
    {
        Ok(MkNod("p", S_IFIFO | Mode(644)));
        var reader = Opened("p", O_RDONLY | O_NONBLOCK);
        Ok(Rename("p", "q"));
        var writer = Opened("q", O_WRONLY | O_NONBLOCK);
        Ok(Unlink("q"));
        Same(1L, Write(writer, "x"u8));
        Same(1L, Read(reader, new byte[4]));
    }

    public void Mknod_makes_a_regular_file_too()
    {
        Ok(MkNod("f", S_IFREG | Mode(640)));
        Same((S_IFREG, Mode(640), 0L), (Stat("f").Type, Stat("f").Permissions, Stat("f").Size));
        Ok(MkNod("g", Mode(640)));
        Same(S_IFREG, Stat("g").Type);
        Put("f", "text");
        Same("text", Text("f"));
    }

    [NeedsRoot]
    [Row("char", 1L, 3L), Row("block", 7L, 200L), Row("char", 4095L, 1048575L), Row("block", 259L, 65536L)]
    public void Devices_keep_their_numbers(string kind, long major, long minor)
    {
        var type = kind == "char" ? S_IFCHR : S_IFBLK;
        var number = ((ulong)(major & 0xFFF) << 8) | ((ulong)minor & 0xFF) | ((ulong)(minor & ~0xFF) << 12);
        Ok(MkNod("n", type | Mode(600), number));
        Same((type, (uint)major, (uint)minor), (Stat("n").Type, Stat("n").DeviceMajor, Stat("n").DeviceMinor));
    }

    [NeedsRoot]
    public void Devices_are_made_by_root_only()
    {
        AsUser(() =>
        {
            Fails(EPERM, MkNod("c", S_IFCHR | Mode(600), 0x103));
            Fails(EPERM, MkNod("b", S_IFBLK | Mode(600), 0x103));
            Ok(MkNod("p", S_IFIFO | Mode(600)));
            Ok(MkNod("s", S_IFSOCK | Mode(600)));
        });
        Gone("c");
    }

    public void A_directory_or_a_link_is_not_made_by_mknod()
    {
        FailsWithOneOf([EPERM, EINVAL], MkNod("d", S_IFDIR | Mode(755)));
        FailsWithOneOf([EPERM, EINVAL], MkNod("l", S_IFLNK | Mode(777)));
    }

    public void A_socket_is_bound_found_and_removed()
    {
        var server = Kept(Socket());
        Ok(Bind(server, "socket"));
        Same(S_IFSOCK, Stat("socket").Type);
        Fails(EADDRINUSE, Bind(Kept(Socket()), "socket"));
        Ok(Listen(server));
        var client = Kept(Socket());
        Ok(Connect(client, "socket"));
        var accepted = Kept(Accept(server));
        Same(5L, Write(client, "hello"u8));
        Same(5L, Read(accepted, new byte[10]));
        Ok(Unlink("socket"));
        Fails(ENOENT, Connect(Kept(Socket()), "socket"));
    }

    public void A_socket_without_a_server_refuses_and_is_no_file()
    {
        Ok(MkNod("socket", S_IFSOCK | Mode(777)));
        Fails(ECONNREFUSED, Connect(Kept(Socket()), "socket"));
        Fails(ENXIO, Open("socket", O_RDWR));
        Put("f");
        Fails(ECONNREFUSED, Connect(Kept(Socket()), "f"));
    }

    public void A_socket_moves_and_still_connects()
    {
        var server = Kept(Socket());
        Ok(Bind(server, "a"));
        Ok(Listen(server));
        Ok(Rename("a", "b"));
        Ok(Connect(Kept(Socket()), "b"));
        Fails(ENOENT, Connect(Kept(Socket()), "a"));
    }

    [NeedsRoot]
    public void Connecting_needs_permission_to_write_the_socket()
    {
        var server = Kept(Socket());
        Ok(Bind(server, "socket"));
        Ok(Listen(server));
        Ok(ChMod("socket", Mode(755)));
        AsUser(() => Fails(EACCES, Connect(Kept(Socket()), "socket")));
        Ok(ChMod("socket", Mode(777)));
        AsUser(() => Ok(Connect(Kept(Socket()), "socket")));
    }

    [Row("fifo"), Row("socket")]
    public void A_new_node_sets_the_times_of_its_directory(string kind)
    {
        Ok(MkDir("d"));
        var before = Stat("d");
        Tick();
        Ok(MkNod("d/n", (kind == "fifo" ? S_IFIFO : S_IFSOCK) | Mode(644)));
        True(Stat("d").Mtime > before.Mtime);
        True(Stat("d").Ctime > before.Ctime);
    }
}
