namespace PeerDrive.Client.Contracts;

/// <summary>What leads to a document.</summary>
/// <param name="Address">The document's.</param>
/// <param name="Places">All paths that it has in its volume.</param>
/// <param name="Links">Links to it in all volumes of the node.</param>
/// <param name="IsCut">There are more links than are named.</param>
public sealed record BacklinksStatus(string Address, IReadOnlyList<string> Places, IReadOnlyList<BacklinkStatus> Links, bool IsCut);
