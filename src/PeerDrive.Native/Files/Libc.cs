using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace PeerDrive.Native.Files;

/// <summary>
/// System calls on files in a safe form. Paths and names are bytes without a closing NUL, relative to an open folder. What
/// fails throws <see cref="ErrnoException"/>; interrupted calls are repeated.
/// </summary>
public static unsafe class Libc
{
    private const int CurrentFolder = -100, SymlinkNoFollow = 0x100, RemoveFolder = 0x200, EmptyPath = 0x1000;
    private const int PathBytes = 4096;
    private const ulong ResolveNoMagicLinks = 2, ResolveNoSymlinks = 4, ResolveBeneath = 8;
    private const nint SysOpenAt2 = 437;
    private const int SeekData = 3, SeekHole = 4;
    private const int NoSuchOffset = 6;
    private const int KeepSize = 1, PunchHole = 2;

    private static nint SysGetDents64 => RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 61 : 217;

    /// <summary>Opens a path as it is, following symbolic links.</summary>
    public static SafeFileHandle Open(ReadOnlySpan<byte> path, OpenFlags flags, uint mode = 0x1B6) => OpenAt(null, path, flags, mode);

    /// <param name="folder">Null: the path is absolute.</param>
    public static SafeFileHandle OpenAt(SafeFileHandle? folder, ReadOnlySpan<byte> path, OpenFlags flags, uint mode = 0x1B6)
    {
        using var terminated = new CString(path, stackalloc byte[CString.StackBytes]);
        while (true)
        {
            var descriptor = SystemCalls.OpenAt(Number(folder), terminated.Pointer, (int)(flags | OpenFlags.CloseOnExec), mode);
            if (descriptor >= 0) return new SafeFileHandle(descriptor, ownsHandle: true);
            ThrowUnlessInterrupted("open", path);
        }
    }

    /// <summary>Opens a path below a folder; fails when it leads out of it or through a symbolic link, also as its last part.</summary>
    public static SafeFileHandle OpenBeneath(SafeFileHandle folder, ReadOnlySpan<byte> path, OpenFlags flags, uint mode = 0)
    {
        using var terminated = new CString(path.IsEmpty ? "."u8 : path, stackalloc byte[CString.StackBytes]);
        var how = new SystemCalls.OpenHow
        {
            Flags = (ulong)(flags | OpenFlags.CloseOnExec),
            Mode = (flags & OpenFlags.Create) != 0 ? mode : 0,
            Resolve = ResolveBeneath | ResolveNoSymlinks | ResolveNoMagicLinks,
        };
        while (true)
        {
            var descriptor = SystemCalls.OpenAt2(SysOpenAt2, Number(folder), terminated.Pointer, &how, sizeof(SystemCalls.OpenHow));
            if (descriptor >= 0) return new SafeFileHandle(descriptor, ownsHandle: true);
            ThrowUnlessInterrupted("openat2", path, alsoTryAgain: true);
        }
    }

    /// <summary>Status of an open file.</summary>
    public static FileStat Stat(SafeFileHandle file) =>
        TryStat(file, ReadOnlySpan<byte>.Empty, EmptyPath, out var stat) ? stat : throw Failure("fstat");

    /// <summary>Status of a name in a folder, of a symbolic link itself; null when there is nothing.</summary>
    public static FileStat? StatAt(SafeFileHandle? folder, ReadOnlySpan<byte> name)
    {
        if (TryStat(folder, name, SymlinkNoFollow, out var stat)) return stat;
        var errno = Marshal.GetLastPInvokeError();
        return errno is ErrnoException.NotFound or ErrnoException.NotADirectory ? null : throw new ErrnoException(errno, "stat", Display(name));
    }

    public static void MakeFolder(SafeFileHandle? folder, ReadOnlySpan<byte> name, uint mode)
    {
        using var terminated = new CString(name, stackalloc byte[CString.StackBytes]);
        Check(SystemCalls.MakeDirAt(Number(folder), terminated.Pointer, mode), "mkdir", name);
    }

