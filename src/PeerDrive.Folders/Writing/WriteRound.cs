using PeerDrive.Folders.Rows;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Revisions;
using PeerDrive.Native;
using PeerDrive.Storage.Volumes;

namespace PeerDrive.Folders.Writing;

/// <summary>What is to be written in a directory, and what came of it. Used by the link's loop only.</summary>
internal sealed class WriteRound(LinkScope scope)
{
    private Queue<EntryId> queue = [];
    private HashSet<EntryId> queued = [];

    /// <summary>Entries to be looked at in the next round.</summary>
    public HashSet<EntryId> Pending { get; } = [];

    /// <summary>Paths that are not as their rows say: to be scanned before <see cref="Pending"/> is tried again.</summary>
    public List<(long Folder, EntryName Name)> LocallyChanged { get; } = [];

    /// <summary>What could not be written; null when nothing.</summary>
    public string? Problem { get; private set; }

    /// <summary>Entries that could not be written, and no event will tell when they can be.</summary>
    public HashSet<EntryId> Failures { get; } = [];

    /// <summary>Folders that lose all that is in them in this round.</summary>
    public List<FileRow> Emptied { get; } = [];

    /// <summary>Names changed that are not durable yet.</summary>
    public bool HasUnsyncedNames { get; set; }

    /// <summary>Entries of this round whose turn comes.</summary>
    public int QueueCount => queue.Count;

    public void Begin()
    {
        Problem = null;
        Failures.Clear();
        queue = new Queue<EntryId>();
        queued = [];
        Emptied.Clear();
    }

    public void Enqueue(EntryId entry)
    {
        if (queued.Add(entry)) queue.Enqueue(entry);
    }

    public bool TryDequeue(out EntryId entry)
    {
        if (!queue.TryDequeue(out entry)) return false;
        queued.Remove(entry);
        return true;
    }

    /// <summary>Something is not as its row says, so the entry waits for a scan.</summary>
    public void Disturbed(FileRow folder, EntryView view)
    {
        Disturbed(folder, view.ShownName);
        Pending.Add(view.Id);
    }

    /// <inheritdoc cref="Disturbed(FileRow, EntryView)"/>
    public void Disturbed(FileRow folder, FileRow row)
    {
        Disturbed(folder, row.Name);
        Pending.Add(row.Entry);
    }

    /// <summary>A name is to be scanned.</summary>
    public void Disturbed(FileRow folder, EntryName name)
    {
        LocallyChanged.Add((folder.Id, name));
        if (scope.IsTaken(folder)) LocallyChanged.Add((folder.Parent, folder.Name));
    }

    public void Failed(FileRow folder, EntryView view, ErrnoException e) =>
        Failed(view.Id, $"'{EntryName.Display(RowTable.Join(scope.Rows.PathOf(folder) ?? [], view.ShownName))}' could not be written: {e.Message}.");

    /// <param name="problem">A sentence that names the path.</param>
    public void Failed(EntryId entry, string problem)
    {
        Failures.Add(entry);
        Problem = problem;
    }
}
