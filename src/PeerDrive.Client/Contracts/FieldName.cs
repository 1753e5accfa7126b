namespace PeerDrive.Client.Contracts;

/// <summary>A field that documents of a volume can have.</summary>
/// <param name="IsUsed">Documents of the volume have it.</param>
public sealed record FieldName(string Name, string Type, bool IsUsed);
