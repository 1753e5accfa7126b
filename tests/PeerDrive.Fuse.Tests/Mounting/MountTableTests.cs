using PeerDrive.Fuse.Devices;
using PeerDrive.Fuse.Mounting;

namespace PeerDrive.Fuse.Tests.Mounting;

public sealed class MountTableTests
{
    [Fact]
    public void Lines_are_read_with_their_escapes_and_tags()
    {
        const string text = """
            36 35 0:45 / /mnt/with\040space\134 rw,nosuid shared:1 master:2 - fuse.peerdrive my\040drive rw,user_id=0
            37 35 8:1 / / rw - ext4 /dev/sda1 rw
            torn line
            38 35 0:46 /
            """;
        var lines = MountTable.Parse(text).ToList();
        Assert.Equal([new MountLine("0:45", "/mnt/with space\\", "fuse.peerdrive", "my drive"), new MountLine("8:1", "/", "ext4", "/dev/sda1")], lines);
        Assert.Equal((true, "45", false), (lines[0].IsFuse, lines[0].Connection, lines[1].IsFuse));
    }

    [Theory]
    [InlineData(Errno.NotFound, "modprobe fuse")]
    [InlineData(Errno.AccessDenied, "chmod 666")]
    public void A_missing_fuse_is_told_with_what_to_do(Errno error, string advice)
    {
        Assert.Contains(advice, FuseDevice.Sentence(error), StringComparison.Ordinal);
    }
}
