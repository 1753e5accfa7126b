namespace PeerDrive.Client.Contracts;

/// <param name="Directory">An absolute path.</param>
/// <param name="Group">A volume, to whose members it is offered; null: the only one.</param>
/// <param name="Path">Where in the common tree; null: under the directory's name.</param>
public sealed record CreateOffer(string Directory, string? Group, string? Path);
