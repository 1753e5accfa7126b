using PeerDrive.Fuse.Abi;

namespace PeerDrive.Fuse.Dispatch;

/// <summary>From the values of the interface to the structs of the kernel.</summary>
internal static class Replies
{
    public static Outgoing.Entry Entry(in FuseEntry entry)
    {
        var (nameSeconds, nameNanoseconds) = Split(entry.NameTimeout);
        var (attributeSeconds, attributeNanoseconds) = Split(entry.AttributeTimeout);
        return new Outgoing.Entry
        {
            Node = entry.Node,
            Generation = entry.Generation,
            NameSeconds = nameSeconds,
            NameNanoseconds = nameNanoseconds,
            AttributeSeconds = attributeSeconds,
            AttributeNanoseconds = attributeNanoseconds,
            Attributes = Attributes(entry.Attributes),
        };
    }

    public static Outgoing.Status Status(in FuseStatus status)
    {
        var (seconds, nanoseconds) = Split(status.Timeout);
        return new Outgoing.Status { Seconds = seconds, Nanoseconds = nanoseconds, Attributes = Attributes(status.Attributes) };
    }

    public static Outgoing.Opened Opened(in FuseOpened opened) =>
        new() { Handle = opened.Handle, Flags = (uint)opened.Flags, BackingId = opened.BackingId };

    public static Outgoing.Created Created(in FuseCreated created) => new() { Entry = Entry(created.Entry), Opened = Opened(created.Opened) };

    public static Outgoing.Space Space(in FuseSpace space) => new()
    {
        Blocks = space.Blocks,
        FreeBlocks = space.FreeBlocks,
        AvailableBlocks = space.AvailableBlocks,
        Files = space.Files,
        FreeFiles = space.FreeFiles,
        BlockSize = space.BlockSize,
        FragmentSize = space.BlockSize,
        NameBytes = space.NameBytes,
    };

    private static Outgoing.Attributes Attributes(in FuseAttributes attributes) => new()
    {
        Inode = attributes.Inode,
        Size = (ulong)attributes.Size,
        Blocks = (ulong)attributes.Blocks,
        Atime = (ulong)attributes.Atime.Seconds,
        AtimeNanoseconds = attributes.Atime.Nanoseconds,
        Mtime = (ulong)attributes.Mtime.Seconds,
        MtimeNanoseconds = attributes.Mtime.Nanoseconds,
        Ctime = (ulong)attributes.Ctime.Seconds,
        CtimeNanoseconds = attributes.Ctime.Nanoseconds,
        Mode = attributes.Mode,
        Links = attributes.Links,
        Uid = attributes.Uid,
        Gid = attributes.Gid,
        DeviceNumber = attributes.DeviceNumber,
        BlockSize = attributes.BlockSize,
    };

    private static (ulong Seconds, uint Nanoseconds) Split(TimeSpan timeout) =>
        timeout <= TimeSpan.Zero ? (0, 0) : ((ulong)(timeout.Ticks / TimeSpan.TicksPerSecond), (uint)(timeout.Ticks % TimeSpan.TicksPerSecond) * 100);
}
