using System.Text;
using Microsoft.Win32.SafeHandles;
using PeerDrive.Native.Files;

namespace PeerDrive.Native.Tests.Files;

public sealed class LibcTests : IDisposable
{
    private readonly string path = Directory.CreateTempSubdirectory("peerdrive-native-").FullName;
    private readonly SafeFileHandle folder;

    public LibcTests() => folder = Libc.Open(Bytes(path), OpenFlags.ReadOnly | OpenFlags.Folder);

    public void Dispose()
    {
        folder.Dispose();
        Directory.Delete(path, recursive: true);
    }

    [Fact]
    public void Status_tells_kind_mode_size_links_and_times()
    {
        using (var file = Make("a", "12345"u8)) Libc.SetPermissions(file, 0x1A0);
        Libc.SetMtime(folder, "a"u8, -5_000_000_123);
        Libc.Link(folder, "a"u8, folder, "b"u8);
        var stat = Libc.StatAt(folder, "a"u8)!.Value;
        Assert.Equal((FileKind.Regular, 0x1A0u, 5L, 2u, -5_000_000_123L), (stat.Kind, stat.Permissions, stat.Size, stat.Links, stat.Mtime));
        Assert.Equal(stat.Inode, Libc.StatAt(folder, "b"u8)!.Value.Inode);
        Assert.Null(Libc.StatAt(folder, "nothing"u8));
    }

    [Fact]
    public void A_symbolic_link_is_told_of_and_not_followed()
    {
        Libc.MakeSymbolicLink("/nowhere at all"u8, folder, "link"u8);
        Assert.Equal(FileKind.SymbolicLink, Libc.StatAt(folder, "link"u8)!.Value.Kind);
        Assert.Equal("/nowhere at all"u8.ToArray(), Libc.ReadSymbolicLink(folder, "link"u8));
    }

    [Fact]
    public void Extended_attributes_come_back_and_absent_ones_are_null()
    {
        using var file = Make("a", ""u8);
        Libc.SetXattr(file, "user.peerdrive.test"u8, [0, 255, 10]);
        Assert.Equal([0, 255, 10], Libc.GetXattr(file, "user.peerdrive.test"u8));
        Assert.Contains(Libc.ListXattrs(file), name => name.AsSpan().SequenceEqual("user.peerdrive.test"u8));
        Libc.SetXattr(file, "user.peerdrive.empty"u8, []);
        Assert.Empty(Libc.GetXattr(file, "user.peerdrive.empty"u8)!);
        Libc.RemoveXattr(file, "user.peerdrive.test"u8);
        Assert.Null(Libc.GetXattr(file, "user.peerdrive.test"u8));
    }

    [Fact]
    public void Rename_replaces_keeps_or_exchanges_as_it_is_told()
    {
        Make("a", "1"u8).Dispose();
        Make("b", "22"u8).Dispose();
        Assert.Equal(ErrnoException.Exists, Assert.Throws<ErrnoException>(() => Libc.Rename(folder, "a"u8, folder, "b"u8, RenameMode.NoReplace)).Errno);
        Libc.Rename(folder, "a"u8, folder, "b"u8, RenameMode.Exchange);
        Assert.Equal((2, 1), (Libc.StatAt(folder, "a"u8)!.Value.Size, Libc.StatAt(folder, "b"u8)!.Value.Size));
        Libc.Rename(folder, "a"u8, folder, "b"u8);
        Assert.Null(Libc.StatAt(folder, "a"u8));
        Assert.Equal(2, Libc.StatAt(folder, "b"u8)!.Value.Size);
    }

