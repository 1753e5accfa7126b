using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace PeerDrive.Native.Files;

/// <summary>Declarations of libc functions; <see cref="Libc"/> gives them a safe form.</summary>
internal static unsafe partial class SystemCalls
{
    private const string C = "libc";

    [LibraryImport(C, EntryPoint = "openat", SetLastError = true)]
    public static partial int OpenAt(int folder, byte* path, int flags, uint mode);

    [LibraryImport(C, EntryPoint = "syscall", SetLastError = true)]
    public static partial nint OpenAt2(nint number, nint folder, byte* path, OpenHow* how, nint size);

    [LibraryImport(C, EntryPoint = "syscall", SetLastError = true)]
    public static partial nint GetDents64(nint number, SafeFileHandle folder, byte* buffer, nint size);

    [LibraryImport(C, EntryPoint = "statx", SetLastError = true)]
    public static partial int StatX(int folder, byte* path, int flags, uint mask, Statx* result);

    [LibraryImport(C, EntryPoint = "mkdirat", SetLastError = true)]
    public static partial int MakeDirAt(int folder, byte* path, uint mode);

    [LibraryImport(C, EntryPoint = "mknodat", SetLastError = true)]
    public static partial int MakeNodeAt(int folder, byte* path, uint mode, ulong device);

    [LibraryImport(C, EntryPoint = "unlinkat", SetLastError = true)]
    public static partial int UnlinkAt(int folder, byte* path, int flags);

    [LibraryImport(C, EntryPoint = "renameat2", SetLastError = true)]
    public static partial int RenameAt2(int from, byte* fromPath, int to, byte* toPath, uint flags);

    [LibraryImport(C, EntryPoint = "linkat", SetLastError = true)]
    public static partial int LinkAt(int from, byte* fromPath, int to, byte* toPath, int flags);

    [LibraryImport(C, EntryPoint = "symlinkat", SetLastError = true)]
    public static partial int SymlinkAt(byte* target, int folder, byte* path);

    [LibraryImport(C, EntryPoint = "readlinkat", SetLastError = true)]
    public static partial nint ReadLinkAt(int folder, byte* path, byte* buffer, nint size);

    [LibraryImport(C, EntryPoint = "utimensat", SetLastError = true)]
    public static partial int UtimensAt(int folder, byte* path, Timespec* times, int flags);

    [LibraryImport(C, EntryPoint = "futimens", SetLastError = true)]
    public static partial int Futimens(SafeFileHandle file, Timespec* times);

    [LibraryImport(C, EntryPoint = "fchmod", SetLastError = true)]
    public static partial int Chmod(SafeFileHandle file, uint mode);

    [LibraryImport(C, EntryPoint = "fchmodat", SetLastError = true)]
    public static partial int ChmodAt(int folder, byte* path, uint mode, int flags);

    [LibraryImport(C, EntryPoint = "fchownat", SetLastError = true)]
    public static partial int ChownAt(int folder, byte* path, uint uid, uint gid, int flags);

    [LibraryImport(C, EntryPoint = "ftruncate", SetLastError = true)]
    public static partial int Truncate(SafeFileHandle file, long length);

    [LibraryImport(C, EntryPoint = "fallocate", SetLastError = true)]
    public static partial int Allocate(SafeFileHandle file, int mode, long offset, long length);

    [LibraryImport(C, EntryPoint = "copy_file_range", SetLastError = true)]
    public static partial nint CopyFileRange(SafeFileHandle source, long* sourceOffset, SafeFileHandle target, long* targetOffset, nint length, uint flags);

    [LibraryImport(C, EntryPoint = "lseek", SetLastError = true)]
    public static partial long Seek(SafeFileHandle file, long offset, int whence);

    [LibraryImport(C, EntryPoint = "pread", SetLastError = true)]
    public static partial nint Read(SafeFileHandle file, byte* buffer, nint count, long offset);

    [LibraryImport(C, EntryPoint = "pwrite", SetLastError = true)]
    public static partial nint Write(SafeFileHandle file, byte* buffer, nint count, long offset);

    [LibraryImport(C, EntryPoint = "ioctl", SetLastError = true)]
    public static partial int CloneFile(SafeFileHandle target, nuint request, SafeFileHandle source);

    [LibraryImport(C, EntryPoint = "fsync", SetLastError = true)]
    public static partial int Fsync(SafeFileHandle file);

    [LibraryImport(C, EntryPoint = "fdatasync", SetLastError = true)]
    public static partial int Fdatasync(SafeFileHandle file);

    [LibraryImport(C, EntryPoint = "sync_file_range", SetLastError = true)]
    public static partial int SyncFileRange(SafeFileHandle file, long offset, long length, uint flags);

    [LibraryImport(C, EntryPoint = "syncfs", SetLastError = true)]
    public static partial int SyncFs(SafeFileHandle file);

