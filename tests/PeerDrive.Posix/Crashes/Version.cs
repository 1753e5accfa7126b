namespace PeerDrive.Posix.Crashes;

/// <summary>A file's bytes as last synced, and the writes since, of which any part may have arrived.</summary>
internal sealed class Version
{
    private readonly List<(long Offset, byte[] Bytes)> pending = [];
    private byte[] synced = [];

    public Version(byte[] synced) => this.synced = synced;

    public void Write(long offset, byte[] bytes) => pending.Add((offset, bytes));

    public void Sync()
    {
        foreach (var (offset, bytes) in pending)
        {
            if (offset + bytes.Length > synced.Length) Array.Resize(ref synced, (int)offset + bytes.Length);
            bytes.CopyTo(synced, offset);
        }
        pending.Clear();
    }

    /// <summary>What is wrong with the bytes that were found; null: they may be so.</summary>
    public string? Judge(byte[] found)
    {
        var longest = pending.Count == 0 ? synced.Length : Math.Max(synced.Length, pending.Max(write => write.Offset + write.Bytes.Length));
        if (found.Length < synced.Length) return $"{found.Length} bytes; {synced.Length} were synced";
        if (found.Length > longest) return $"{found.Length} bytes; at most {longest} were written";
        for (var i = 0; i < found.Length; i++)
        {
            if (i < synced.Length ? found[i] == synced[i] : found[i] == 0) continue;
            var at = i;
            if (!pending.Exists(write => at >= write.Offset && at < write.Offset + write.Bytes.Length && write.Bytes[at - write.Offset] == found[at]))
                return $"byte {i} is {found[i]:x2}, which was neither synced nor written there later";
        }
        return null;
    }
}
