using System.Runtime.InteropServices;
using System.Text;
using static PeerDrive.Posix.Kernel.Outcome;

namespace PeerDrive.Posix.Kernel;

/// <summary>System calls that change this process or its calling thread, and sockets.</summary>
internal static partial class ProcessCalls
{
    private const string C = "libc";
    private const int FileSizeLimit = 1, IgnoreSignal = 1, FileSizeSignal = 25;

    private static bool IsArm => RuntimeInformation.ProcessArchitecture == Architecture.Arm64;

    public static uint EffectiveUser() => GetEuidCall();

    /// <returns>The mask before.</returns>
    public static uint UMask(uint mask) => UMaskCall(mask);

    /// <summary>
    /// Does something as another user, with just these groups. Only the calling thread changes (the system calls themselves do
    /// that; libc's functions would change all threads); root stays the saved user, so that the way back is open.
    /// </summary>
    public static void As(uint uid, uint gid, uint[] groups, Action action)
    {
        Become(uid, gid, groups);
        try
        {
            action();
        }
        finally
        {
            Must(SystemCall(IsArm ? 147 : 117, 0, 0, 0), "setresuid");
            Must(SystemCall(IsArm ? 149 : 119, 0, 0, 0), "setresgid");
            SetGroups([]);
        }
    }

    /// <summary>Lets files grow only so far; more fails instead of ending the process.</summary>
    public static void LimitFileSize(ulong bytes, Action action)
    {
        SignalCall(FileSizeSignal, IgnoreSignal);
        Must(GetLimitCall(FileSizeLimit, out var before), "getrlimit");
        Must(SetLimitCall(FileSizeLimit, before with { Soft = bytes }), "setrlimit");
        try
        {
            action();
        }
        finally
        {
            Must(SetLimitCall(FileSizeLimit, before), "setrlimit");
        }
    }

    /// <summary>The clock that file times are taken from; it ticks every few milliseconds.</summary>
    public static Instant CoarseTime()
    {
        const int coarseRealTime = 5;
        Must(ClockCall(coarseRealTime, out var now), "clock_gettime");
        return now;
    }

    /// <summary>A stream socket of the local kind.</summary>
    public static long Socket() => Of(SocketCall(1, 1, 0));

    public static long Bind(int socket, string path) => Of(BindCall(socket, Address(path), AddressBytes));

    public static long Listen(int socket) => Of(ListenCall(socket, 5));

    public static long Connect(int socket, string path) => Of(ConnectCall(socket, Address(path), AddressBytes));

    public static long Accept(int socket) => Of(AcceptCall(socket, 0, 0));

    private const int AddressBytes = 110;

    private static byte[] Address(string path)
    {
        var address = new byte[AddressBytes];
        address[0] = 1;
        Encoding.Latin1.GetBytes(path, address.AsSpan(2));
        return address;
    }

    private static void Become(uint uid, uint gid, uint[] groups)
    {
        SetGroups(groups);
        Must(SystemCall(IsArm ? 149 : 119, (nint)gid, (nint)gid, 0), "setresgid");
        Must(SystemCall(IsArm ? 147 : 117, (nint)uid, (nint)uid, 0), "setresuid");
    }

    private static unsafe void SetGroups(uint[] groups)
    {
        fixed (uint* start = groups) Must(SystemCall(IsArm ? 159 : 116, groups.Length, (nint)start, 0), "setgroups");
    }

    private static void Must(long returned, string what)
    {
        if (returned < 0) throw new InvalidOperationException($"{what}: {Describe(Of(-1))}");
    }

    [StructLayout(LayoutKind.Sequential)]
    private readonly record struct Limit(ulong Soft, ulong Hard);

    [LibraryImport(C, EntryPoint = "geteuid")]
    private static partial uint GetEuidCall();

    [LibraryImport(C, EntryPoint = "umask")]
    private static partial uint UMaskCall(uint mask);

    [LibraryImport(C, EntryPoint = "syscall", SetLastError = true)]
    private static partial nint SystemCall(nint number, nint a, nint b, nint c);

    [LibraryImport(C, EntryPoint = "signal")]
    private static partial nint SignalCall(int signal, nint handler);

    [LibraryImport(C, EntryPoint = "getrlimit", SetLastError = true)]
    private static partial int GetLimitCall(int resource, out Limit limit);

    [LibraryImport(C, EntryPoint = "setrlimit", SetLastError = true)]
    private static partial int SetLimitCall(int resource, in Limit limit);

    [LibraryImport(C, EntryPoint = "clock_gettime", SetLastError = true)]
    private static partial int ClockCall(int clock, out Instant now);

    [LibraryImport(C, EntryPoint = "socket", SetLastError = true)]
    private static partial int SocketCall(int domain, int type, int protocol);

    [LibraryImport(C, EntryPoint = "bind", SetLastError = true)]
    private static partial int BindCall(int socket, ReadOnlySpan<byte> address, int length);

    [LibraryImport(C, EntryPoint = "listen", SetLastError = true)]
    private static partial int ListenCall(int socket, int backlog);

    [LibraryImport(C, EntryPoint = "connect", SetLastError = true)]
    private static partial int ConnectCall(int socket, ReadOnlySpan<byte> address, int length);

    [LibraryImport(C, EntryPoint = "accept", SetLastError = true)]
    private static partial int AcceptCall(int socket, nint address, nint length);
}
