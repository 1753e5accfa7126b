using PeerDrive.Model.Identifiers;
using PeerDrive.Node.Volumes;
using PeerDrive.Storage.Rules;
using PeerDrive.Storage.Volumes;

namespace PeerDrive.Node.Rules;

/// <summary>
/// Finds mirrors that rules lead back from: what they take from the target would come again, and in a ring of mirrors that never ends. All other rules may lead in rings.
/// </summary>
internal sealed class RuleLoops(VolumeTable volumes)
{
    private readonly Dictionary<string, Volume> open = volumes.All.ToDictionary(volume => volume.Id.ToHex());

    /// <summary>A mirror whose target leads back into its source; null: there is none.</summary>
    public KeptRule? Find(IReadOnlyCollection<KeptRule> rules)
    {
        var edges = new List<(Place From, Place To)>();
        foreach (var kept in rules)
        {
            var rule = kept.Rule();
            Place source = new(kept.Source, rule.File?.Source ?? rule.Source), target = new(kept.Target, rule.File?.Target ?? rule.Target);
            edges.Add((source, target));
            if (rule.Direction == RuleDirection.TwoWay) edges.Add((target, source));
        }
        return rules.FirstOrDefault(kept => kept.Rule() is { Direction: RuleDirection.Mirror } rule && Leads(edges, new Place(kept.Target, rule.Target), new Place(kept.Source, rule.Source)));
    }

    private bool Leads(List<(Place From, Place To)> edges, Place from, Place to)
    {
        var seen = new HashSet<Place> { from };
        var next = new Queue<Place>(seen);
        while (next.TryDequeue(out var at))
        {
            if (Overlap(at, to)) return true;
            foreach (var (begin, end) in edges)
            {
                if (Overlap(at, begin) && seen.Add(end)) next.Enqueue(end);
            }
        }
        return false;
    }

    private bool Overlap(Place one, Place other) => one.Volume == other.Volume && (IsAbove(one, other) || IsAbove(other, one));

    private bool IsAbove(Place folder, Place inside)
    {
        if (folder.Folder == EntryId.Root || folder.Folder == inside.Folder) return true;
        if (!open.TryGetValue(folder.Volume, out var volume)) return false;
        var at = inside.Folder;
        while (at != EntryId.Root && at != EntryId.LostAndFound && volume.Reader.Get(at) is { } entry)
        {
            if (at == folder.Folder) return true;
            at = entry.Parent;
        }
        return false;
    }

    private readonly record struct Place(string Volume, EntryId Folder);
}