    /// <param name="mode">Type and permission bits.</param>
    /// <param name="deviceNumber">As <see cref="FileStat.DeviceNumber"/>.</param>
    public static void MakeNode(SafeFileHandle folder, ReadOnlySpan<byte> name, uint mode, ulong deviceNumber)
    {
        ulong major = deviceNumber >> 32, minor = deviceNumber & 0xFFFFFFFF;
        var packed = ((major & 0xFFFFF000) << 32) | ((major & 0xFFF) << 8) | ((minor & 0xFFFFFF00) << 12) | (minor & 0xFF);
        using var terminated = new CString(name, stackalloc byte[CString.StackBytes]);
        Check(SystemCalls.MakeNodeAt(Number(folder), terminated.Pointer, mode, packed), "mknod", name);
    }

    public static void Unlink(SafeFileHandle? folder, ReadOnlySpan<byte> name, bool isFolder)
    {
        using var terminated = new CString(name, stackalloc byte[CString.StackBytes]);
        Check(SystemCalls.UnlinkAt(Number(folder), terminated.Pointer, isFolder ? RemoveFolder : 0), isFolder ? "rmdir" : "unlink", name);
    }

    public static void Rename(SafeFileHandle? from, ReadOnlySpan<byte> fromName, SafeFileHandle? to, ReadOnlySpan<byte> toName, RenameMode mode = RenameMode.Replace)
    {
        using var source = new CString(fromName, stackalloc byte[CString.StackBytes]);
        using var target = new CString(toName, stackalloc byte[CString.StackBytes]);
        Check(SystemCalls.RenameAt2(Number(from), source.Pointer, Number(to), target.Pointer, (uint)mode), "rename", fromName);
    }

    /// <summary>Makes a hard link; a symbolic link is linked itself.</summary>
    public static void Link(SafeFileHandle? from, ReadOnlySpan<byte> fromName, SafeFileHandle? to, ReadOnlySpan<byte> toName)
    {
        using var source = new CString(fromName, stackalloc byte[CString.StackBytes]);
        using var target = new CString(toName, stackalloc byte[CString.StackBytes]);
        Check(SystemCalls.LinkAt(Number(from), source.Pointer, Number(to), target.Pointer, 0), "link", toName);
    }

    public static void MakeSymbolicLink(ReadOnlySpan<byte> target, SafeFileHandle folder, ReadOnlySpan<byte> name)
    {
        using var text = new CString(target, stackalloc byte[CString.StackBytes]);
        using var terminated = new CString(name, stackalloc byte[CString.StackBytes]);
        Check(SystemCalls.SymlinkAt(text.Pointer, Number(folder), terminated.Pointer), "symlink", name);
    }

    public static byte[] ReadSymbolicLink(SafeFileHandle folder, ReadOnlySpan<byte> name)
    {
        using var terminated = new CString(name, stackalloc byte[CString.StackBytes]);
        var buffer = stackalloc byte[PathBytes];
        var length = SystemCalls.ReadLinkAt(Number(folder), terminated.Pointer, buffer, PathBytes);
        return length >= 0 ? new ReadOnlySpan<byte>(buffer, (int)length).ToArray() : throw Failure("readlink", name);
    }

    /// <summary>Sets the modification time of an open file; the access time stays.</summary>
    public static void SetMtime(SafeFileHandle file, long nanoseconds)
    {
        var times = stackalloc SystemCalls.Timespec[2];
        OnlyMtime(times, nanoseconds);
        Check(SystemCalls.Futimens(file, times), "futimens", default);
    }

