using PeerDrive.Model.Changesets;
using PeerDrive.Model.Errors;
using PeerDrive.Storage.Catalog;
using PeerDrive.Storage.Contents;
using PeerDrive.Storage.Log;

namespace PeerDrive.Storage.Volumes;

/// <summary>Derives the catalog from the log: as changesets come, at the opening, and from the beginning when rules or members changed. The caller holds the catalog's gate.</summary>
internal sealed class LogReplay(VolumeCatalog catalog, ChangesetLog log, ChangesetVerifier verifier, VolumeMembers members, ContentStore contents)
{
    private bool wasRebuilt;

    /// <summary>Applies what the catalog has not seen of the log.</summary>
    public void CatchUp()
    {
        using var transaction = catalog.Db.Begin();
        // A catalog that is ahead of the log, or of another one, belongs to another state of the data directory.
        // One that passed over what this version can apply is of an older version.
        if (!catalog.BelongsTo(log) || (catalog.HasSkipped && catalog.Lacked.Count == 0)) catalog.Clear();
        members.Reload();
        ApplyLog(catalog.Applied, null, membersAreSettled: false);
        catalog.Tree.TakeTouched();
        transaction.Commit();
    }

    /// <summary>Verifies changesets, appends them to the log and applies them, inside the writer's transaction.</summary>
    public ApplyOutcome Apply(IReadOnlyList<Changeset> changesets)
    {
        var applied = 0;
        foreach (var changeset in changesets)
        {
            if (catalog.Chains.Find(changeset.Hash) is not null) continue;
            if (verifier.Refusal(changeset, out var isGap) is { } refusal)
            {
                catalog.Tree.Settle();
                return new ApplyOutcome(applied, refusal, isGap);
            }
            var chain = verifier.ChainFor(changeset);
            var isVoid = !members.Counts(changeset);
            catalog.Apply(changeset, chain, log.Append(changeset), isVoid);
            if (!isVoid) AddMissing(changeset);
            FollowMembers(changeset);
            if (IsCaughtUpNow(log.End)) RebuildTree();
            applied++;
        }
        catalog.Tree.Settle();
        return new ApplyOutcome(applied, null, false);
    }

    /// <summary>Looks whether a changeset, already applied, changes whose changesets count, inside the writer's transaction.</summary>
    public void FollowMembers(Changeset changeset)
    {
        if (changeset.Body.Operations.Any(VolumeCatalog.IsMembership) && members.Add(changeset)) RebuildTree();
    }

    /// <summary>Forgets the catalog and derives all of it.</summary>
    /// <param name="onProgress">Told the number of changesets applied so far.</param>
    public void Rebuild(Action<long>? onProgress)
    {
        try
        {
            using var transaction = catalog.Db.Begin();
            RebuildUpTo(log.End, onProgress);
            transaction.Commit();
        }
        finally
        {
            // The rows have other numbers now, or after a rollback the old ones again.
            catalog.Forget();
        }
    }

    /// <summary>Whether changesets had the whole tree derived anew since the last call: all rows were numbered anew.</summary>
    public bool TakeRebuilt()
    {
        var was = wasRebuilt;
        wasRebuilt = false;
        return was;
    }

    /// <summary>After changesets became void, or are applied at last.</summary>
    private void RebuildTree()
    {
        RebuildUpTo(log.End, null);
        wasRebuilt = true;
    }

    private void RebuildUpTo(LogPosition end, Action<long>? onProgress)
    {
        catalog.Clear();
        ApplyLog(new LogPosition(1, 0), onProgress, membersAreSettled: true, end);
    }

    private void ApplyLog(LogPosition from, Action<long>? onProgress, bool membersAreSettled, LogPosition? until = null)
    {
        long count = 0;
        foreach (var (position, changeset, next) in log.ReadFrom(from))
        {
            if (until is { } end && position.CompareTo(end) >= 0) break;
            var isVoid = !members.Counts(changeset);
            catalog.Apply(changeset, verifier.ChainFor(changeset), position, isVoid);
            if (!isVoid) AddMissing(changeset);
            if (changeset.Body.Operations.Any(VolumeCatalog.IsMembership) && !membersAreSettled && members.Add(changeset)) RebuildUpTo(next, onProgress);
            if (IsCaughtUpNow(next)) RebuildUpTo(next, onProgress);
            catalog.Applied = next;
            onProgress?.Invoke(++count);
        }
        catalog.Tree.Settle();
        if (membersAreSettled) members.Reload();
    }

    /// <summary>Whether changesets were passed over for want of a feature that is asked for no more; they are applied from now on.</summary>
    private bool IsCaughtUpNow(LogPosition end)
    {
        if (catalog.Lacked.Count > 0 || !catalog.HasSkipped) return false;
        catalog.AppliesBefore = end;
        return true;
    }

    private void AddMissing(Changeset changeset)
    {
        foreach (var operation in changeset.Body.Operations)
        {
            if (operation is not Operation.Revise { Revision: var revision } || revision.State.Content is not { IsEmpty: false } content) continue;
            if (!contents.IsHere(content)) catalog.Revisions.AddMissing(content, revision.Id);
        }
    }
}
