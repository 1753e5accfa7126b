namespace PeerDrive.Client.Contracts;

/// <summary>A passphrase, and for an import the exported text.</summary>
public sealed record PassphraseRequest(string Passphrase, string? Text);
