namespace PeerDrive.Client.Contracts;

/// <summary>A line of a folder. Kind: file, folder, symlink, link, fifo, socket, device.</summary>
public sealed record EntryStatus(
    string Entry, string Document, string Path, string Name, string Kind, long Size, string Mode, DateTimeOffset Modified,
    string Revision, int Heads, bool IsHere, string? Target)
{
    /// <summary>Of a link what it refers to, as an address, whether it is here or not; <see cref="Target"/> says in words where that is now.</summary>
    public string? LinkAddress { get; init; }

    /// <summary>The fields that were asked for and that it has, as people write their values; null when none were asked for.</summary>
    public IReadOnlyDictionary<string, string>? Fields { get; init; }
}
