namespace PeerDrive.Storage.Drafts;

/// <summary>What tells whether a draft may have other bytes than before: equal stamps, equal bytes.</summary>
/// <param name="Version">Changes made through the draft.</param>
/// <param name="Length">Bytes.</param>
/// <param name="Mtime">Of a file that is written to from outside, nanoseconds since 1970; else 0.</param>
/// <param name="Ctime">As <paramref name="Mtime"/>.</param>
public readonly record struct DraftStamp(long Version, long Length, long Mtime, long Ctime);
