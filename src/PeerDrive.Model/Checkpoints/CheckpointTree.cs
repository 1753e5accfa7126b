using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Revisions;

namespace PeerDrive.Model.Checkpoints;

/// <summary>
/// The live tree that a checkpoint tells of. Entries are in the one order that there is for them: those of the root, those of lost+found, then
/// those of each folder in the order of the folders; in a folder by name, then by id. So a folder comes before what is in it. Immutable.
/// </summary>
public sealed class CheckpointTree
{
    private readonly Dictionary<EntryId, int> numbers;
    private readonly Dictionary<EntryId, Range> children;

    private CheckpointTree(IReadOnlyList<CheckpointEntry> entries, Dictionary<EntryId, int> numbers, Dictionary<EntryId, Range> children)
    {
        Entries = entries;
        this.numbers = numbers;
        this.children = children;
    }

    public IReadOnlyList<CheckpointEntry> Entries { get; }

    /// <summary>Puts live entries, given in any order, into theirs.</summary>
    /// <param name="entries">A tree, as a replica computes it.</param>
    /// <exception cref="PeerDriveException">LimitExceeded: it is larger than a checkpoint may be.</exception>
    public static CheckpointTree Of(IEnumerable<CheckpointEntry> entries)
    {
        var below = entries.ToLookup(entry => entry.Parent);
        var ordered = new List<CheckpointEntry>();
        Take(EntryId.Root);
        Take(EntryId.LostAndFound);
        for (var i = 0; i < ordered.Count; i++)
        {
            if (ordered[i].IsFolder) Take(ordered[i].Id);
            if (ordered.Count > ModelLimits.CheckpointEntries) throw new PeerDriveException(ErrorKind.LimitExceeded, "The volume has too many entries for a checkpoint.");
        }
        return Check(ordered);

        void Take(EntryId folder) => ordered.AddRange(below[folder].OrderBy(entry => entry.Name).ThenBy(entry => entry.Id));
    }

    /// <summary>Takes entries that came from elsewhere, if they are a tree in its order.</summary>
    /// <exception cref="PeerDriveException">Corrupt: they are not. LimitExceeded.</exception>
    public static CheckpointTree Check(IReadOnlyList<CheckpointEntry> entries)
    {
        if (entries.Count > ModelLimits.CheckpointEntries) throw new PeerDriveException(ErrorKind.LimitExceeded, $"A checkpoint has at most {ModelLimits.CheckpointEntries} entries.");
        var numbers = new Dictionary<EntryId, int>(entries.Count) { [EntryId.Root] = -2, [EntryId.LostAndFound] = -1 };
        var children = new Dictionary<EntryId, Range>();
        var depths = new int[entries.Count];
        for (var i = 0; i < entries.Count; i++)
        {
            var entry = entries[i];
            if (!numbers.TryGetValue(entry.Parent, out var parent)) throw Corrupt("an entry comes before its folder");
            if (!numbers.TryAdd(entry.Id, i)) throw Corrupt("an entry is there twice");
            if (parent >= 0 && !entries[parent].IsFolder) throw Corrupt("an entry is in what is no folder");
            depths[i] = parent < 0 ? 1 : depths[parent] + 1;
            if (depths[i] > ModelLimits.CheckpointDepth) throw new PeerDriveException(ErrorKind.LimitExceeded, $"A checkpoint has at most {ModelLimits.CheckpointDepth} folders inside each other.");
            if (i == 0 || entries[i - 1].Parent != entry.Parent)
            {
                if (i > 0 && numbers[entries[i - 1].Parent] >= parent) throw Corrupt("its entries are out of order");
                children[entry.Parent] = i..(i + 1);
                continue;
            }
            var order = entries[i - 1].Name.CompareTo(entry.Name);
            if (order > 0 || (order == 0 && (parent != numbers[EntryId.LostAndFound] || entries[i - 1].Id.CompareTo(entry.Id) >= 0)))
                throw Corrupt("names are out of order, or there twice");
            children[entry.Parent] = children[entry.Parent].Start..(i + 1);
        }
        return new CheckpointTree(entries, numbers, children);
    }

    /// <summary>Entries of a folder by name's bytes.</summary>
    public IEnumerable<CheckpointEntry> Children(EntryId folder)
    {
        if (!children.TryGetValue(folder, out var range)) yield break;
        for (var i = range.Start.Value; i < range.End.Value; i++) yield return Entries[i];
    }

    public CheckpointEntry? Find(EntryId entry) => numbers.TryGetValue(entry, out var number) && number >= 0 ? Entries[number] : null;

    /// <summary>The entry that a folder shows under a name; null when there is none.</summary>
    public CheckpointEntry? Find(EntryId folder, EntryName name)
    {
        if (!children.TryGetValue(folder, out var range)) return null;
        var (low, high) = (range.Start.Value, range.End.Value - 1);
        while (low <= high)
        {
            var middle = low + (high - low) / 2;
            var order = Entries[middle].Name.CompareTo(name);
            if (order == 0) return Entries[middle];
            if (order < 0) low = middle + 1;
            else high = middle - 1;
        }
        return null;
    }

    /// <summary>The entry at a path of names separated by slashes; null for the root and when there is none.</summary>
    /// <param name="found">Whether the path leads somewhere: to an entry, or to the root.</param>
    public CheckpointEntry? Resolve(ReadOnlySpan<byte> path, out bool found)
    {
        CheckpointEntry? at = null;
        found = true;
        foreach (var range in path.Split((byte)'/'))
        {
            var part = path[range];
            if (part.IsEmpty || part.SequenceEqual("."u8)) continue;
            at = EntryName.IsValid(part) ? Find(at?.Id ?? EntryId.Root, EntryName.Create(part)) : null;
            found = at is not null;
            if (!found) return null;
        }
        return at;
    }

    /// <summary>An entry's path for people, beginning with a slash.</summary>
    public string PathOf(CheckpointEntry entry)
    {
        var names = new Stack<string>();
        for (var at = entry; at is not null; at = Find(at.Parent))
        {
            names.Push(at.Name.ToString());
            if (at.Parent == EntryId.LostAndFound) names.Push("lost+found");
        }
        return "/" + string.Join('/', names);
    }

    internal int NumberOf(EntryId entry) => numbers[entry];

    private static PeerDriveException Corrupt(string why) => new(ErrorKind.Corrupt, $"A checkpoint is wrong: {why}.");
}
