namespace PeerDrive.Client.Contracts;

/// <summary>A person's key under a passphrase.</summary>
public sealed record IdentityExport(string Text);
