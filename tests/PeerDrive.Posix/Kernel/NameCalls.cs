using System.Runtime.InteropServices;
using static PeerDrive.Posix.Kernel.Outcome;

namespace PeerDrive.Posix.Kernel;

/// <summary>System calls on names.</summary>
internal static partial class NameCalls
{
    private const string C = "libc";
    private const int Here = Flags.AT_FDCWD;

    public static long MkDir(string path, uint mode = 0x1FF) => Of(MkDirCall(Here, path, mode));

    public static long MkDirAt(int folder, string path, uint mode) => Of(MkDirCall(folder, path, mode));

    public static long RmDir(string path) => Of(RmDirCall(path));

    public static long Unlink(string path) => Of(UnlinkCall(path));

    public static long UnlinkAt(int folder, string path, int flags) => Of(UnlinkAtCall(folder, path, flags));

    public static long Link(string from, string to) => Of(LinkCall(Here, from, Here, to, 0));

    public static long LinkAt(int fromFolder, string from, int toFolder, string to, int flags) => Of(LinkCall(fromFolder, from, toFolder, to, flags));

    public static long SymLink(string target, string path) => Of(SymLinkCall(target, path));

    public static long ReadLink(string path, Span<byte> buffer) => Of(ReadLinkCall(path, buffer, buffer.Length));

    public static long ReadLinkAt(int folder, string path, Span<byte> buffer) => Of(ReadLinkAtCall(folder, path, buffer, buffer.Length));

    public static long Rename(string from, string to) => Of(RenameCall(from, to));

    public static long Rename2(string from, string to, uint flags) => Of(Rename2Call(Here, from, Here, to, flags));

    public static long MkNod(string path, uint mode, ulong device = 0) => Of(MkNodCall(Here, path, mode, device));

    public static long Truncate(string path, long length) => Of(TruncateCall(path, length));

    public static long Access(string path, int mode) => Of(AccessCall(path, mode));

    public static long FAccessAt(int folder, string path, int mode, int flags) => Of(FAccessAtCall(folder, path, mode, flags));

    public static long ChDir(string path) => Of(ChDirCall(path));

    public static long FChDir(int fd) => Of(FChDirCall(fd));

    [LibraryImport(C, EntryPoint = "mkdirat", SetLastError = true, StringMarshalling = StringMarshalling.Custom, StringMarshallingCustomType = typeof(PathMarshaller))]
    private static partial int MkDirCall(int folder, string path, uint mode);

    [LibraryImport(C, EntryPoint = "rmdir", SetLastError = true, StringMarshalling = StringMarshalling.Custom, StringMarshallingCustomType = typeof(PathMarshaller))]
    private static partial int RmDirCall(string path);

    [LibraryImport(C, EntryPoint = "unlink", SetLastError = true, StringMarshalling = StringMarshalling.Custom, StringMarshallingCustomType = typeof(PathMarshaller))]
    private static partial int UnlinkCall(string path);

    [LibraryImport(C, EntryPoint = "unlinkat", SetLastError = true, StringMarshalling = StringMarshalling.Custom, StringMarshallingCustomType = typeof(PathMarshaller))]
    private static partial int UnlinkAtCall(int folder, string path, int flags);

    [LibraryImport(C, EntryPoint = "linkat", SetLastError = true, StringMarshalling = StringMarshalling.Custom, StringMarshallingCustomType = typeof(PathMarshaller))]
    private static partial int LinkCall(int fromFolder, string from, int toFolder, string to, int flags);

    [LibraryImport(C, EntryPoint = "symlink", SetLastError = true, StringMarshalling = StringMarshalling.Custom, StringMarshallingCustomType = typeof(PathMarshaller))]
    private static partial int SymLinkCall(string target, string path);

    [LibraryImport(C, EntryPoint = "readlink", SetLastError = true, StringMarshalling = StringMarshalling.Custom, StringMarshallingCustomType = typeof(PathMarshaller))]
    private static partial nint ReadLinkCall(string path, Span<byte> buffer, nint size);

    [LibraryImport(C, EntryPoint = "readlinkat", SetLastError = true, StringMarshalling = StringMarshalling.Custom, StringMarshallingCustomType = typeof(PathMarshaller))]
    private static partial nint ReadLinkAtCall(int folder, string path, Span<byte> buffer, nint size);

    [LibraryImport(C, EntryPoint = "rename", SetLastError = true, StringMarshalling = StringMarshalling.Custom, StringMarshallingCustomType = typeof(PathMarshaller))]
    private static partial int RenameCall(string from, string to);

    [LibraryImport(C, EntryPoint = "renameat2", SetLastError = true, StringMarshalling = StringMarshalling.Custom, StringMarshallingCustomType = typeof(PathMarshaller))]
    private static partial int Rename2Call(int fromFolder, string from, int toFolder, string to, uint flags);

    [LibraryImport(C, EntryPoint = "mknodat", SetLastError = true, StringMarshalling = StringMarshalling.Custom, StringMarshallingCustomType = typeof(PathMarshaller))]
    private static partial int MkNodCall(int folder, string path, uint mode, ulong device);

    [LibraryImport(C, EntryPoint = "truncate", SetLastError = true, StringMarshalling = StringMarshalling.Custom, StringMarshallingCustomType = typeof(PathMarshaller))]
    private static partial int TruncateCall(string path, long length);

    [LibraryImport(C, EntryPoint = "access", SetLastError = true, StringMarshalling = StringMarshalling.Custom, StringMarshallingCustomType = typeof(PathMarshaller))]
    private static partial int AccessCall(string path, int mode);

    [LibraryImport(C, EntryPoint = "faccessat", SetLastError = true, StringMarshalling = StringMarshalling.Custom, StringMarshallingCustomType = typeof(PathMarshaller))]
    private static partial int FAccessAtCall(int folder, string path, int mode, int flags);

    [LibraryImport(C, EntryPoint = "chdir", SetLastError = true, StringMarshalling = StringMarshalling.Custom, StringMarshallingCustomType = typeof(PathMarshaller))]
    private static partial int ChDirCall(string path);

    [LibraryImport(C, EntryPoint = "fchdir", SetLastError = true)]
    private static partial int FChDirCall(int fd);
}
