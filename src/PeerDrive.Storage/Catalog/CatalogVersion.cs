namespace PeerDrive.Storage.Catalog;

/// <summary>Which committed state of a catalog a connection sees: another one after every commit. Good for one opening.</summary>
public readonly record struct CatalogVersion(long Commits, long Generation);