    /// <summary>Sets the modification time of a name, of a symbolic link itself; the access time stays.</summary>
    public static void SetMtime(SafeFileHandle folder, ReadOnlySpan<byte> name, long nanoseconds)
    {
        using var terminated = new CString(name, stackalloc byte[CString.StackBytes]);
        var times = stackalloc SystemCalls.Timespec[2];
        OnlyMtime(times, nanoseconds);
        Check(SystemCalls.UtimensAt(Number(folder), terminated.Pointer, times, SymlinkNoFollow), "utimensat", name);
    }

    public static void SetPermissions(SafeFileHandle file, uint mode) => Check(SystemCalls.Chmod(file, mode), "fchmod", default);

    /// <summary>Sets the permissions of a name that is known to be no symbolic link.</summary>
    public static void SetPermissionsAt(SafeFileHandle folder, ReadOnlySpan<byte> name, uint mode)
    {
        using var terminated = new CString(name, stackalloc byte[CString.StackBytes]);
        Check(SystemCalls.ChmodAt(Number(folder), terminated.Pointer, mode, 0), "fchmodat", name);
    }

    /// <summary>Sets the owner of a name, of a symbolic link itself.</summary>
    public static void SetOwner(SafeFileHandle folder, ReadOnlySpan<byte> name, uint uid, uint gid)
    {
        using var terminated = new CString(name, stackalloc byte[CString.StackBytes]);
        Check(SystemCalls.ChownAt(Number(folder), terminated.Pointer, uid, gid, SymlinkNoFollow), "chown", name);
    }

    public static void Truncate(SafeFileHandle file, long length) => Check(SystemCalls.Truncate(file, length), "ftruncate", default);

    /// <summary>Where the next byte that is no hole lies; <paramref name="length"/> when only a hole follows.</summary>
    public static long NextData(SafeFileHandle file, long offset, long length)
    {
        var at = SystemCalls.Seek(file, offset, SeekData);
        if (at >= 0) return at;
        return Marshal.GetLastPInvokeError() == NoSuchOffset ? length : offset;
    }

    /// <summary>Where the next hole begins; <paramref name="length"/> when none does before it.</summary>
    public static long NextHole(SafeFileHandle file, long offset, long length)
    {
        var at = SystemCalls.Seek(file, offset, SeekHole);
        return at >= 0 ? Math.Min(at, length) : length;
    }

    /// <summary>Reserves room for a range; the file's length stays.</summary>
    public static void Allocate(SafeFileHandle file, long offset, long length)
    {
        while (SystemCalls.Allocate(file, KeepSize, offset, length) < 0) ThrowUnlessInterrupted("fallocate", default);
    }

    /// <summary>Gives a range back, which then reads as zeros; false where the file system cannot.</summary>
    public static bool TryPunchHole(SafeFileHandle file, long offset, long length)
    {
        while (SystemCalls.Allocate(file, KeepSize | PunchHole, offset, length) < 0)
        {
            if (Marshal.GetLastPInvokeError() == ErrnoException.NotSupported) return false;
            ThrowUnlessInterrupted("fallocate", default);
        }
        return true;
    }

    /// <summary>Copies a range inside the kernel.</summary>
    /// <returns>Bytes copied, fewer at the source's end; -1 where these two files cannot be copied so.</returns>
    public static long CopyRange(SafeFileHandle source, long sourceOffset, SafeFileHandle target, long targetOffset, long length)
    {
        const int badDescriptor = 9;
        long total = 0;
        while (total < length)
        {
            long from = sourceOffset + total, to = targetOffset + total;
            var count = SystemCalls.CopyFileRange(source, &from, target, &to, (nint)(length - total), 0);
            if (count == 0) break;
            if (count > 0)
            {
                total += count;
                continue;
            }
            var cannot = Marshal.GetLastPInvokeError() is ErrnoException.CrossDevice or ErrnoException.Invalid or ErrnoException.NotSupported or badDescriptor;
            if (total == 0 && cannot) return -1;
            ThrowUnlessInterrupted("copy_file_range", default);
        }
        return total;
    }

