using PeerDrive.Model.Changesets;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Revisions;
using PeerDrive.Storage.Catalog;
using PeerDrive.Storage.Volumes;

namespace PeerDrive.Storage.History;

/// <summary>Says what the operations of a changeset did. For one page; used with the catalog's gate held.</summary>
internal sealed class HistoryWords(VolumeCatalog catalog)
{
    /// <summary>How comments of what brings an old state back begin.</summary>
    private static readonly string[] Restoring = ["restored ", "rewound "];

    private readonly HistoryPaths paths = new(catalog);

    /// <summary>The changes in a changeset, in the order of its operations. What puts a new document somewhere and its first revision are one.</summary>
    /// <param name="wanted">Only of these operations; null: of all.</param>
    /// <param name="below">Only in this folder and below; null: anywhere.</param>
    public List<HistoryChange> Of(Changeset changeset, ChangesetRow row, DeviceId device, long time, HashSet<int>? wanted, long? below)
    {
        var operations = changeset.Body.Operations;
        var found = new List<HistoryChange>();
        var revised = new Dictionary<(EntryId Through, DocumentId Document), int>();
        for (var i = 0; i < operations.Length; i++)
        {
            if (operations[i] is Operation.Revise { Through: { } through } revise) revised.TryAdd((through, revise.Revision.Document), i);
        }
        var told = new HashSet<int>();
        for (var i = 0; i < operations.Length; i++)
        {
            if (told.Contains(i) || (wanted is not null && !wanted.Contains(i))) continue;
            var at = new HistoryCursor(time, row.Hash, i);
            var change = operations[i] switch
            {
                Operation.Put put => Put(at, row.Key(i), device, put, revised.TryGetValue((put.Entry, put.Document), out var with) ? (Operation.Revise)operations[with] : null, below),
                Operation.Delete delete => Delete(at, row.Key(i), device, delete, below),
                Operation.Revise revise => Revise(at, row.Key(i), device, revise, below),
                _ when below is null => Other(at, device, operations[i]),
                _ => null,
            };
            if (operations[i] is Operation.Put { Entry: var entry, Document: var document } && change?.Revision is not null && revised.TryGetValue((entry, document), out var joined)) told.Add(joined);
            if (change is not null) found.Add(change);
        }
        return found;
    }

    private HistoryChange? Put(HistoryCursor at, OrderKey key, DeviceId device, Operation.Put put, Operation.Revise? with, long? below)
    {
        if (catalog.Tree.FindRow(put.Entry) is not { } entry || catalog.Tree.FindRow(put.Parent) is not { } parent) return null;
        var before = paths.Before(entry, key);
        if (below is { } folder && !paths.IsIn(parent, folder) && !(before is { } old && paths.IsIn(old.Parent, folder)) && entry != folder) return null;
        var kind = before is not { } last ? with is null && HasOtherNames(entry, put.Document) ? HistoryKind.Linked : HistoryKind.Created
            : IsDeletedBetween(entry, last.Key, key) ? HistoryKind.Undeleted
            : last.Parent != parent ? HistoryKind.Moved
            : last.Name != put.Name ? HistoryKind.Renamed : HistoryKind.Restored;
        var joins = kind is HistoryKind.Created or HistoryKind.Undeleted;
        var from = kind is HistoryKind.Moved or HistoryKind.Renamed && before is { } was ? paths.Of(was.Parent, was.Name) : null;
        return new HistoryChange(
            at, kind, device, paths.Of(parent, put.Name), from, put.Entry, put.Document, put.IsFolder, joins && with is not null ? View(with) : null, joins ? with?.Revision.Fields.Comment ?? "" : "");
    }

    private HistoryChange? Delete(HistoryCursor at, OrderKey key, DeviceId device, Operation.Delete delete, long? below)
    {
        if (catalog.Tree.FindRow(delete.Entry) is not { } entry || paths.Before(entry, key) is not { } before) return null;
        if (below is { } folder && !paths.IsIn(before.Parent, folder) && entry != folder) return null;
        if (IsVoid(entry, at)) return null;
        return new HistoryChange(
            at, HistoryKind.Deleted, device, paths.Of(before.Parent, before.Name), null, delete.Entry, catalog.Revisions.DocumentOf(before.Document), before.IsFolder, null, "");
    }

