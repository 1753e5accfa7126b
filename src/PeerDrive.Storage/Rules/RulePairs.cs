using PeerDrive.Model.Identifiers;
using PeerDrive.Storage.Volumes;

namespace PeerDrive.Storage.Rules;

/// <summary>Finds which entries of a rule's two folders belong together.</summary>
internal sealed class RulePairs(RuleMemory memory, RuleSide source, RuleSide target)
{
    /// <summary>An entry with its counterpart, live or not.</summary>
    /// <returns>IsKnown: the rule had both in step before, so that what one side has no more was taken from there.</returns>
    public (EntryView? Source, EntryView? Target, bool IsKnown) Of(RuleWork work)
    {
        var (from, to) = work.IsSource ? (source, target) : (target, source);
        if (from.Reader.Get(work.Entry) is not { } entry) return (null, null, false);
        var known = CounterpartOf(from, entry.Id);
        var other = known is { } id ? to.Reader.Get(id) : from.Has(entry) ? Match(from, entry, to) : null;
        return work.IsSource ? (entry, other, known is not null) : (other, entry, known is not null);
    }

    /// <summary>The entry of the other side that an entry was paired with; of the rule's folder the other one.</summary>
    public EntryId? CounterpartOf(RuleSide side, EntryId entry)
    {
        if (entry == side.Folder) return side == source ? target.Folder : source.Folder;
        return side == source ? memory.TargetOf(entry) : memory.SourceOf(entry);
    }

    /// <summary>The id that an entry gets on the other side: the same one, so that all that carry it agree, unless that is in use elsewhere there.</summary>
    public static EntryId NewId(RuleSide to, EntryView entry)
    {
        if (to.Reader.Get(entry.Id) is not { } there || (!there.IsLive && there.Document == entry.Document && there.IsFolder == entry.IsFolder)) return entry.Id;
        for (byte salt = 0; ; salt++)
        {
            var id = Id.Hash<EntryId>([(byte)'R', salt, .. to.Volume.Id.ToBytes(), .. to.Folder.ToBytes(), .. entry.Id.ToBytes()]);
            if (to.Reader.Get(id) is not { } used || (!used.IsLive && used.Document == entry.Document)) return id;
        }
    }

    /// <summary>What the other side has of the document already, under a name that belongs to no other entry; of a folder also another one in the same place.</summary>
    private EntryView? Match(RuleSide from, EntryView entry, RuleSide to)
    {
        var same = to.Reader.EntriesOf(entry.Document).Where(other => to.Has(other) && CounterpartOf(to, other.Id) is null)
            .OrderBy(other => to.ReachOf(other) == RuleReach.Out).ThenByDescending(other => other.Id == entry.Id).ThenByDescending(other => other.Name == entry.Name).ThenBy(other => other.Id).FirstOrDefault();
        if (same is not null || !entry.IsFolder) return same;
        if (CounterpartOf(from, entry.Parent) is not { } parent || to.Reader.Find(parent, entry.Name) is not { IsFolder: true } named) return null;
        // A folder that both have keeps to itself.
        return CounterpartOf(to, named.Id) is null && !from.Reader.EntriesOf(named.Document).Any(from.Has) ? named : null;
    }
}