    /// <summary>Reads until the span is full or the file ends.</summary>
    public static int Read(SafeFileHandle file, Span<byte> destination, long offset)
    {
        var total = 0;
        fixed (byte* start = destination)
        {
            while (total < destination.Length)
            {
                var count = SystemCalls.Read(file, start + total, destination.Length - total, offset + total);
                if (count == 0) break;
                if (count < 0) ThrowUnlessInterrupted("read", default);
                else total += (int)count;
            }
        }
        return total;
    }

    public static void Write(SafeFileHandle file, ReadOnlySpan<byte> source, long offset)
    {
        fixed (byte* start = source)
        {
            for (var total = 0; total < source.Length;)
            {
                var count = SystemCalls.Write(file, start + total, source.Length - total, offset + total);
                if (count < 0) ThrowUnlessInterrupted("write", default);
                else total += (int)count;
            }
        }
    }

    /// <summary>Lets a file share all blocks of another; false where the file system cannot.</summary>
    public static bool TryClone(SafeFileHandle source, SafeFileHandle target)
    {
        const nuint ficlone = 0x40049409;
        return SystemCalls.CloneFile(target, ficlone, source) == 0;
    }

    public static void Fsync(SafeFileHandle file) => Check(SystemCalls.Fsync(file), "fsync", default);

    public static void Fdatasync(SafeFileHandle file) => Check(SystemCalls.Fdatasync(file), "fdatasync", default);

    /// <summary>
    /// Lets the disk begin with what was written to a range, so that a later sync finds little to wait for. Makes nothing durable;
    /// what goes wrong shows at that sync.
    /// </summary>
    public static void StartWriting(SafeFileHandle file, long offset, long length)
    {
        const uint write = 2;
        _ = SystemCalls.SyncFileRange(file, offset, length, write);
    }

    /// <summary>Makes everything durable that was written to the file's file system.</summary>
    public static void SyncFileSystem(SafeFileHandle file) => Check(SystemCalls.SyncFs(file), "syncfs", default);

    /// <summary>Takes a lock that ends with the file's last descriptor; false when another process has it.</summary>
    public static bool TryLock(SafeFileHandle file)
    {
        const int exclusive = 2, nonBlocking = 4;
        if (SystemCalls.Flock(file, exclusive | nonBlocking) == 0) return true;
        return Marshal.GetLastPInvokeError() == ErrnoException.TryAgain ? false : throw Failure("flock");
    }

    public static FileSystemSpace Space(SafeFileHandle file)
    {
        SystemCalls.StatVfsBuffer buffer;
        Check(SystemCalls.StatVfs(file, &buffer), "statvfs", default);
        return new FileSystemSpace(
            (long)(buffer.BlocksAvailable * buffer.FragmentSize), (long)(buffer.Blocks * buffer.FragmentSize), (long)buffer.FilesAvailable, (buffer.Flags & 1) != 0);
    }

    /// <summary>All lines of a directory but <c>.</c> and <c>..</c>, in the kernel's order.</summary>
    public static List<FolderEntry> ReadFolder(SafeFileHandle folder)
    {
        const int bufferBytes = 128 << 10;
        var entries = new List<FolderEntry>();
        var buffer = new byte[bufferBytes];
        SystemCalls.Seek(folder, 0, 0);
        fixed (byte* start = buffer)
        {
            while (true)
            {
                var length = SystemCalls.GetDents64(SysGetDents64, folder, start, bufferBytes);
                if (length == 0) return entries;
                if (length < 0) throw Failure("getdents64");
                for (var at = start; at < start + length; at += *(ushort*)(at + 16))
                {
                    var name = MemoryMarshal.CreateReadOnlySpanFromNullTerminated(at + 19);
                    if (name.SequenceEqual("."u8) || name.SequenceEqual(".."u8)) continue;
                    entries.Add(new FolderEntry(name.ToArray(), *(ulong*)at, (FileKind)((uint)at[18] << 12)));
                }
            }
        }
    }