    [LibraryImport(C, EntryPoint = "flock", SetLastError = true)]
    public static partial int Flock(SafeFileHandle file, int operation);

    [LibraryImport(C, EntryPoint = "fstatvfs", SetLastError = true)]
    public static partial int StatVfs(SafeFileHandle file, StatVfsBuffer* result);

    [LibraryImport(C, EntryPoint = "flistxattr", SetLastError = true)]
    public static partial nint ListXattr(SafeFileHandle file, byte* buffer, nint size);

    [LibraryImport(C, EntryPoint = "fgetxattr", SetLastError = true)]
    public static partial nint GetXattr(SafeFileHandle file, byte* name, byte* buffer, nint size);

    [LibraryImport(C, EntryPoint = "fsetxattr", SetLastError = true)]
    public static partial int SetXattr(SafeFileHandle file, byte* name, byte* value, nint size, int flags);

    [LibraryImport(C, EntryPoint = "prlimit", SetLastError = true)]
    public static partial int LimitProcess(int process, int resource, ulong* limits, ulong* former);

    [LibraryImport(C, EntryPoint = "fremovexattr", SetLastError = true)]
    public static partial int RemoveXattr(SafeFileHandle file, byte* name);

    [LibraryImport(C, EntryPoint = "getegid")]
    public static partial uint EffectiveGroup();

    [LibraryImport(C, EntryPoint = "geteuid")]
    public static partial uint EffectiveUser();

    [LibraryImport(C, EntryPoint = "getpwuid_r")]
    public static partial int UserName(uint uid, Passwd* entry, byte* buffer, nint size, Passwd** result);

    [LibraryImport(C, EntryPoint = "getgrgid_r")]
    public static partial int GroupName(uint gid, Passwd* entry, byte* buffer, nint size, Passwd** result);

    [LibraryImport(C, EntryPoint = "getpwnam_r")]
    public static partial int UserByName(byte* name, Passwd* entry, byte* buffer, nint size, Passwd** result);

    [LibraryImport(C, EntryPoint = "getgrnam_r")]
    public static partial int GroupByName(byte* name, Passwd* entry, byte* buffer, nint size, Passwd** result);

    [LibraryImport(C, EntryPoint = "inotify_init1", SetLastError = true)]
    public static partial int InotifyInit(int flags);

    [LibraryImport(C, EntryPoint = "inotify_add_watch", SetLastError = true)]
    public static partial int InotifyAdd(SafeFileHandle watcher, byte* path, uint mask);

    [LibraryImport(C, EntryPoint = "inotify_rm_watch", SetLastError = true)]
    public static partial int InotifyRemove(SafeFileHandle watcher, int watch);

    [LibraryImport(C, EntryPoint = "read", SetLastError = true)]
    public static partial nint ReadNext(SafeFileHandle file, byte* buffer, nint count);

    [LibraryImport(C, EntryPoint = "eventfd", SetLastError = true)]
    public static partial int EventFd(uint initial, int flags);

    [LibraryImport(C, EntryPoint = "write", SetLastError = true)]
    public static partial nint WriteNext(SafeFileHandle file, byte* buffer, nint count);

    [LibraryImport(C, EntryPoint = "poll", SetLastError = true)]
    public static partial int Poll(PollEntry* entries, nuint count, int timeout);

    [StructLayout(LayoutKind.Sequential)]
    public struct OpenHow
    {
        public ulong Flags, Mode, Resolve;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct Timespec
    {
        public long Seconds, Nanoseconds;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct PollEntry
    {
        public int Descriptor;
        public short Events, Returned;
    }

    /// <summary>The first fields that passwd and group have in common.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Passwd
    {
        public byte* Name;
        public byte* Password;
        public uint Id, Group;
        public byte* Gecos;
        public byte* Home;
        public byte* Shell;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct StatVfsBuffer
    {
        public ulong BlockSize, FragmentSize, Blocks, BlocksFree, BlocksAvailable, Files, FilesFree, FilesAvailable, Id, Flags, NameMax;
        public fixed int Spare[6];
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct StatxTime
    {
        public long Seconds;
        public uint Nanoseconds;
        public int Reserved;

        public readonly long Total => Seconds * 1_000_000_000 + Nanoseconds;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct Statx
    {
        public uint Mask, BlockSize;
        public ulong Attributes;
        public uint Links, Uid, Gid;
        public ushort Mode, Pad;
        public ulong Inode, Size, Blocks, AttributesMask;
        public StatxTime Atime, Btime, Ctime, Mtime;
        public uint RdevMajor, RdevMinor, DevMajor, DevMinor;
        public fixed ulong Spare[14];
    }

    [LibraryImport(C, EntryPoint = "mallopt")]
    public static partial int MallocOption(int option, int value);

    [LibraryImport(C, EntryPoint = "malloc_trim")]
    public static partial int TrimMalloc(nuint pad);
}
