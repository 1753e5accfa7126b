namespace PeerDrive.Storage.Replicas;

/// <summary>Which contents a replica of this device is to have. Written <c>full</c>, <c>metadata</c> or <c>cache:100MB</c>.</summary>
/// <param name="Quota">Bytes that chunks may take on disk; 0 unless it is a cache.</param>
public readonly record struct ReplicaPolicy(PolicyKind Kind, long Quota)
{
    /// <summary>What a cache needs at least, to hold some chunks while they are read.</summary>
    public const long LeastQuota = 1_000_000;

    /// <summary>Packs of a cache: what is dropped is given back pack by pack, and what stays of one is there twice meanwhile.</summary>
    private const int PacksOfCache = 16;

    private const string CachePrefix = "cache:";

    public static ReplicaPolicy Full => new(PolicyKind.Full, 0);

    public static ReplicaPolicy Metadata => new(PolicyKind.Metadata, 0);

    public bool IsFull => Kind == PolicyKind.Full;

    /// <summary>At which size packs are sealed.</summary>
    internal long PackBytes => Kind == PolicyKind.Cache ? Math.Clamp(Quota / PacksOfCache, 1 << 20, StorageLimits.PackBytes) : StorageLimits.PackBytes;

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
        if (!text.StartsWith(CachePrefix, StringComparison.Ordinal) || !ByteCount.TryParse(text[CachePrefix.Length..], out var quota) || quota < LeastQuota) return false;
        policy = Cache(quota);
        return true;
    }

    public override string ToString() => Kind switch
    {
        PolicyKind.Cache => CachePrefix + ByteCount.Show(Quota),
        _ => Name,
    };
}
