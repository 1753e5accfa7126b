using System.Runtime.InteropServices;
using static PeerDrive.Posix.Kernel.Outcome;

namespace PeerDrive.Posix.Kernel;

/// <summary>System calls on descriptors.</summary>
internal static unsafe partial class FileCalls
{
    private const string C = "libc";

    public static long Open(string path, int flags, uint mode = 0) => Of(OpenAtCall(Flags.AT_FDCWD, path, flags | CloseOnExec, mode));

    public static long OpenAt(int folder, string path, int flags, uint mode = 0) => Of(OpenAtCall(folder, path, flags | CloseOnExec, mode));

    public static long Creat(string path, uint mode) => Of(CreatCall(path, mode));

    public static long Close(int fd) => Of(CloseCall(fd));

    public static long Duplicate(int fd) => Of(DupCall(fd));

    public static long Read(int fd, Span<byte> buffer) => Of(ReadCall(fd, buffer, buffer.Length));

    public static long Write(int fd, ReadOnlySpan<byte> buffer) => Of(WriteCall(fd, buffer, buffer.Length));

    public static long PRead(int fd, Span<byte> buffer, long offset) => Of(PReadCall(fd, buffer, buffer.Length, offset));

    public static long PWrite(int fd, ReadOnlySpan<byte> buffer, long offset) => Of(PWriteCall(fd, buffer, buffer.Length, offset));

    /// <summary>Reads into two buffers at once.</summary>
    public static long ReadV(int fd, Span<byte> first, Span<byte> second) => Vectors(fd, first, second, isWrite: false);

    /// <summary>Writes from two buffers at once.</summary>
    public static long WriteV(int fd, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second) => Vectors(fd, first, second, isWrite: true);

    public static long Seek(int fd, long offset, int whence) => Of(SeekCall(fd, offset, whence));

    public static long FTruncate(int fd, long length) => Of(FTruncateCall(fd, length));

    public static long FSync(int fd) => Of(FSyncCall(fd));

    public static long FDataSync(int fd) => Of(FDataSyncCall(fd));

    public static long SyncFileRange(int fd, long offset, long length, uint flags) => Of(SyncFileRangeCall(fd, offset, length, flags));

    public static long FAllocate(int fd, int mode, long offset, long length) => Of(FAllocateCall(fd, mode, offset, length));

    public static long CopyFileRange(int from, ref long fromOffset, int to, ref long toOffset, long length) =>
        Of(CopyFileRangeCall(from, ref fromOffset, to, ref toOffset, (nint)length, 0));

    public static long SendFile(int to, int from, ref long fromOffset, long length) => Of(SendFileCall(to, from, ref fromOffset, (nint)length));

    public static long FLock(int fd, int operation) => Of(FLockCall(fd, operation));

    public static long RecordLock(int fd, int command, ref RecordLock range) => Of(FcntlCall(fd, command, ref range));

    public static long GetFlags(int fd) => Of(FcntlIntCall(fd, 3, 0));

    public static long SetFlags(int fd, int flags) => Of(FcntlIntCall(fd, 4, flags));

    public static long GetDirectoryEntries(int fd, Span<byte> buffer) => Of(GetDentsCall(fd, buffer, buffer.Length));

    public static long Advise(int fd, long offset, long length, int advice) => -AdviseCall(fd, offset, length, advice);

    private const int CloseOnExec = 0x80000;

    private static long Vectors(int fd, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, bool isWrite)
    {
        fixed (byte* a = first, b = second)
        {
            var parts = stackalloc nint[] { (nint)a, first.Length, (nint)b, second.Length };
            return Of(isWrite ? WriteVCall(fd, parts, 2) : ReadVCall(fd, parts, 2));
        }
    }

    [LibraryImport(C, EntryPoint = "openat", SetLastError = true, StringMarshalling = StringMarshalling.Custom, StringMarshallingCustomType = typeof(PathMarshaller))]
    private static partial int OpenAtCall(int folder, string path, int flags, uint mode);

    [LibraryImport(C, EntryPoint = "creat", SetLastError = true, StringMarshalling = StringMarshalling.Custom, StringMarshallingCustomType = typeof(PathMarshaller))]
    private static partial int CreatCall(string path, uint mode);

    [LibraryImport(C, EntryPoint = "close", SetLastError = true)]
    private static partial int CloseCall(int fd);

    [LibraryImport(C, EntryPoint = "dup", SetLastError = true)]
    private static partial int DupCall(int fd);

    [LibraryImport(C, EntryPoint = "read", SetLastError = true)]
    private static partial nint ReadCall(int fd, Span<byte> buffer, nint size);

    [LibraryImport(C, EntryPoint = "write", SetLastError = true)]
    private static partial nint WriteCall(int fd, ReadOnlySpan<byte> buffer, nint size);

    [LibraryImport(C, EntryPoint = "pread", SetLastError = true)]
    private static partial nint PReadCall(int fd, Span<byte> buffer, nint size, long offset);

    [LibraryImport(C, EntryPoint = "pwrite", SetLastError = true)]
    private static partial nint PWriteCall(int fd, ReadOnlySpan<byte> buffer, nint size, long offset);

    [LibraryImport(C, EntryPoint = "readv", SetLastError = true)]
    private static partial nint ReadVCall(int fd, nint* parts, int count);

    [LibraryImport(C, EntryPoint = "writev", SetLastError = true)]
    private static partial nint WriteVCall(int fd, nint* parts, int count);

    [LibraryImport(C, EntryPoint = "lseek", SetLastError = true)]
    private static partial long SeekCall(int fd, long offset, int whence);

    [LibraryImport(C, EntryPoint = "ftruncate", SetLastError = true)]
    private static partial int FTruncateCall(int fd, long length);

    [LibraryImport(C, EntryPoint = "fsync", SetLastError = true)]
    private static partial int FSyncCall(int fd);

    [LibraryImport(C, EntryPoint = "fdatasync", SetLastError = true)]
    private static partial int FDataSyncCall(int fd);

    [LibraryImport(C, EntryPoint = "sync_file_range", SetLastError = true)]
    private static partial int SyncFileRangeCall(int fd, long offset, long length, uint flags);

    [LibraryImport(C, EntryPoint = "fallocate", SetLastError = true)]
    private static partial int FAllocateCall(int fd, int mode, long offset, long length);

    [LibraryImport(C, EntryPoint = "copy_file_range", SetLastError = true)]
    private static partial nint CopyFileRangeCall(int from, ref long fromOffset, int to, ref long toOffset, nint length, uint flags);

    [LibraryImport(C, EntryPoint = "sendfile", SetLastError = true)]
    private static partial nint SendFileCall(int to, int from, ref long fromOffset, nint length);

    [LibraryImport(C, EntryPoint = "flock", SetLastError = true)]
    private static partial int FLockCall(int fd, int operation);

    [LibraryImport(C, EntryPoint = "fcntl", SetLastError = true)]
    private static partial int FcntlCall(int fd, int command, ref RecordLock range);

    [LibraryImport(C, EntryPoint = "fcntl", SetLastError = true)]
    private static partial int FcntlIntCall(int fd, int command, int argument);

    [LibraryImport(C, EntryPoint = "getdents64", SetLastError = true)]
    private static partial nint GetDentsCall(int fd, Span<byte> buffer, nint size);

    [LibraryImport(C, EntryPoint = "posix_fadvise")]
    private static partial int AdviseCall(int fd, long offset, long length, int advice);
}
