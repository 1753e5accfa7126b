namespace PeerDrive.Client.Contracts;

/// <summary>Something happened on the node.</summary>
/// <param name="Id">Place in the stream: what came after it is asked for with it.</param>
/// <param name="Kind"><c>changes</c>: entries of a volume; <c>contents</c>: bytes of a volume arrived; <c>status</c>: volumes, peers or jobs; <c>reset</c>: what was between is not known any more, look at everything.</param>
/// <param name="Volume">The volume's id; null: it is about the node.</param>
/// <param name="Paths">Where something changed, as far as they are told.</param>
/// <param name="HasMore">More changed than is told.</param>
public sealed record NodeEvent(string Id, string Kind, DateTimeOffset Time, string? Volume, IReadOnlyList<string> Paths, bool HasMore);
