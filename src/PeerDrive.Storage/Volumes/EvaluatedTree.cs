using PeerDrive.Model.Changesets;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Merging;
using PeerDrive.Model.Revisions;
using PeerDrive.Model.Tree;
using PeerDrive.Storage.Catalog;
using PeerDrive.Storage.Log;

namespace PeerDrive.Storage.Volumes;

/// <summary>
/// The tree and the shown revisions that a part of a volume's changesets makes, computed from the log by the rules from scratch.
/// Holds every live entry of that tree in memory: what <see cref="PastTree"/> answers folder by folder, and is tested against. Immutable.
/// </summary>
internal sealed class EvaluatedTree
{
    private readonly Dictionary<EntryId, TreeEntry> entries;
    private readonly Dictionary<DocumentId, (RevisionId Revision, int Heads)> shown;
    private readonly Dictionary<EntryId, EntryName> suffixed;
    private readonly ILookup<EntryId, EntryId> children;

    private EvaluatedTree(Dictionary<EntryId, TreeEntry> entries, Dictionary<DocumentId, (RevisionId Revision, int Heads)> shown, Dictionary<EntryId, EntryName> suffixed)
    {
        this.entries = entries;
        this.shown = shown;
        this.suffixed = suffixed;
        children = entries.ToLookup(entry => entry.Value.ShownParent, entry => entry.Key);
    }

    /// <summary>All live entries, in no order.</summary>
    internal IEnumerable<KeyValuePair<EntryId, TreeEntry>> Live => entries;

    /// <summary>An entry that was live then; null when it was not.</summary>
    public TreeEntry? Find(EntryId entry) => entries.GetValueOrDefault(entry);

    /// <summary>Live entries of a folder, in no order.</summary>
    public IEnumerable<EntryId> Children(EntryId folder) => children[folder];

    /// <summary>The name under which a live entry was found.</summary>
    public EntryName ShownName(EntryId entry) => suffixed.TryGetValue(entry, out var name) ? name : entries[entry].Name;

    /// <summary>The revision that a document showed; null when none had come.</summary>
    public RevisionId? ShownOf(DocumentId document) => shown.TryGetValue(document, out var found) ? found.Revision : null;

    /// <summary>Number of heads that a document had.</summary>
    internal int HeadsOf(DocumentId document) => shown.TryGetValue(document, out var found) ? found.Heads : 0;

    /// <summary>Evaluates the changesets that count; who asks leaves out what is void. The caller sees one state of the catalog meanwhile.</summary>
    internal static EvaluatedTree Read(
        VolumeCatalog catalog, ChangesetLog log, Func<DeviceId, string> deviceName, Func<ChangesetRow, Changeset, bool> counts)
    {
        var changesets = new List<TreeChangeset>();
        var revisions = new Dictionary<DocumentId, Dictionary<RevisionId, RevisionNode>>();
        var end = catalog.Applied;
        foreach (var (_, changeset, next) in end == new LogPosition(1, 0) ? [] : log.ReadFrom(new LogPosition(1, 0)))
        {
            if (catalog.Chains.Find(changeset.Hash) is { } row && counts(row, changeset)) Take(row, changeset);
            // Beyond lies what a commit is just writing.
            if (next.CompareTo(end) >= 0) break;
        }
        var live = TreeEvaluation.Evaluate(changesets).Entries.Where(entry => entry.Value.IsLive).ToDictionary();
        var shown = new Dictionary<DocumentId, (RevisionId, int)>(revisions.Count);
        foreach (var (document, nodes) in revisions)
        {
            var heads = HeadSet.Of(nodes);
            if (heads.Shown is { } revision) shown[document] = (revision, heads.Heads.Length);
        }
        return new EvaluatedTree(live, shown, Suffixed(live, key => deviceName(catalog.Chains.Chain(catalog.Chains.Require(key.Changeset).Chain).Device)));

        void Take(ChangesetRow row, Changeset changeset)
        {
            changesets.Add(TreeChangeset.Of(
                changeset, Branch(row.Chain), catalog.Chains.VectorOf(row).ToDictionary(seen => Branch(seen.Key), seen => (ulong)seen.Value)));
            foreach (var revise in changeset.Body.Operations.OfType<Operation.Revise>())
            {
                var revision = revise.Revision;
                if (!revisions.TryGetValue(revision.Document, out var nodes)) revisions[revision.Document] = nodes = [];
                nodes[revision.Id] = new RevisionNode(revision.Parents, revision.IsMerge, revision.Fields.Time);
            }
        }
    }

    private static Dictionary<EntryId, EntryName> Suffixed(Dictionary<EntryId, TreeEntry> live, Func<OrderKey, string> deviceOf)
    {
        var suffixed = new Dictionary<EntryId, EntryName>();
        var folders = live.Where(entry => entry.Value.Rank > 0).ToLookup(entry => entry.Value.ShownParent);
        var plain = live.Values.Where(entry => entry.Rank == 0 && folders.Contains(entry.ShownParent)).Select(entry => (entry.ShownParent, entry.Name)).ToHashSet();
        foreach (var folder in folders)
        {
            var ranked = folder.Select(entry => new RankedName(entry.Key, entry.Value.Name, entry.Value.Rank, entry.Value.IsFolder, deviceOf(entry.Value.PlacedAt)));
            foreach (var (entry, name) in ShownNames.Of(ranked, name => plain.Contains((folder.Key, name)))) suffixed[entry] = name;
        }
        return suffixed;
    }

    private static AuthorId Branch(long chain) => new(new Bits128(0, (ulong)chain));
}
