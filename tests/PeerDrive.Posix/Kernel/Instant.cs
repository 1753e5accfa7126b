using System.Runtime.InteropServices;

namespace PeerDrive.Posix.Kernel;

/// <summary>A time as the kernel keeps it; the layout is that of struct timespec.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct Instant(long Seconds, long Nanoseconds) : IComparable<Instant>
{
    public static readonly Instant Now = new(0, Flags.UTIME_NOW), Omit = new(0, Flags.UTIME_OMIT);

    public int CompareTo(Instant other) => (Seconds, Nanoseconds).CompareTo((other.Seconds, other.Nanoseconds));

    public static bool operator <(Instant a, Instant b) => a.CompareTo(b) < 0;

    public static bool operator >(Instant a, Instant b) => a.CompareTo(b) > 0;

    public override string ToString() => $"{Seconds}.{Nanoseconds:d9}";
}
