namespace PeerDrive.Storage.Volumes;

/// <summary>What a restore does with one entry.</summary>
public enum RestoreAction
{
    /// <summary>Puts a deleted entry back.</summary>
    Undelete,

    /// <summary>Puts a live entry back to its former place or name.</summary>
    Move,

    /// <summary>Gives its document the state it had, as a new revision.</summary>
    Revise,

    /// <summary>Deletes what was not there then.</summary>
    Delete,
}
