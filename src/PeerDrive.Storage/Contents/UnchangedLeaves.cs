using PeerDrive.Model.Revisions;

namespace PeerDrive.Storage.Contents;

/// <summary>
/// Chunks of a content that a changed one has too, where it stands over the same bytes. A cut depends on nothing but the bytes from the
/// chunk's start to the cut, and that the content does not end before. So wherever a cut of the new content falls on a boundary of the old one, the
/// old chunk is the next one of the new content as well, if none of its bytes changed; but for the old content's last chunk, which its end may have
/// cut, when the end has moved.
/// </summary>
/// <param name="leaves">Chunks of the old content from its beginning, read as they are needed.</param>
/// <param name="changes">Start and end of ranges that may differ, in order, apart from each other; all behind the lesser of both ends, when it moved, among them.</param>
internal sealed class UnchangedLeaves(IEnumerable<ChunkReference> leaves, long oldSize, long newSize, IReadOnlyList<(long Start, long End)> changes) : IDisposable
{
    private readonly IEnumerator<ChunkReference> leaf = leaves.GetEnumerator();
    private long start = -1, end;
    private int change;

    /// <summary>The chunk at a place, if the new content has it too. Places only grow from call to call.</summary>
    public bool TryTake(long position, out ChunkReference unchanged)
    {
        while (start < position && end <= position && leaf.MoveNext())
        {
            start = end;
            end += (long)leaf.Current.Size;
        }
        unchanged = default;
        if (start != position || end <= position) return false;
        while (change < changes.Count && changes[change].End <= start) change++;
        if (change < changes.Count && changes[change].Start < end) return false;
        if (end > newSize || (end == oldSize && newSize != oldSize)) return false;
        unchanged = leaf.Current;
        return true;
    }

    public void Dispose() => leaf.Dispose();
}
