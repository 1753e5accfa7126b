using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Revisions;
using PeerDrive.Storage.Volumes;

namespace PeerDrive.FileSystem.Trees;

/// <summary>What the mount's own commits changed, until the change stream has told of it. All of it under the tree's lock.</summary>
internal sealed class OwnChanges
{
    /// <summary>With where the mount shows them; null: not to be said.</summary>
    private readonly Dictionary<EntryId, (EntryId? Folder, EntryName Name)?> entries = [];

    private readonly HashSet<DocumentId> documents = [];

    public void Note(IEnumerable<EntryId> committed, IEnumerable<DocumentId> of)
    {
        foreach (var entry in committed) entries.TryAdd(entry, null);
        documents.UnionWith(of);
    }

    /// <summary>The mount shows an entry where its commit has put it.</summary>
    public void Note(EntryId entry, Place place) => entries[entry] = (place.Folder.Entry, place.Name);

    /// <summary>The change stream tells of a commit of the mount's, or of that too.</summary>
    public bool Contains(EntryView view) => entries.ContainsKey(view.Id) || documents.Contains(view.Document);

    /// <summary>The mount shows the entry where the volume has it.</summary>
    public bool IsShown(EntryView view) => entries.GetValueOrDefault(view.Id) is { } place && place == (view.Parent, view.ShownName);

    /// <summary>The change stream has told.</summary>
    public void Forget(VolumeChange change)
    {
        foreach (var entry in change.Entries) entries.Remove(entry);
        documents.ExceptWith(change.Documents);
    }

    /// <summary>The change stream tells that anything may have changed.</summary>
    public void Clear()
    {
        entries.Clear();
        documents.Clear();
    }
}
