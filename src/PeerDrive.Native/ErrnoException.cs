using System.Runtime.InteropServices;

namespace PeerDrive.Native;

/// <summary>A system call failed.</summary>
public sealed class ErrnoException(int errno, string call, string path = "")
    : IOException(path.Length == 0 ? $"{call}: {Marshal.GetPInvokeErrorMessage(errno)}" : $"{call} '{path}': {Marshal.GetPInvokeErrorMessage(errno)}")
{
    public const int NotFound = 2, Interrupted = 4, NoData = 61, NotADirectory = 20, TooManyLinks = 40, NotSupported = 95, CrossDevice = 18, Exists = 17, NotEmpty = 39, NoSpace = 28, TryAgain = 11, Invalid = 22;

    /// <summary>Linux error number.</summary>
    public int Errno { get; } = errno;
}