    private HistoryChange? Revise(HistoryCursor at, OrderKey key, DeviceId device, Operation.Revise revise, long? below)
    {
        var revision = revise.Revision;
        var through = revise.Through is { } named ? catalog.Tree.FindRow(named)
            : catalog.Revisions.FindRow(revision.Document) is { } document && catalog.Tree.EntriesOf(document) is [var first, ..] ? first : null;
        var place = through is { } entry ? paths.Before(entry, key) ?? paths.Puts(entry).Select(put => (PastPut?)put).FirstOrDefault() : null;
        if (below is { } folder && !(place is { } there && paths.IsIn(there.Parent, folder)) && through != folder) return null;
        return new HistoryChange(
            at, KindOf(revision), device, place is { } known ? paths.Of(known.Parent, known.Name) : "", null, through is { } row ? catalog.Tree.IdOf(row) : null,
            revision.Document, revision.State.Kind == DocumentKind.Folder, View(revise), revision.Fields.Comment);
    }

    private static HistoryChange? Other(HistoryCursor at, DeviceId device, Operation operation)
    {
        var (kind, what) = operation switch
        {
            Operation.Member member => (HistoryKind.Members, $"{member.Certificate.Name} is {member.Role.ToString().ToLowerInvariant()}"),
            Operation.Device added => (HistoryKind.Members, $"device {added.Certificate.Name} came"),
            Operation.RemoveMember removed => (HistoryKind.Members, $"{removed.Person} was removed"),
            Operation.Setting setting => (HistoryKind.Settings, $"{setting.Key} is \"{setting.Value}\""),
            Operation.Features features => (HistoryKind.Settings, $"features: {string.Join(", ", features.Names)}"),
            _ => (HistoryKind.Settings, ""),
        };
        return what.Length == 0 ? null : new HistoryChange(at, kind, device, "", null, null, null, false, null, what);
    }

    private HistoryKind KindOf(Revision revision)
    {
        if (revision.IsMerge || revision.Parents.Length > 1) return HistoryKind.Merged;
        if (Restoring.Any(start => revision.Fields.Comment.StartsWith(start, StringComparison.Ordinal))) return HistoryKind.Restored;
        if (revision.Parents is not [var parent] || catalog.Revisions.Find(parent) is not { } row) return revision.Parents.IsEmpty ? HistoryKind.Created : HistoryKind.Edited;
        var state = revision.State;
        if (row.Content != state.Content || row.Kind != state.Kind || row.TargetBytes != state.Target.Span.Length) return HistoryKind.Edited;
        if (!row.HasXattrs && state.Annotations.IsEmpty && state.Target.IsEmpty) return HistoryKind.Attributes;
        var old = catalog.Load(row).State;
        if (!old.Target.Equals(state.Target)) return HistoryKind.Edited;
        return (old with { Annotations = state.Annotations }).SameAs(state) && !old.SameAs(state) ? HistoryKind.Annotations : HistoryKind.Attributes;
    }

    private RevisionView? View(Operation.Revise revise) => catalog.Revisions.Find(revise.Revision.Id) is { } row ? VolumeReader.View(row) : null;

    private bool HasOtherNames(long entry, DocumentId document) => catalog.Revisions.FindRow(document) is { } row && catalog.Tree.EntriesOf(row).Exists(other => other != entry);

    private bool IsDeletedBetween(long entry, OrderKey from, OrderKey to)
    {
        using var select = catalog.Db.Prepare(
            "SELECT changesets.lamport, changesets.hash, deletes.op FROM deletes JOIN changesets ON changesets.id = deletes.changeset WHERE deletes.entry = ? AND deletes.void = 0").Bind(entry);
        while (select.Step())
        {
            var key = new OrderKey((ulong)select.Long(0), select.Id<ChangesetHash>(1), select.Int(2));
            if (key.CompareTo(from) > 0 && key.CompareTo(to) < 0) return true;
        }
        return false;
    }

    private bool IsVoid(long entry, HistoryCursor at)
    {
        using var select = catalog.Db.Prepare(
            "SELECT deletes.void FROM deletes JOIN changesets ON changesets.id = deletes.changeset WHERE deletes.entry = ? AND changesets.hash = ? AND deletes.op = ?")
            .Bind(entry).BindId(at.Changeset).Bind(at.Operation);
        return select.Step() && select.Flag(0);
    }
}
