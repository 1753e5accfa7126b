namespace PeerDrive.Client.Contracts;

/// <summary>Keeps a query as a document of a volume.</summary>
/// <param name="Name">A name or path in the volume; ".query" is added where it lacks.</param>
public sealed record SaveQuery(string Name, string Query);
