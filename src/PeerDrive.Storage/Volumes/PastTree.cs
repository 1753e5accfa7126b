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
/// Holds every entry of that tree in memory.
/// </summary>
public sealed class PastTree
{
    private readonly IReadOnlyDictionary<EntryId, TreeEntry> entries;
    private readonly Dictionary<DocumentId, Dictionary<RevisionId, RevisionNode>> revisions;
    private readonly ILookup<EntryId, EntryId> children;

    private PastTree(IReadOnlyDictionary<EntryId, TreeEntry> entries, Dictionary<DocumentId, Dictionary<RevisionId, RevisionNode>> revisions)
    {
        this.entries = entries;
        this.revisions = revisions;
        children = entries.Where(entry => entry.Value.IsLive).ToLookup(entry => entry.Value.ShownParent, entry => entry.Key);
    }

    /// <summary>An entry that was live then; null when it was not.</summary>
    public TreeEntry? Find(EntryId entry) => entries.TryGetValue(entry, out var found) && found.IsLive ? found : null;

    /// <summary>Live entries of a folder, in no order.</summary>
    public IEnumerable<EntryId> Children(EntryId folder) => children[folder];

    /// <summary>The live entry that was at a path of names; null for the root and when there was none.</summary>
    public EntryId? Resolve(byte[] path)
    {
        EntryId? at = null;
        foreach (var range in path.AsSpan().Split((byte)'/'))
        {
            var part = path.AsSpan(range);
            if (part.IsEmpty || part.SequenceEqual("."u8)) continue;
            if (!EntryName.IsValid(part)) return null;
            var name = EntryName.Create(part);
            at = children[at ?? EntryId.Root].Where(child => entries[child].Name == name).OrderBy(child => entries[child].Rank).Select(child => (EntryId?)child).FirstOrDefault();
            if (at is null) return null;
        }
        return at;
    }

    /// <summary>The revision that a document showed; null when none had come.</summary>
    public RevisionId? ShownOf(DocumentId document) => revisions.TryGetValue(document, out var nodes) ? HeadSet.Of(nodes).Shown : null;

    /// <summary>Evaluates the changesets that count, and of those only what is not void. The caller sees one state of the catalog meanwhile.</summary>
    internal static PastTree Read(VolumeCatalog catalog, ChangesetLog log, Func<ChangesetRow, Changeset, bool> counts)
    {
        var changesets = new List<TreeChangeset>();
        var revisions = new Dictionary<DocumentId, Dictionary<RevisionId, RevisionNode>>();
        var end = catalog.Applied;
        foreach (var (_, changeset, next) in end == new LogPosition(1, 0) ? [] : log.ReadFrom(new LogPosition(1, 0)))
        {
            if (catalog.Chains.Find(changeset.Hash) is { IsVoid: false } row && counts(row, changeset)) Take(row, changeset);
            // Beyond lies what a commit is just writing.
            if (next.CompareTo(end) >= 0) break;
        }
        return new PastTree(TreeEvaluation.Evaluate(changesets).Entries, revisions);

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

    private static AuthorId Branch(long chain) => new(new Bits128(0, (ulong)chain));
}
