using System.Collections.Immutable;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Merging;
using PeerDrive.Model.Revisions;

namespace PeerDrive.Storage.Volumes;

/// <summary>The state that heads make together, texts included. The same on every device that has the contents.</summary>
internal sealed class MergeComputation(Volume volume)
{
    /// <summary>Larger texts stay in conflict, as merging holds three of them in memory.</summary>
    private const int MaxTextBytes = 8 << 20;

    /// <param name="bases">The merge bases of the heads.</param>
    /// <param name="revisions">At least the base.</param>
    /// <param name="heads">Ascending by (Lamport, changeset hash).</param>
    /// <param name="isOpen">Contents are not here yet, so nobody here can tell.</param>
    /// <returns>Null: the heads stay, or <paramref name="isOpen"/>.</returns>
    public RevisionState? Merge(ImmutableArray<RevisionId> bases, IReadOnlyDictionary<RevisionId, Revision> revisions, IReadOnlyList<RevisionState> heads, out bool isOpen)
    {
        isOpen = false;
        if (bases.Length > 1) return null;
        var origin = bases.Length == 1 && revisions.TryGetValue(bases[0], out var found) ? found.State : null;
        return RevisionMerge.Merge(origin, heads) switch
        {
            MergeOutcome.Merged merged => merged.State,
            MergeOutcome.ContentNeeded needed => MergeText(needed, out isOpen),
            _ => null,
        };
    }

    private RevisionState? MergeText(MergeOutcome.ContentNeeded needed, out bool isOpen)
    {
        isOpen = false;
        var contents = needed.Heads.Prepend(needed.Base).ToList();
        if (contents.Any(content => content.Size > MaxTextBytes)) return null;
        isOpen = contents.Any(content => volume.Contents.Missing(content, 1).Count > 0);
        if (isOpen) return null;
        var texts = contents.Select(content => (ReadOnlyMemory<byte>)volume.Contents.ReadAll(content, MaxTextBytes)).ToList();
        if (Diff3.Merge(texts[0], [.. texts.Skip(1)]) is not Diff3Result.Merged merged) return null;
        // Chunked like the base, so that every device makes the same content.
        var chunking = needed.Base.Chunking != 0 ? needed.Base.Chunking : needed.Heads.Max(content => content.Chunking);
        return needed.State with { Content = volume.Contents.Store(merged.Bytes, chunking) };
    }
}
