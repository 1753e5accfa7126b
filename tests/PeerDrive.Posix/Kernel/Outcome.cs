using System.Runtime.InteropServices;

namespace PeerDrive.Posix.Kernel;

/// <summary>What a system call came to: 0 or more as it returned, or the negated error number.</summary>
internal static class Outcome
{
    public static long Of(long returned) => returned == -1 ? -Marshal.GetLastPInvokeError() : returned;

    public static string Describe(long outcome) => outcome < 0 ? $"{(Errno)(-outcome)}" : $"{outcome}";
}
