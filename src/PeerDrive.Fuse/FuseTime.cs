namespace PeerDrive.Fuse;

/// <summary>A time of a file since 1970, also before it: <paramref name="Nanoseconds"/> is always 0 to 999,999,999.</summary>
public readonly record struct FuseTime(long Seconds, uint Nanoseconds)
{
    private const long PerSecond = 1_000_000_000;

    public static FuseTime FromNanoseconds(long total)
    {
        var seconds = Math.DivRem(total, PerSecond, out var rest);
        return rest < 0 ? new FuseTime(seconds - 1, (uint)(rest + PerSecond)) : new FuseTime(seconds, (uint)rest);
    }

    /// <summary>Nanoseconds since 1970, at the nearest end of what fits (the years 1677 and 2262).</summary>
    public long ToNanoseconds()
    {
        var total = (Int128)Seconds * PerSecond + Nanoseconds;
        return (long)Int128.Clamp(total, long.MinValue, long.MaxValue);
    }
}
