namespace PeerDrive.Storage.History;

/// <summary>What a rewind does with one entry.</summary>
public enum RewindAction
{
    /// <summary>Puts back what was deleted.</summary>
    Undelete,

    /// <summary>Puts it back to its former place or name.</summary>
    Move,

    /// <summary>Gives its document the state it had, as a new revision.</summary>
    Revise,

    /// <summary>Deletes what was made, to the trash.</summary>
    Delete,

    /// <summary>Leaves it, as somebody else built on what is undone.</summary>
    Keep,
}
