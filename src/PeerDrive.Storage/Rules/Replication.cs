using System.Collections.Immutable;
using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Revisions;
using PeerDrive.Storage.Volumes;

namespace PeerDrive.Storage.Rules;

/// <summary>
/// Puts a document, or a folder with all that is in it, into a second volume as the same documents with their histories. Done again it brings what came since, as a rule would that
/// only goes forward. One at a time out of a volume.
/// </summary>
public static class Replication
{
    /// <summary>Under which pairs are remembered while it runs.</summary>
    private const string Once = "once";

    /// <summary>Looks at what is to be placed, between which its contents are copied.</summary>
    private const int MaxTries = 5;

    /// <param name="entry">What is replicated; null: all that is in the source's top folder.</param>
    /// <param name="parent">A folder of the target.</param>
    /// <param name="name">Its name there; of the top folder none is needed.</param>
    /// <param name="report">Entries that were looked at, of so many.</param>
    /// <exception cref="PeerDriveException">AlreadyExists: the name is taken by another document, or the folder has its place in the target already. Otherwise as <see cref="RulePass.RunAsync"/>.</exception>
    public static async Task<RuleOutcome> RunAsync(Volume source, EntryView? entry, Volume target, EntryId parent, EntryName name, RuleTurns turns, TimeProvider time, Action<long, long> report, CancellationToken cancellation)
    {
        using var turn = await turns.TakeAsync($"{Once} {source.Id.ToHex()}", cancellation);
        var rule = new SyncRule(Once, entry?.Parent ?? EntryId.Root, parent, RuleDirection.OneWay, RuleStrategy.FastForward) { KeepsPlaces = true };
        RulePass.RequireReady(rule, source, target);
        var memory = new RuleMemory(source, Once);
        // One that was broken off left some.
        memory.Clear();
        try
        {
            RuleScope? scope = null;
            if (entry is not null)
            {
                memory.Pair(entry.Id, await PlaceAsync(source, entry, target, parent, name, turns, time, cancellation));
                scope = new RuleScope([entry.Id, .. entry.IsFolder ? new RuleSide(source, entry.Id, RuleFilter.None).Below(entry.Id, _ => false).Select(found => found.Entry.Id) : []], []);
            }
            return await new RulePass(rule, source, target, memory, turns, time).RunAsync(scope, report, cancellation);
        }
        finally
        {
            memory.Clear();
        }
    }

    /// <summary>The entry in the target, which is made if it is not there.</summary>
    private static async Task<EntryId> PlaceAsync(Volume source, EntryView entry, Volume target, EntryId parent, EntryName name, RuleTurns turns, TimeProvider time, CancellationToken cancellation)
    {
        var carrier = new DocumentCarrier(source, target, turns, time);
        for (var tries = 0; tries < MaxTries; tries++)
        {
            IReadOnlyList<ContentNeed> needs;
            using (await turns.TakeAsync(source, target, cancellation))
            {
                if (FindPlaced(entry, target, parent, name) is { } there) return there;
                // What the target changed by itself is left to the pass, which names it.
                var isForward = target.Reader.Heads(entry.Document).All(head => source.Reader.FindRevision(head.Id) is not null);
                var revisions = isForward ? carrier.Missing(entry.Document) : [];
                needs = carrier.Needs(revisions);
                if (needs.Count == 0) return await PlaceAsync(entry, target, parent, name, revisions);
            }
            foreach (var need in needs) await need.Carrier.CopyAsync(need.Content, cancellation);
        }
        throw new PeerDriveException(ErrorKind.Busy, "It changes faster than it can be replicated; try again later.");
    }

    /// <summary>The entry in the target, if it is there.</summary>
    private static EntryId? FindPlaced(EntryView entry, Volume target, EntryId parent, EntryName name)
    {
        if (target.Reader.Find(parent, name) is { } there)
        {
            return there.Document == entry.Document
                ? there.Id
                : throw new PeerDriveException(ErrorKind.AlreadyExists, $"There is another '{name}' in {PathOf(target, parent)}; choose another name.");
        }
        if (entry.IsFolder && target.Reader.EntriesOf(entry.Document) is [var elsewhere, ..])
            throw new PeerDriveException(ErrorKind.AlreadyExists, $"Volume {target.Name} has the same folder already, as {target.Reader.PathOf(elsewhere.Id)}, and a folder has one place only.");
        return null;
    }

    private static async Task<EntryId> PlaceAsync(EntryView entry, Volume target, EntryId parent, EntryName name, ImmutableArray<Revision> revisions)
    {
        var id = RulePairs.NewId(new RuleSide(target, parent, RuleFilter.None), entry);
        await target.CommitAsync(edit =>
        {
            if (target.Reader.Find(parent, name) is not null) throw new PeerDriveException(ErrorKind.AlreadyExists, $"There is already a '{name}'.");
            edit.Place(id, parent, name, entry.Document, entry.IsFolder);
            foreach (var revision in revisions) edit.Carry(revision, id);
        });
        return id;
    }

    private static string PathOf(Volume volume, EntryId folder) => $"{volume.Name}:{(folder == EntryId.Root ? "/" : volume.Reader.PathOf(folder))}";
}
