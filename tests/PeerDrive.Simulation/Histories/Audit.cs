using System.Security.Cryptography;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Revisions;
using PeerDrive.Storage.Volumes;

namespace PeerDrive.Simulation.Histories;

/// <summary>Whether one replica holds all that was acknowledged, once all is quiet.</summary>
/// <param name="mayLack">An old image was put back: what no replica has may be missing.</param>
internal sealed class Audit(Volume volume, IReadOnlyList<Volume> all, Ledger ledger, bool mayLack)
{
    public void Run()
    {
        foreach (var hash in ledger.Changesets)
        {
            if (!volume.Knows(hash)) throw new HistoryFailureException($"changeset {hash} was acknowledged and is lost");
        }
        foreach (var document in ledger.Revisions.GroupBy(pair => pair.Value.Document))
        {
            var reachable = Reachable(document.Key);
            foreach (var (id, _) in document)
            {
                if (!reachable.Contains(id)) throw new HistoryFailureException($"revision {id} of {document.Key} was acknowledged and is neither head nor ancestor of one");
            }
            foreach (var view in volume.Reader.History(document.Key)) CheckContent(view);
        }
        foreach (var (id, (_, _, sha, _)) in ledger.Revisions)
        {
            if (sha is null || volume.Reader.Revision(id) is not { } revision || volume.Contents.Missing(revision.State.Content, 1).Count > 0) continue;
            if (!SHA256.HashData(volume.Contents.ReadAll(revision.State.Content, int.MaxValue)).AsSpan().SequenceEqual(sha)) throw new HistoryFailureException($"revision {id} has other bytes than were written");
        }
        if (volume.MissingContents(100).Where(content => !IsLostToAll(content)).ToList() is { Count: > 0 } missing) throw new HistoryFailureException($"{missing.Count} contents are missing");
    }

    private HashSet<RevisionId> Reachable(DocumentId document)
    {
        var reachable = new HashSet<RevisionId>();
        var open = new Stack<RevisionId>(volume.Reader.Heads(document).Select(head => head.Id));
        while (open.TryPop(out var id))
        {
            if (!reachable.Add(id)) continue;
            if (volume.Reader.Revision(id) is not { } revision) throw new HistoryFailureException($"revision {id} is named and not here");
            foreach (var parent in revision.Parents) open.Push(parent);
        }
        return reachable;
    }

    private void CheckContent(RevisionView view)
    {
        if (volume.Contents.Missing(view.Content, 1).Count > 0)
        {
            if (!IsLostToAll(view.Content)) throw new HistoryFailureException($"the content of revision {view.Id} is missing, and nobody fetches it");
        }
        else if (view.IsHead)
        {
            volume.Contents.ReadAll(view.Content, int.MaxValue);
        }
    }

    private bool IsLostToAll(Content content)
    {
        if (!mayLack) return false;
        HashSet<ChunkId>? lacked = null;
        foreach (var each in all)
        {
            var missing = each.Contents.Missing(content, int.MaxValue);
            if (lacked is null) lacked = [.. missing];
            else lacked.IntersectWith(missing);
        }
        return lacked is { Count: > 0 };
    }
}
