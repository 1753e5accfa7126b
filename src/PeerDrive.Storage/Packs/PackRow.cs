namespace PeerDrive.Storage.Packs;

/// <summary>A pack or raw file that the catalog knows.</summary>
/// <param name="Indexed">Bytes from its start whose chunks are in the catalog.</param>
internal readonly record struct PackRow(PackId Pack, long Indexed, bool IsSealed, bool IsRaw);
