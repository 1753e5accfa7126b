using PeerDrive.Model.Changesets;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Revisions;

namespace PeerDrive.Model.Tree;

/// <summary>Where an entry is and whether it is shown.</summary>
/// <param name="Parent">The folder it was put into, also when nobody here knows that folder.</param>
/// <param name="ShownParent"><see cref="EntryId.LostAndFound"/> when <paramref name="Parent"/> was never placed or is no folder; else the parent.</param>
/// <param name="IsLive">Shown in the tree; otherwise in the trash.</param>
/// <param name="Rank">Of a live entry: 0 keeps the plain name, others are shown with a suffix (<see cref="ShownNames"/>). 0 in the trash.</param>
/// <param name="PlacedAt">The put that placed it here.</param>
public sealed record TreeEntry(
    EntryId Parent,
    EntryId ShownParent,
    EntryName Name,
    DocumentId Document,
    bool IsFolder,
    bool IsLive,
    int Rank,
    OrderKey PlacedAt)
{
    public bool IsOrphan => ShownParent != Parent;
}
