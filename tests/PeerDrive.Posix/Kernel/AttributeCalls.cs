using System.Runtime.InteropServices;
using static PeerDrive.Posix.Kernel.Outcome;

namespace PeerDrive.Posix.Kernel;

/// <summary>System calls on the attributes of files.</summary>
internal static partial class AttributeCalls
{
    private const string C = "libc";
    private const uint BasicFields = 0x7FF;

    public static long StatX(int folder, string path, int flags, out Status status) => Of(StatXCall(folder, path, flags, BasicFields, out status));

    public static long ChMod(string path, uint mode) => Of(ChModCall(Flags.AT_FDCWD, path, mode, 0));

    public static long FChModAt(int folder, string path, uint mode, int flags) => Of(ChModCall(folder, path, mode, flags));

    public static long FChMod(int fd, uint mode) => Of(FChModCall(fd, mode));

    public static long ChOwn(string path, uint uid, uint gid) => Of(ChOwnCall(Flags.AT_FDCWD, path, uid, gid, 0));

    public static long LChOwn(string path, uint uid, uint gid) => Of(ChOwnCall(Flags.AT_FDCWD, path, uid, gid, Flags.AT_SYMLINK_NOFOLLOW));

    public static long FChOwn(int fd, uint uid, uint gid) => Of(FChOwnCall(fd, uid, gid));

    /// <summary>Sets times; <see cref="Instant.Now"/> and <see cref="Instant.Omit"/> are understood.</summary>
    public static long UTimeNs(string path, Instant atime, Instant mtime, int flags = 0) => Of(UTimeNsCall(Flags.AT_FDCWD, path, [atime, mtime], flags));

    public static long FUTimeNs(int fd, Instant atime, Instant mtime) => Of(FUTimeNsCall(fd, [atime, mtime]));

    public static long StatFs(string path, Span<long> buffer) => Of(StatFsCall(path, buffer));

    public static long GetXattr(string path, string name, Span<byte> value) => Of(GetXattrCall(path, name, value, value.Length));

    public static long LGetXattr(string path, string name, Span<byte> value) => Of(LGetXattrCall(path, name, value, value.Length));

    public static long FGetXattr(int fd, string name, Span<byte> value) => Of(FGetXattrCall(fd, name, value, value.Length));

    public static long SetXattr(string path, string name, ReadOnlySpan<byte> value, int flags = 0) => Of(SetXattrCall(path, name, value, value.Length, flags));

    public static long LSetXattr(string path, string name, ReadOnlySpan<byte> value, int flags = 0) => Of(LSetXattrCall(path, name, value, value.Length, flags));

    public static long FSetXattr(int fd, string name, ReadOnlySpan<byte> value, int flags = 0) => Of(FSetXattrCall(fd, name, value, value.Length, flags));

    public static long ListXattr(string path, Span<byte> names) => Of(ListXattrCall(path, names, names.Length));

    public static long LListXattr(string path, Span<byte> names) => Of(LListXattrCall(path, names, names.Length));

    public static long RemoveXattr(string path, string name) => Of(RemoveXattrCall(path, name));

    public static long FRemoveXattr(int fd, string name) => Of(FRemoveXattrCall(fd, name));

    [LibraryImport(C, EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Custom, StringMarshallingCustomType = typeof(PathMarshaller))]
    private static partial int StatXCall(int folder, string path, int flags, uint mask, out Status status);

    [LibraryImport(C, EntryPoint = "fchmodat", SetLastError = true, StringMarshalling = StringMarshalling.Custom, StringMarshallingCustomType = typeof(PathMarshaller))]
    private static partial int ChModCall(int folder, string path, uint mode, int flags);

    [LibraryImport(C, EntryPoint = "fchmod", SetLastError = true)]
    private static partial int FChModCall(int fd, uint mode);

