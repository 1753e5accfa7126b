namespace PeerDrive.Model.Revisions;

/// <summary>A file's owner or group where it was made: number and name; devices may know the name under another number.</summary>
public readonly record struct Owner(uint Number, string Name);
