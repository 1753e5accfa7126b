using System.Runtime.InteropServices;
using static PeerDrive.Posix.Kernel.Outcome;

namespace PeerDrive.Posix.Kernel;

/// <summary>Files mapped into memory.</summary>
internal static unsafe partial class MemoryCalls
{
    private const string C = "libc";

    /// <returns>The address, or the negated error number.</returns>
    public static long Map(int fd, long offset, long length, int protection, int flags) => Of(MapCall(0, (nint)length, protection, flags, fd, offset));

    public static long Unmap(long address, long length) => Of(UnmapCall((nint)address, (nint)length));

    public static long Synchronize(long address, long length, int flags) => Of(SynchronizeCall((nint)address, (nint)length, flags));

    /// <summary>The bytes of a mapping. Touching those behind the end of the file ends the process.</summary>
    public static Span<byte> At(long address, int length) => new((void*)address, length);

    [LibraryImport(C, EntryPoint = "mmap", SetLastError = true)]
    private static partial nint MapCall(nint address, nint length, int protection, int flags, int fd, long offset);

    [LibraryImport(C, EntryPoint = "munmap", SetLastError = true)]
    private static partial int UnmapCall(nint address, nint length);

    [LibraryImport(C, EntryPoint = "msync", SetLastError = true)]
    private static partial int SynchronizeCall(nint address, nint length, int flags);
}
