namespace PeerDrive.Client.Contracts;

/// <summary>A field that differs.</summary>
public sealed record FieldDifference(string Field, string Before, string After);
