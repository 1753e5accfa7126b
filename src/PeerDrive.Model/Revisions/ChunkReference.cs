using PeerDrive.Model.Identifiers;

namespace PeerDrive.Model.Revisions;

/// <summary>One line of a chunk list: a chunk (or a list of the next lower depth) and how many bytes of content it stands for.</summary>
public readonly record struct ChunkReference(ChunkId Id, ulong Size);
