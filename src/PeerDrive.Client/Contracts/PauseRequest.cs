namespace PeerDrive.Client.Contracts;

/// <summary>Asks to pause or resume the exchange.</summary>
/// <param name="Volume">Null: of all volumes.</param>
public sealed record PauseRequest(string? Volume);
