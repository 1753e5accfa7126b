using PeerDrive.Model;
using PeerDrive.Model.Changesets;
using PeerDrive.Model.Checkpoints;
using PeerDrive.Model.Encoding;
using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Members;
using PeerDrive.Model.Revisions;
using PeerDrive.Storage.Catalog;
using PeerDrive.Storage.Log;
using PeerDrive.Storage.Volumes;

namespace PeerDrive.Storage.Checkpoints;

/// <summary>
/// Computes what a checkpoint has to say of one state of a volume: at the present vector from the catalog, at an earlier one from the log.
/// The caller holds the gate of the catalog, which stays as it is meanwhile.
/// </summary>
internal sealed class CheckpointMaker(VolumeId volume, VolumeCatalog catalog, ChangesetLog log)
{
    /// <summary>The live tree as the catalog has it, and its vector.</summary>
    /// <exception cref="PeerDriveException">LimitExceeded: it is too large.</exception>
    public (VersionVector Vector, CheckpointTree Tree) Present()
    {
        var members = MembersOf(catalog.MembershipChangesets());
        var reader = new VolumeReader(new CatalogSnapshots(catalog, catalog), device => NameOf(members, device));
        var entries = new List<CheckpointEntry>();
        var open = new Stack<EntryId>([EntryId.LostAndFound, EntryId.Root]);
        while (open.TryPop(out var folder))
        {
            foreach (var entry in reader.List(folder))
            {
                if (entries.Count >= ModelLimits.CheckpointEntries) throw new PeerDriveException(ErrorKind.LimitExceeded, "The volume has too many entries for a checkpoint.");
                entries.Add(new CheckpointEntry(
                    entry.Id, folder, entry.ShownName, entry.Document, entry.IsFolder, entry.Shown is null ? 0 : entry.Heads, entry.Shown is { } shown ? Revision(reader, shown) : null));
                if (entry.IsFolder) open.Push(entry.Id);
            }
        }
        return (catalog.Chains.Vector(), CheckpointTree.Of(entries));
    }

    /// <summary>Whether a vector, all of which is here, is one that a replica can be at: with each changeset it has all that it depends on.</summary>
    public bool IsState(VersionVector vector)
    {
        var rows = vector.Tips.Select(tip => (Tip: tip, Row: catalog.Chains.Require(tip.Hash))).ToList();
        var seen = catalog.Chains.Including(rows.Select(tip => tip.Row));
        return rows.TrueForAll(tip => (ulong)tip.Row.Sequence == tip.Tip.Sequence && catalog.Chains.Chain(tip.Row.Chain).Author == tip.Tip.Author
            && catalog.Chains.VectorOf(tip.Row).All(known => seen.TryGetValue(known.Key, out var sequence) && sequence >= known.Value));
    }

    /// <summary>The live tree that the changesets up to a vector make, whatever came since; all of them are here. Null: a device was no member at that vector.</summary>
    public CheckpointTree? At(VersionVector vector, DeviceId device)
    {
        var seen = catalog.Chains.Including(vector.Tips.Select(tip => catalog.Chains.Require(tip.Hash)));
        bool IsSeen(ChangesetRow row) => seen.TryGetValue(row.Chain, out var sequence) && sequence >= row.Sequence;
        var administrative = catalog.MembershipChangesets().Where(IsSeen).ToList();
        var members = MembersOf(administrative);
        if (members.RoleOf(device) == Role.None) return null;
        if (catalog.Chains.Vector().Equals(vector)) return Present().Tree;
        // What a later removal made void was not void then.
        var hasRemovals = administrative.Any(row => log.Read(row.Position, out _).Body.Operations.Any(operation => operation is Operation.RemoveMember));
        var past = EvaluatedTree.Read(
            catalog, log, maker => NameOf(members, maker),
            (row, changeset) => IsSeen(row) && (!hasRemovals || members.Counts(AuthoredOperations.Of(changeset, catalog.Chains.DependenciesOf(changeset.Header)))));
        var reader = new VolumeReader(new CatalogSnapshots(catalog, catalog), maker => NameOf(members, maker));
        var live = past.Live.ToList();
        var unknown = hasRemovals || catalog.Chains.AnyStored(row => row.IsVoid) ? FromLog(live.Select(entry => past.ShownOf(entry.Value.Document)).OfType<RevisionId>()) : [];
        return CheckpointTree.Of(live.Select(entry =>
        {
            var (id, placed) = entry;
            var shown = past.ShownOf(placed.Document) is not { } revision ? null : reader.FindRevision(revision) is { } view ? Revision(reader, view) : unknown[revision];
            var name = placed.ShownParent == EntryId.LostAndFound ? placed.Name : past.ShownName(id);
            return new CheckpointEntry(id, placed.ShownParent, name, placed.Document, placed.IsFolder, past.HeadsOf(placed.Document), shown);
        }));
    }

    /// <summary>Of some revisions those that the catalog has not got, as they came in what is void now.</summary>
    private Dictionary<RevisionId, CheckpointRevision> FromLog(IEnumerable<RevisionId> revisions)
    {
        var wanted = revisions.Where(revision => catalog.Revisions.Find(revision) is null).ToHashSet();
        var found = new Dictionary<RevisionId, CheckpointRevision>();
        if (wanted.Count == 0) return found;
        foreach (var (_, changeset, next) in log.ReadFrom(new LogPosition(1, 0)))
        {
            foreach (var (revision, _) in changeset.Body.Operations.OfType<Operation.Revise>())
            {
                if (!wanted.Contains(revision.Id)) continue;
                var state = revision.State;
                found[revision.Id] = new CheckpointRevision(revision.Id, state.Kind, state.Content, state.Mode, state.Owner, state.Group, state.Mtime, state.Target, state.DeviceNumber);
            }
            if (next.CompareTo(catalog.Applied) >= 0) break;
        }
        return found;
    }

    private static string NameOf(Membership members, DeviceId device) => members.CertificateOf(device)?.Name ?? device.ToHex()[..8];

    private static CheckpointRevision Revision(VolumeReader reader, RevisionView shown)
    {
        var target = shown.Kind is DocumentKind.SymbolicLink or DocumentKind.Link && reader.Revision(shown.Id) is { } revision ? revision.State.Target : default;
        return new CheckpointRevision(shown.Id, shown.Kind, shown.Content, shown.Mode, shown.Owner, shown.Group, shown.Mtime, target, shown.DeviceNumber);
    }

    private Membership MembersOf(IEnumerable<ChangesetRow> changesets) => Membership.Of(
        volume, changesets.Select(row => log.Read(row.Position, out _)).Select(changeset => AuthoredOperations.Of(changeset, catalog.Chains.DependenciesOf(changeset.Header))), IsBefore);

    private bool IsBefore(Tip tip, Tip limit) => VolumeMembers.IsBefore(catalog.Chains, tip, limit);
}
