using PeerDrive.Posix.Conformance;

namespace PeerDrive.Posix.Suites;

internal sealed class Syncing : Suite
{
    [Row(O_RDONLY), Row(O_WRONLY), Row(O_RDWR)]
    public void Files_are_synced_however_they_are_open(int access)
    {
        Put("f", "text");
        var fd = Opened("f", access);
        Ok(FSync(fd));
        Ok(FDataSync(fd));
    }

    public void Directories_are_synced_too()
    {
        Ok(MkDir("d"));
        Put("d/f");
        var fd = Opened("d", O_RDONLY | O_DIRECTORY);
        Ok(FSync(fd));
        Ok(FDataSync(fd));
        Ok(RmDirWith("d", "d/f"));
        Ok(FSync(fd));
    }

    public void Removed_and_renamed_files_are_synced()
    {
        Put("f", "text");
        Put("g", "text");
        var (f, g) = (Opened("f"), Opened("g"));
        Ok(Unlink("f"));
        Ok(Rename("g", "h"));
        Ok(Write(f, "more"u8));
        Ok(Write(g, "more"u8));
        Ok(FSync(f));
        Ok(FSync(g));
        Same("more", Text("h"));
    }

    public void A_range_is_written_out()
    {
        Put("f", new string('x', 100000));
        var fd = Opened("f");
        Ok(SyncFileRange(fd, 0, 50000, 7));
        Ok(SyncFileRange(fd, 0, 0, 2));
        Fails(EINVAL, SyncFileRange(fd, -1, 10, 2));
        Fails(EINVAL, SyncFileRange(fd, 0, 10, 0x100));
    }

    public void What_cannot_be_synced_says_so()
    {
        Fails(EBADF, FSync(9999));
        Ok(MkNod("p", S_IFIFO | Mode(644)));
        Fails(EINVAL, FSync(Opened("p", O_RDWR)));
    }

    public void Every_write_with_O_DSYNC_succeeds()
    {
        var fd = Opened("f", O_RDWR | O_CREAT | O_DSYNC, Mode(644));
        for (var i = 0; i < 20; i++) Same(1L, Write(fd, "x"u8));
        Same(20L, FStat(fd).Size);
    }

    private static long RmDirWith(string folder, string file)
    {
        Ok(Unlink(file));
        return RmDir(folder);
    }
}
