using System.Runtime.InteropServices;

namespace PeerDrive.Posix.Kernel;

/// <summary>Constants of Linux system calls, for x86-64 and arm64.</summary>
internal static class Flags
{
    public const int O_RDONLY = 0, O_WRONLY = 1, O_RDWR = 2, O_CREAT = 0x40, O_EXCL = 0x80, O_TRUNC = 0x200, O_APPEND = 0x400,
        O_NONBLOCK = 0x800, O_DSYNC = 0x1000, O_NOATIME = 0x40000, O_PATH = 0x200000;

    public static readonly int O_DIRECTORY = IsArm ? 0x4000 : 0x10000;
    public static readonly int O_NOFOLLOW = IsArm ? 0x8000 : 0x20000;
    public static readonly int O_DIRECT = IsArm ? 0x10000 : 0x4000;
    public static readonly int O_TMPFILE = 0x400000 | O_DIRECTORY;

    public const int AT_FDCWD = -100, AT_SYMLINK_NOFOLLOW = 0x100, AT_REMOVEDIR = 0x200, AT_EACCESS = 0x200, AT_SYMLINK_FOLLOW = 0x400,
        AT_EMPTY_PATH = 0x1000;

    public const uint S_IFMT = 0xF000, S_IFSOCK = 0xC000, S_IFLNK = 0xA000, S_IFREG = 0x8000, S_IFBLK = 0x6000, S_IFDIR = 0x4000,
        S_IFCHR = 0x2000, S_IFIFO = 0x1000;

    public const int SEEK_SET = 0, SEEK_CUR = 1, SEEK_END = 2, SEEK_DATA = 3, SEEK_HOLE = 4;
    public const uint RENAME_NOREPLACE = 1, RENAME_EXCHANGE = 2;
    public const int FALLOC_FL_KEEP_SIZE = 1, FALLOC_FL_PUNCH_HOLE = 2, FALLOC_FL_COLLAPSE_RANGE = 8, FALLOC_FL_ZERO_RANGE = 16, FALLOC_FL_INSERT_RANGE = 32;
    public const int XATTR_CREATE = 1, XATTR_REPLACE = 2;
    public const uint UTIME_NOW = 0x3FFFFFFF, UTIME_OMIT = 0x3FFFFFFE;
    public const int LOCK_SH = 1, LOCK_EX = 2, LOCK_NB = 4, LOCK_UN = 8;
    public const short F_RDLCK = 0, F_WRLCK = 1, F_UNLCK = 2;
    public const int F_GETLK = 5, F_SETLK = 6, F_SETLKW = 7, F_OFD_GETLK = 36, F_OFD_SETLK = 37;
    public const int PROT_READ = 1, PROT_WRITE = 2, MAP_SHARED = 1, MAP_PRIVATE = 2, MS_ASYNC = 1, MS_SYNC = 4;
    public const int R_OK = 4, W_OK = 2, X_OK = 1, F_OK = 0;
    public const uint Unchanged = uint.MaxValue;

    private static bool IsArm => RuntimeInformation.ProcessArchitecture == Architecture.Arm64;

    /// <summary>Permission bits from digits that read like octal: <c>Mode(4755)</c>.</summary>
    public static uint Mode(int digits)
    {
        var mode = 0u;
        for (var (rest, shift) = (digits, 0); rest > 0; rest /= 10, shift += 3) mode |= (uint)(rest % 10) << shift;
        return mode;
    }
}
