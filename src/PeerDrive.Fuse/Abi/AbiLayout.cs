using System.Runtime.CompilerServices;

namespace PeerDrive.Fuse.Abi;

/// <summary>Compares the structs with the sizes that the kernel uses.</summary>
internal static class AbiLayout
{
    /// <summary>Struct, its size here, its size in linux/fuse.h.</summary>
    public static IReadOnlyList<(string Name, int Size, int Expected)> Sizes { get; } =
    [
        Row<Incoming.Header>(40), Row<Incoming.Init>(16), Row<Incoming.InitExtended>(48), Row<Incoming.Forget>(8), Row<Incoming.ForgetOne>(16),
        Row<Incoming.BatchForget>(8), Row<Incoming.GetAttr>(16), Row<Incoming.SetAttr>(88), Row<Incoming.MkNod>(16), Row<Incoming.MkDir>(8),
        Row<Incoming.Rename>(8), Row<Incoming.Rename2>(16), Row<Incoming.Link>(8), Row<Incoming.Open>(8), Row<Incoming.Create>(16),
        Row<Incoming.Release>(24), Row<Incoming.Flush>(24), Row<Incoming.Read>(40), Row<Incoming.Write>(40), Row<Incoming.Fsync>(16),
        Row<Incoming.SetXattr>(16), Row<Incoming.GetXattr>(8), Row<Incoming.Access>(8), Row<Incoming.Interrupt>(8), Row<Incoming.Fallocate>(32),
        Row<Incoming.Lseek>(24), Row<Incoming.CopyFileRange>(56),
        Row<Outgoing.Header>(16), Row<Outgoing.Init>(64), Row<Outgoing.Attributes>(88), Row<Outgoing.Entry>(128), Row<Outgoing.Status>(104),
        Row<Outgoing.Opened>(16), Row<Outgoing.Created>(144), Row<Outgoing.Written>(8), Row<Outgoing.Copied>(8), Row<Outgoing.Space>(80),
        Row<Outgoing.XattrSize>(8), Row<Outgoing.Position>(8), Row<Outgoing.DirectoryLine>(24), Row<Outgoing.InvalidateNode>(24),
        Row<Outgoing.InvalidateName>(16), Row<Outgoing.Deleted>(24), Row<Outgoing.Backing>(16),
    ];

    /// <exception cref="FuseException">A struct does not have the kernel's size: this build cannot speak the protocol.</exception>
    public static void Verify()
    {
        foreach (var (name, size, expected) in Sizes)
        {
            if (size != expected) throw new FuseException(Errno.Protocol, $"{name} has {size} bytes instead of {expected}: this build cannot speak to the kernel.");
        }
    }

    private static (string, int, int) Row<T>(int expected) where T : unmanaged => (typeof(T).Name, Unsafe.SizeOf<T>(), expected);
}
