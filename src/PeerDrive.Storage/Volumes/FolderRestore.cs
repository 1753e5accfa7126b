using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Revisions;
using PeerDrive.Storage.History;

namespace PeerDrive.Storage.Volumes;

/// <summary>
/// Makes all that is live below a folder what it was in a past tree, by undeletes, moves, new revisions and deletes: nothing
/// leaves the history. The folder itself stays where it is, or is undeleted. Used under the volume's gate.
/// </summary>
/// <param name="folder">The folder's entry, or the root.</param>
public sealed class FolderRestore(Volume volume, PastTree past, EntryId folder)
{
    private readonly List<RestoreStep> steps = [];
    private readonly List<Action<VolumeEdit>> edits = [];
    private readonly Dictionary<EntryId, string> paths = [];
    private readonly HashSet<DocumentId> revised = [];
    private List<PastEntry> order = [];

    /// <summary>What is to be done now, in order; does nothing yet.</summary>
    /// <exception cref="PeerDriveException">NotFound: there was no such folder. Conflict: it lies inside something that was in it.</exception>
    public IReadOnlyList<RestoreStep> Plan(string comment)
    {
        steps.Clear();
        edits.Clear();
        paths.Clear();
        revised.Clear();
        PlanTop(comment);
        order = InOrder();
        RequireOutside();
        foreach (var then in order) PlanEntry(then, comment);
        foreach (var above in order.Where(entry => entry.IsFolder).Select(entry => entry.Id).Prepend(folder)) PlanDeletes(above, paths[above]);
        return steps;
    }

    /// <summary>Does what was planned under the same hold of the gate.</summary>
    public void Apply(VolumeEdit edit)
    {
        foreach (var step in edits) step(edit);
        // A folder that was deleted, and lived only by what was deleted just now, is put back.
        foreach (var then in order)
        {
            if (!volume.Reader.Require(then.Id).IsLive) PlaceAsThen(edit, then);
        }
    }

    private void PlanTop(string comment)
    {
        paths[folder] = "";
        if (folder == EntryId.Root) return;
        var then = past.Find(folder);
        if (then is not { IsFolder: true }) throw new PeerDriveException(ErrorKind.NotFound, "There was no such folder then.");
        var now = volume.Reader.Require(folder);
        paths[folder] = volume.Reader.PathOf(folder);
        if (!now.IsLive) Add(RestoreAction.Undelete, folder, null, edit => edit.Undelete(folder));
        PlanRevision(now, then, comment);
    }

    /// <summary>What was live below the folder, each after the folder it was in.</summary>
    private List<PastEntry> InOrder()
    {
        var found = new List<PastEntry>();
        var open = new Queue<EntryId>([folder]);
        while (open.TryDequeue(out var above))
        {
            foreach (var child in past.Children(above))
            {
                paths[child.Id] = $"{paths[above]}/{child.Name}";
                found.Add(child);
                open.Enqueue(child.Id);
            }
        }
        return found;
    }

    private void RequireOutside()
    {
        var inside = order.Select(entry => entry.Id).ToHashSet();
        for (var above = folder; above != EntryId.Root && above != EntryId.LostAndFound; above = volume.Reader.Require(above).Parent)
        {
            if (inside.Contains(above))
                throw new PeerDriveException(ErrorKind.Conflict, $"'{volume.Reader.PathOf(above)}' was in this folder then and holds it now. Restore the folder above both.");
        }
    }

    private void PlanEntry(PastEntry then, string comment)
    {
        var now = volume.Reader.Require(then.Id);
        if (!now.IsLive) Add(RestoreAction.Undelete, then.Id, null, edit => PlaceAsThen(edit, then));
        else if (now.Parent != then.Parent || now.Name != then.Name || now.Document != then.Document)
            Add(RestoreAction.Move, then.Id, volume.Reader.PathOf(then.Id), edit => PlaceAsThen(edit, then));
        PlanRevision(now, then, comment);
    }

    private static void PlaceAsThen(VolumeEdit edit, PastEntry then) => edit.Place(then.Id, then.Parent, then.Name, then.Document, then.IsFolder);

    private void PlanRevision(EntryView now, PastEntry then, string comment)
    {
        if (then.Shown is not { Id: var shown } || now.Shown?.Id == shown || !revised.Add(then.Document)) return;
        if (volume.Reader.Revision(shown) is not { } old) return;
        if (now.Shown is { } current && now.Document == then.Document && volume.Reader.Revision(current.Id) is { } newest && newest.State.SameAs(old.State)) return;
        Add(RestoreAction.Revise, now.Id, null, edit => edit.Revise(now.Id, old.State, [.. volume.Reader.Heads(then.Document).Select(head => head.Id)], comment));
    }

    /// <summary>Deletes what is in a folder now and was nowhere below the restored folder then, each after what is in it.</summary>
    private void PlanDeletes(EntryId above, string path)
    {
        foreach (var entry in volume.Reader.List(above))
        {
            if (paths.ContainsKey(entry.Id)) continue;
            var name = $"{path}/{entry.ShownName}";
            if (entry.IsFolder) PlanDeletes(entry.Id, name);
            steps.Add(new RestoreStep(RestoreAction.Delete, entry.Id, name, null));
            edits.Add(edit => edit.DeleteOnly(entry));
        }
    }

    private void Add(RestoreAction action, EntryId entry, string? from, Action<VolumeEdit> edit)
    {
        steps.Add(new RestoreStep(action, entry, paths[entry], from));
        edits.Add(edit);
    }
}
