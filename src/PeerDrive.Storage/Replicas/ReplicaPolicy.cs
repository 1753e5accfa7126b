using System.Globalization;

namespace PeerDrive.Storage.Replicas;

/// <summary>Which contents a replica of this device is to have. Written <c>full</c>, <c>metadata</c> or <c>cache:100MB</c>.</summary>
/// <param name="Quota">Bytes that chunks may take on disk; 0 unless it is a cache.</param>
public readonly record struct ReplicaPolicy(PolicyKind Kind, long Quota)
{
    /// <summary>What a cache needs at least, to hold some chunks while they are read.</summary>
    public const long LeastQuota = 1_000_000;

    private const string CachePrefix = "cache:";

    private static readonly (string Name, long Bytes)[] Units =
    [
        ("TB", 1_000_000_000_000), ("GB", 1_000_000_000), ("MB", 1_000_000), ("KB", 1_000), ("TiB", 1L << 40), ("GiB", 1L << 30), ("MiB", 1L << 20), ("KiB", 1L << 10), ("B", 1),
    ];

    public static ReplicaPolicy Full => new(PolicyKind.Full, 0);

    public static ReplicaPolicy Metadata => new(PolicyKind.Metadata, 0);

    public bool IsFull => Kind == PolicyKind.Full;

    /// <summary>full, cache or metadata.</summary>
    public string Name => Kind switch
    {
        PolicyKind.Full => "full",
        PolicyKind.Metadata => "metadata",
        _ => "cache",
    };

    public static ReplicaPolicy Cache(long quota) => new(PolicyKind.Cache, quota);

    /// <summary>False: it is no policy, or a quota below <see cref="LeastQuota"/>.</summary>
    public static bool TryParse(string text, out ReplicaPolicy policy)
    {
        policy = text == "metadata" ? Metadata : Full;
        if (text is "full" or "metadata") return true;
        if (!text.StartsWith(CachePrefix, StringComparison.Ordinal) || !TryParseBytes(text[CachePrefix.Length..], out var quota) || quota < LeastQuota) return false;
        policy = Cache(quota);
        return true;
    }

    public override string ToString() => Kind switch
    {
        PolicyKind.Cache => CachePrefix + Bytes(Quota),
        _ => Name,
    };

    private static bool TryParseBytes(string text, out long bytes)
    {
        var unit = Units.FirstOrDefault(each => text.EndsWith(each.Name, StringComparison.OrdinalIgnoreCase), (Name: "", Bytes: 1));
        bytes = 0;
        if (!decimal.TryParse(text.AsSpan(0, text.Length - unit.Name.Length), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)) return false;
        if (number > long.MaxValue / unit.Bytes) return false;
        bytes = (long)(number * unit.Bytes);
        return true;
    }

    private static string Bytes(long bytes)
    {
        var unit = Units.First(each => bytes % each.Bytes == 0);
        return string.Create(CultureInfo.InvariantCulture, $"{bytes / unit.Bytes}{unit.Name}");
    }
}
