using System.Diagnostics;
using PeerDrive.FileSystem;
using PeerDrive.Native.Files;
using PeerDrive.Node.Mounting.Telling;

namespace PeerDrive.Node.Tests.Telling;

/// <summary>The process that repeats changes in a mount: its commands, and whom it finds watching.</summary>
public sealed class TellerTests
{
    [Fact]
    public void Commands_are_read_as_they_were_written_to_the_end_of_the_stream()
    {
        var stream = new MemoryStream();
        var folder = "/mount/vol ume/\n"u8.ToArray();
        new TellerCommand(NameEventKind.Appeared, FileKind.Folder, folder, new byte[] { 0xFF, (byte)'a' }).Write(stream);
        new TellerCommand(NameEventKind.Vanished, FileKind.Regular, folder, ReadOnlyMemory<byte>.Empty).Write(stream);
        stream.Position = 0;
        var first = TellerCommand.Read(stream)!.Value;
        Assert.Equal((NameEventKind.Appeared, FileKind.Folder), (first.What, first.Kind));
        Assert.Equal(folder, first.Folder.ToArray());
        Assert.Equal([0xFF, (byte)'a'], first.Name.ToArray());
        Assert.Equal(NameEventKind.Vanished, TellerCommand.Read(stream)!.Value.What);
        Assert.Null(TellerCommand.Read(stream));
    }

    [Fact]
    public void A_command_that_breaks_off_or_tells_of_impossible_lengths_ends_the_reading()
    {
        var whole = new MemoryStream();
        new TellerCommand(NameEventKind.Changed, FileKind.Regular, "/a"u8.ToArray(), "b"u8.ToArray()).Write(whole);
        for (var length = 5; length < whole.Length; length++)
            Assert.ThrowsAny<IOException>(() => TellerCommand.Read(new MemoryStream(whole.ToArray()[..length])));
        Assert.Throws<IOException>(() => TellerCommand.Read(new MemoryStream([0, 0, 0, 0, 0, 0xFF, 0xFF, .. new byte[70_000]])));
    }

    [Fact]
    public void What_is_asked_for_is_done_and_answered_and_what_cannot_be_done_too()
    {
        var folder = Directory.CreateTempSubdirectory("peerdrive-teller-");
        try
        {
            var path = System.Text.Encoding.UTF8.GetBytes(folder.FullName);
            File.WriteAllText(Path.Combine(folder.FullName, "old"), "stays");
            var (input, output) = (new MemoryStream(), new MemoryStream());
            foreach (var (what, kind, name) in new[]
            {
                (NameEventKind.Appeared, FileKind.Regular, "file"), (NameEventKind.Appeared, FileKind.Folder, "folder"), (NameEventKind.Appeared, FileKind.SymbolicLink, "link"),
                (NameEventKind.Appeared, FileKind.Fifo, "fifo"), (NameEventKind.Vanished, FileKind.Regular, "nothing"), (NameEventKind.Vanished, FileKind.Folder, "folder"),
                (NameEventKind.Appeared, FileKind.Regular, "old"), (NameEventKind.Changed, FileKind.Regular, "old"), (NameEventKind.Changed, FileKind.Regular, "nothing"),
            })
            {
                new TellerCommand(what, kind, path, System.Text.Encoding.UTF8.GetBytes(name)).Write(input);
            }
            input.Position = 0;
            Teller.Run(input, output);
            Assert.Equal(4 + 9, output.Length);
            Assert.Equal(Teller.OwnThread(), BitConverter.ToUInt32(output.ToArray()));
            Assert.Equal(["fifo", "file", "link", "old"], folder.EnumerateFileSystemInfos().Select(file => file.Name).Order());
            Assert.Equal("stays", File.ReadAllText(Path.Combine(folder.FullName, "old")));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Theory]
    [InlineData("inotify wd:1 ino:4a2 sdev:2b mask:3ce ignored_mask:0 fhandle-bytes:c", 0x4a2ul)]
    [InlineData("pos:\t0\nflags:\t02004000\ninotify wd:2 ino:ffffffffffffffff sdev:2b mask:3ce", ulong.MaxValue)]
    [InlineData("inotify wd:1 ino:4a2 sdev:2c mask:3ce", null)]
    [InlineData("inotify wd:1 ino:xyz sdev:2b", null)]
    [InlineData("inotify wd:1 ino:1234567890123456789 sdev:2b", null)]
    [InlineData("inotify wd:1 sdev:2b", null)]
    [InlineData("inotify", null)]
    [InlineData("", null)]
    public void Of_what_the_kernel_lists_the_watches_of_this_mount_count(string text, ulong? inode)
    {
        var table = new WatchTable();
        table.Add(text, 0x2b);
        Assert.Equal(inode is null, table.IsEmpty);
        if (inode is { } number) Assert.True(table.Has(number));
    }

    [Fact]
    public void A_watch_of_another_process_is_found()
    {
        var folder = Directory.CreateTempSubdirectory("peerdrive-watched-");
        try
        {
            using var watcher = new FileSystemWatcher(folder.FullName) { EnableRaisingEvents = true };
            var stat = Libc.StatAt(null, System.Text.Encoding.UTF8.GetBytes(folder.FullName))!.Value;
            // Of a stat the minor number is in two parts.
            var device = File.ReadLines("/proc/self/mountinfo").Select(line => line.Split(' ')[2].Split(':'))
                .Select(pair => (Major: uint.Parse(pair[0]), Minor: uint.Parse(pair[1]))).First(pair => (((ulong)pair.Major << 32) | pair.Minor) == stat.Device);
            Assert.True(WatchTable.Read((device.Major << 20) | device.Minor).Has(stat.Inode));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
