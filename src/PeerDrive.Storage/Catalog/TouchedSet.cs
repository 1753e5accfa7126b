namespace PeerDrive.Storage.Catalog;

/// <summary>Rows that a transaction changed, for the change stream.</summary>
internal sealed class TouchedSet
{
    public HashSet<long> Entries { get; } = [];

    public HashSet<long> Documents { get; } = [];
}
