using PeerDrive.Model.Identifiers;

namespace PeerDrive.Model.Revisions;

/// <summary>
/// Which bytes a revision has: the root of a tree of chunks. Contents cut with the same parameters are equal exactly when
/// their bytes are.
/// </summary>
/// <param name="Size">Bytes.</param>
/// <param name="Depth">0: <paramref name="Root"/> is the content itself; n: it is a chunk list of depth n - 1 (<see cref="ChunkList"/>).</param>
/// <param name="Root">Zero when <paramref name="Size"/> is 0.</param>
/// <param name="Chunking">Number of the chunking parameters, kept so that the next revision is cut the same way.</param>
public readonly record struct Content(ulong Size, uint Depth, ChunkId Root, uint Chunking)
{
    public static readonly Content Empty;

    public bool IsEmpty => Size == 0;
}
