using PeerDrive.FileSystem.Committing;
using PeerDrive.Model.Identifiers;

namespace PeerDrive.FileSystem.Trees;

/// <summary>A name of a node: where the volume has it and where the mount has it. The tree's lock guards it.</summary>
internal sealed class PlacedName(TreeNode node)
{
    public TreeNode Node { get; set; } = node;

    /// <summary>Null: the volume does not have the name yet.</summary>
    public EntryId? Entry { get; set; }

    /// <summary>Null: the volume does not have it.</summary>
    public Place? Committed { get; set; }

    /// <summary>Null: it was deleted.</summary>
    public Place? Current { get; set; }

    /// <summary>Orders changes as they began.</summary>
    public long Sequence { get; set; }

    /// <summary>Its place among the changed names; null: it is not changed. Of <see cref="DueChanges"/>.</summary>
    public LinkedListNode<PlacedName>? Waiting { get; set; }

    /// <summary>It could not be committed; null: it could, or was not tried.</summary>
    public SetAside? SetAside { get; set; }

    public bool IsChanged => Committed != Current;
}