    /// <summary>Names of a file's extended attributes; empty where the file system has none.</summary>
    public static List<byte[]> ListXattrs(SafeFileHandle file)
    {
        var names = new List<byte[]>();
        var size = SystemCalls.ListXattr(file, null, 0);
        if (size <= 0) return names;
        var buffer = new byte[size + 1024];
        fixed (byte* start = buffer) size = SystemCalls.ListXattr(file, start, buffer.Length);
        if (size <= 0) return names;
        foreach (var range in buffer.AsSpan(0, (int)size).Split((byte)0))
        {
            if (buffer[range].Length > 0) names.Add(buffer[range]);
        }
        return names;
    }

    /// <summary>An attribute's value; null when the file does not have it.</summary>
    public static byte[]? GetXattr(SafeFileHandle file, ReadOnlySpan<byte> name)
    {
        const int largest = 64 << 10;
        using var terminated = new CString(name, stackalloc byte[CString.StackBytes]);
        var buffer = new byte[largest];
        fixed (byte* start = buffer)
        {
            var size = SystemCalls.GetXattr(file, terminated.Pointer, start, largest);
            if (size >= 0) return buffer[..(int)size];
        }
        var errno = Marshal.GetLastPInvokeError();
        return errno is ErrnoException.NoData or ErrnoException.NotSupported ? null : throw new ErrnoException(errno, "fgetxattr", Display(name));
    }

    public static void SetXattr(SafeFileHandle file, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        using var terminated = new CString(name, stackalloc byte[CString.StackBytes]);
        fixed (byte* start = value) Check(SystemCalls.SetXattr(file, terminated.Pointer, start, value.Length, 0), "fsetxattr", name);
    }

    public static void RemoveXattr(SafeFileHandle file, ReadOnlySpan<byte> name)
    {
        using var terminated = new CString(name, stackalloc byte[CString.StackBytes]);
        Check(SystemCalls.RemoveXattr(file, terminated.Pointer), "fremovexattr", name);
    }

    /// <summary>Limits memory and processor time of another process of this user's, and lets it leave no core.</summary>
    /// <param name="dataBytes">Of memory that it writes to.</param>
    public static void LimitProcess(int process, long dataBytes, long cpuSeconds)
    {
        // RLIMIT_DATA, RLIMIT_CPU and RLIMIT_CORE, getrlimit(2).
        var limits = stackalloc ulong[2];
        foreach (var (resource, most) in new[] { (2, dataBytes), (0, cpuSeconds), (4, 0L) })
        {
            limits[0] = limits[1] = (ulong)most;
            Check(SystemCalls.LimitProcess(process, resource, limits, null), "prlimit", []);
        }
    }

    public static uint EffectiveGroup() => SystemCalls.EffectiveGroup();

    /// <summary>Who this process acts as.</summary>
    public static uint EffectiveUser() => SystemCalls.EffectiveUser();

    /// <summary>The name of a user; empty when nobody has the number.</summary>
    public static string UserName(uint uid) => AccountName(uid, isGroup: false);

    /// <summary>The name of a group; empty when none has the number.</summary>
    public static string GroupName(uint gid) => AccountName(gid, isGroup: true);

    /// <summary>The number of a user; null when nobody has the name.</summary>
    public static uint? UserNumber(string name) => AccountNumber(name, isGroup: false);

    /// <summary>The number of a group; null when none has the name.</summary>
    public static uint? GroupNumber(string name) => AccountNumber(name, isGroup: true);

    /// <summary>For people: UTF-8 as far as it goes.</summary>
    internal static string Display(ReadOnlySpan<byte> path) => Encoding.UTF8.GetString(path);

    internal static int Number(SafeFileHandle? folder) => folder is null ? CurrentFolder : (int)folder.DangerousGetHandle();