    [Fact]
    public void Opening_beneath_a_folder_never_leaves_it()
    {
        Directory.CreateDirectory(Path.Combine(path, "inside", "deep"));
        File.WriteAllText(Path.Combine(path, "outside"), "secret");
        File.WriteAllText(Path.Combine(path, "inside", "deep", "file"), "x");
        Libc.MakeSymbolicLink("/etc"u8, folder, "inside/absolute"u8);
        Libc.MakeSymbolicLink("../outside"u8, folder, "inside/relative"u8);
        Libc.MakeSymbolicLink("deep"u8, folder, "inside/harmless"u8);
        using var inside = Libc.Open(Bytes(Path.Combine(path, "inside")), OpenFlags.ReadOnly | OpenFlags.Folder);
        Libc.OpenBeneath(inside, "deep/file"u8, OpenFlags.ReadOnly).Dispose();
        foreach (var escape in new[] { "../outside", "deep/../../outside", "/etc/passwd", "absolute/passwd", "absolute", "relative", "harmless/file" })
            Assert.Throws<ErrnoException>(() => Libc.OpenBeneath(inside, Bytes(escape), OpenFlags.ReadOnly));
        Assert.Throws<ErrnoException>(() => Libc.OpenBeneath(inside, "relative"u8, OpenFlags.ReadWrite | OpenFlags.Create, 0x180));
    }

    [Fact]
    public void A_folder_is_read_with_every_name_that_the_kernel_takes()
    {
        byte[][] names = [[255, 254, 128], "new\nline"u8.ToArray(), "-dash"u8.ToArray(), " "u8.ToArray(), "\u202Eabc"u8.ToArray(), .. Enumerable.Range(0, 3000).Select(i => Bytes($"{i:d250}")), "..."u8.ToArray()];
        foreach (var name in names) Libc.OpenAt(folder, name, OpenFlags.ReadWrite | OpenFlags.Create).Dispose();
        Libc.MakeFolder(folder, "folder"u8, 0x1C0);
        var found = Libc.ReadFolder(folder);
        Assert.Equal(names.Append("folder"u8.ToArray()).Select(Convert.ToHexString).Order(), found.Select(entry => Convert.ToHexString(entry.Name)).Order());
        Assert.Equal(FileKind.Folder, found.Single(entry => entry.Name.AsSpan().SequenceEqual("folder"u8)).Kind);
        Assert.Equal(names.Length + 1, Libc.ReadFolder(folder).Count);
        // .NET cannot remove a name that is no UTF-8.
        Libc.Unlink(folder, names[0], isFolder: false);
    }

    [Fact]
    public void Names_with_a_zero_byte_are_refused()
    {
        Assert.Equal(ErrnoException.Invalid, Assert.Throws<ErrnoException>(() => Libc.OpenAt(folder, "a\0b"u8, OpenFlags.ReadWrite | OpenFlags.Create)).Errno);
        Assert.Empty(Libc.ReadFolder(folder));
    }

    [Fact]
    public void Cloning_where_the_file_system_cannot_is_an_answer_and_no_error()
    {
        if (!Directory.Exists("/dev/shm")) return;
        var name = Bytes($"/dev/shm/peerdrive-native-{Guid.NewGuid():n}");
        using var source = Libc.Open(name, OpenFlags.ReadWrite | OpenFlags.Create);
        Libc.Unlink(null, name, isFolder: false);
        Libc.Write(source, "abc"u8, 0);
        using var target = Make("target", ""u8);
        Assert.False(Libc.TryClone(source, target));
    }

    [Fact]
    public void Holes_are_found()
    {
        using var file = Make("sparse", ""u8);
        Libc.Truncate(file, 8 << 20);
        Assert.Equal(8 << 20, Libc.NextData(file, 0, 8 << 20));
        Libc.Write(file, "x"u8, 4 << 20);
        Assert.InRange(Libc.NextData(file, 0, 8 << 20), 1, 4 << 20);
    }

    [Fact]
    public void A_lock_is_had_once()
    {
        using var first = Make("lock", ""u8);
        using var second = Libc.OpenAt(folder, "lock"u8, OpenFlags.ReadWrite);
        Assert.True(Libc.TryLock(first));
        Assert.False(Libc.TryLock(second));
        first.Dispose();
        Assert.True(Libc.TryLock(second));
    }

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private SafeFileHandle Make(string name, ReadOnlySpan<byte> bytes)
    {
        var file = Libc.OpenAt(folder, Bytes(name), OpenFlags.ReadWrite | OpenFlags.Create, 0x180);
        Libc.Write(file, bytes, 0);
        return file;
    }
}
