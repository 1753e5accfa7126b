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

    /// <summary>It is among the changed names of the tree.</summary>
    public bool IsNoted => Waiting is not null;

    public bool IsChanged => Committed != Current;

    /// <summary>A commit is bringing it somewhere: the volume is about to have it where it was then, wherever it is now.</summary>
    public bool IsUnderWay { get; set; }

    /// <summary>The mount shows it from its own memory, not where the volume has it.</summary>
    public bool IsCovered => IsChanged || IsUnderWay;
}
