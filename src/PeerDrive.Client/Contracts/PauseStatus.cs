namespace PeerDrive.Client.Contracts;

/// <summary>What is paused.</summary>
/// <param name="All">All exchange.</param>
/// <param name="Volumes">Names of volumes of which nothing is exchanged.</param>
/// <param name="Fetches">Names of volumes whose contents are not fetched.</param>
public sealed record PauseStatus(bool All, IReadOnlyList<string> Volumes, IReadOnlyList<string> Fetches);