    [LibraryImport(C, EntryPoint = "fchownat", SetLastError = true, StringMarshalling = StringMarshalling.Custom, StringMarshallingCustomType = typeof(PathMarshaller))]
    private static partial int ChOwnCall(int folder, string path, uint uid, uint gid, int flags);

    [LibraryImport(C, EntryPoint = "fchown", SetLastError = true)]
    private static partial int FChOwnCall(int fd, uint uid, uint gid);

    [LibraryImport(C, EntryPoint = "utimensat", SetLastError = true, StringMarshalling = StringMarshalling.Custom, StringMarshallingCustomType = typeof(PathMarshaller))]
    private static partial int UTimeNsCall(int folder, string path, ReadOnlySpan<Instant> times, int flags);

    [LibraryImport(C, EntryPoint = "futimens", SetLastError = true)]
    private static partial int FUTimeNsCall(int fd, ReadOnlySpan<Instant> times);

    [LibraryImport(C, EntryPoint = "statfs", SetLastError = true, StringMarshalling = StringMarshalling.Custom, StringMarshallingCustomType = typeof(PathMarshaller))]
    private static partial int StatFsCall(string path, Span<long> buffer);

    [LibraryImport(C, EntryPoint = "getxattr", SetLastError = true, StringMarshalling = StringMarshalling.Custom, StringMarshallingCustomType = typeof(PathMarshaller))]
    private static partial nint GetXattrCall(string path, string name, Span<byte> value, nint size);

    [LibraryImport(C, EntryPoint = "lgetxattr", SetLastError = true, StringMarshalling = StringMarshalling.Custom, StringMarshallingCustomType = typeof(PathMarshaller))]
    private static partial nint LGetXattrCall(string path, string name, Span<byte> value, nint size);

    [LibraryImport(C, EntryPoint = "fgetxattr", SetLastError = true, StringMarshalling = StringMarshalling.Custom, StringMarshallingCustomType = typeof(PathMarshaller))]
    private static partial nint FGetXattrCall(int fd, string name, Span<byte> value, nint size);

    [LibraryImport(C, EntryPoint = "setxattr", SetLastError = true, StringMarshalling = StringMarshalling.Custom, StringMarshallingCustomType = typeof(PathMarshaller))]
    private static partial int SetXattrCall(string path, string name, ReadOnlySpan<byte> value, nint size, int flags);

    [LibraryImport(C, EntryPoint = "lsetxattr", SetLastError = true, StringMarshalling = StringMarshalling.Custom, StringMarshallingCustomType = typeof(PathMarshaller))]
    private static partial int LSetXattrCall(string path, string name, ReadOnlySpan<byte> value, nint size, int flags);

    [LibraryImport(C, EntryPoint = "fsetxattr", SetLastError = true, StringMarshalling = StringMarshalling.Custom, StringMarshallingCustomType = typeof(PathMarshaller))]
    private static partial int FSetXattrCall(int fd, string name, ReadOnlySpan<byte> value, nint size, int flags);

    [LibraryImport(C, EntryPoint = "listxattr", SetLastError = true, StringMarshalling = StringMarshalling.Custom, StringMarshallingCustomType = typeof(PathMarshaller))]
    private static partial nint ListXattrCall(string path, Span<byte> names, nint size);

    [LibraryImport(C, EntryPoint = "llistxattr", SetLastError = true, StringMarshalling = StringMarshalling.Custom, StringMarshallingCustomType = typeof(PathMarshaller))]
    private static partial nint LListXattrCall(string path, Span<byte> names, nint size);

    [LibraryImport(C, EntryPoint = "removexattr", SetLastError = true, StringMarshalling = StringMarshalling.Custom, StringMarshallingCustomType = typeof(PathMarshaller))]
    private static partial int RemoveXattrCall(string path, string name);

    [LibraryImport(C, EntryPoint = "fremovexattr", SetLastError = true, StringMarshalling = StringMarshalling.Custom, StringMarshallingCustomType = typeof(PathMarshaller))]
    private static partial int FRemoveXattrCall(int fd, string name);
}
