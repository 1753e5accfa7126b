using System.Security.Cryptography;
using PeerDrive.Model.Identifiers;
using PeerDrive.Storage.Volumes;

namespace PeerDrive.Simulation.Histories;

/// <summary>What programs were told is stored: it must be there for ever.</summary>
internal sealed class Ledger
{
    private readonly Dictionary<ChangesetHash, int> changesets = [];
    private readonly Dictionary<RevisionId, (int Node, DocumentId Document, byte[]? Sha, bool HasContent)> revisions = [];

    public IEnumerable<KeyValuePair<RevisionId, (int Node, DocumentId Document, byte[]? Sha, bool HasContent)>> Revisions => revisions;

    public IEnumerable<ChangesetHash> Changesets => changesets.Keys;

    /// <summary>A commit of a node was acknowledged.</summary>
    public void Acknowledge(int node, Volume volume, IReadOnlyCollection<(RevisionId Revision, DocumentId Document, byte[]? Bytes)> written)
    {
        for (ulong incarnation = 0; incarnation < 8; incarnation++)
        {
            foreach (var tip in volume.Vector[AuthorId.Of(volume.Device, incarnation)]) changesets.TryAdd(tip.Hash, node);
        }
        foreach (var (revision, document, bytes) in written)
        {
            // What is annotated before its content has come names a content that this node never had.
            var hasContent = bytes is not null || (volume.Reader.Revision(revision) is { } made && volume.Contents.Missing(made.State.Content, 1).Count == 0);
            revisions[revision] = (node, document, bytes is null ? null : SHA256.HashData(bytes), hasContent);
        }
    }

    /// <summary>What a node acknowledged and does not have; null when it has all.</summary>
    public string? LostAt(int node, Volume volume)
    {
        foreach (var (hash, at) in changesets)
        {
            if (at == node && !volume.Knows(hash)) return $"node {node} lost its acknowledged changeset {hash}";
        }
        foreach (var (id, (at, _, _, hasContent)) in revisions)
        {
            if (at != node) continue;
            if (volume.Reader.Revision(id) is not { } revision) return $"node {node} lost its acknowledged revision {id}";
            if (hasContent && volume.Contents.Missing(revision.State.Content, 1).Count > 0) return $"node {node} lost the content of its acknowledged revision {id}";
        }
        return null;
    }

    /// <summary>An old image was put back: what nobody has any more is gone with reason.</summary>
    public void Forgive(IReadOnlyCollection<Volume> volumes)
    {
        foreach (var hash in changesets.Keys.Where(hash => !volumes.Any(volume => volume.Knows(hash))).ToList()) changesets.Remove(hash);
        foreach (var id in revisions.Keys.Where(id => !volumes.Any(volume => volume.Reader.Revision(id) is not null)).ToList()) revisions.Remove(id);
    }

    /// <summary>From now on a node need not have by itself what others have.</summary>
    public void Release(int node)
    {
        foreach (var hash in changesets.Keys.Where(hash => changesets[hash] == node).ToList()) changesets[hash] = -1;
        foreach (var id in revisions.Keys.Where(id => revisions[id].Node == node).ToList()) revisions[id] = revisions[id] with { Node = -1 };
    }
}