    private static string AccountName(uint id, bool isGroup)
    {
        const int bufferBytes = 16 << 10;
        var buffer = new byte[bufferBytes];
        SystemCalls.Passwd entry;
        SystemCalls.Passwd* found;
        fixed (byte* start = buffer)
        {
            var code = isGroup ? SystemCalls.GroupName(id, &entry, start, bufferBytes, &found) : SystemCalls.UserName(id, &entry, start, bufferBytes, &found);
            return code == 0 && found is not null ? Marshal.PtrToStringUTF8((nint)found->Name) ?? "" : "";
        }
    }

    private static uint? AccountNumber(string name, bool isGroup)
    {
        const int bufferBytes = 16 << 10, longestName = 256;
        if (name.Length is 0 or > longestName || name.Contains('\0', StringComparison.Ordinal)) return null;
        using var terminated = new CString(Encoding.UTF8.GetBytes(name), stackalloc byte[CString.StackBytes]);
        var buffer = new byte[bufferBytes];
        SystemCalls.Passwd entry;
        SystemCalls.Passwd* found;
        fixed (byte* start = buffer)
        {
            var code = isGroup
                ? SystemCalls.GroupByName(terminated.Pointer, &entry, start, bufferBytes, &found)
                : SystemCalls.UserByName(terminated.Pointer, &entry, start, bufferBytes, &found);
            return code == 0 && found is not null ? found->Id : null;
        }
    }

    private static bool TryStat(SafeFileHandle? folder, ReadOnlySpan<byte> name, int flags, out FileStat stat)
    {
        const uint basicAndBtime = 0xFFF;
        using var terminated = new CString(name, stackalloc byte[CString.StackBytes]);
        SystemCalls.Statx s;
        stat = default;
        if (SystemCalls.StatX(Number(folder), terminated.Pointer, flags, basicAndBtime, &s) != 0) return false;
        stat = new FileStat(
            (ulong)s.DevMajor << 32 | s.DevMinor, s.Inode, s.Mode, s.Links, s.Uid, s.Gid, (long)s.Size, (long)s.Blocks,
            s.Mtime.Total, s.Ctime.Total, s.Btime.Total, (ulong)s.RdevMajor << 32 | s.RdevMinor);
        return true;
    }

    private static void OnlyMtime(SystemCalls.Timespec* times, long nanoseconds)
    {
        const long omit = 0x3FFFFFFE;
        var seconds = Math.DivRem(nanoseconds, 1_000_000_000, out var rest);
        if (rest < 0) (seconds, rest) = (seconds - 1, rest + 1_000_000_000);
        times[0].Nanoseconds = omit;
        times[1] = new SystemCalls.Timespec { Seconds = seconds, Nanoseconds = rest };
    }

    private static void Check(int result, string call, ReadOnlySpan<byte> path)
    {
        if (result < 0) throw Failure(call, path);
    }

    private static ErrnoException Failure(string call, ReadOnlySpan<byte> path = default) => new(Marshal.GetLastPInvokeError(), call, Display(path));

    private static void ThrowUnlessInterrupted(string call, ReadOnlySpan<byte> path, bool alsoTryAgain = false)
    {
        var errno = Marshal.GetLastPInvokeError();
        if (errno == ErrnoException.Interrupted || (alsoTryAgain && errno == ErrnoException.TryAgain)) return;
        throw new ErrnoException(errno, call, Display(path));
    }

    /// <summary>Gives back to the system what the C library holds and nobody uses, also in the middle of its arenas. Nothing happens where it cannot.</summary>
    public static void TrimHeap()
    {
        try
        {
            _ = SystemCalls.TrimMalloc(0);
        }
        catch (EntryPointNotFoundException)
        {
            // Another C library than glibc.
        }
    }

    /// <summary>Has the C library allocate from at most so many arenas from now on: each keeps for its threads what others could use. Nothing happens where it cannot.</summary>
    public static void LimitArenas(int count)
    {
        const int arenaMax = -8;
        _ = SystemCalls.MallocOption(arenaMax, count);
    }
}
