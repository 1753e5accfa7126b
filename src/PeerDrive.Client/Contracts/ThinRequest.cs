namespace PeerDrive.Client.Contracts;

/// <summary>Lets go what the retention rule does not keep.</summary>
/// <param name="Path">Of a file, or of a folder with all in it; null or <c>/</c>: all of the volume.</param>
/// <param name="DryRun">Only tells.</param>
public sealed record ThinRequest(string? Path, bool DryRun);
