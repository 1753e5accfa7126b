namespace PeerDrive.Client.Contracts;

/// <summary>Sets the password of the page.</summary>
/// <param name="Password">10 to 256 letters.</param>
public sealed record PasswordRequest(string Password);
