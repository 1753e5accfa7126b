namespace PeerDrive.Storage.History;

/// <summary>What a change did.</summary>
public enum HistoryKind
{
    /// <summary>A document came under its first name.</summary>
    Created,

    /// <summary>A document got other content, or points elsewhere.</summary>
    Edited,

    /// <summary>Only mode, owner, times or extended attributes changed.</summary>
    Attributes,

    /// <summary>Only annotations changed.</summary>
    Annotations,

    /// <summary>Another name in the same folder.</summary>
    Renamed,

    /// <summary>Another folder.</summary>
    Moved,

    /// <summary>A document that is elsewhere too was filed under a further name.</summary>
    Linked,

    Deleted,

    /// <summary>What was deleted was put back.</summary>
    Undeleted,

    /// <summary>A document got a state that it had before.</summary>
    Restored,

    /// <summary>Several heads became one, by themselves or by a person's choice.</summary>
    Merged,

    /// <summary>Members and their devices.</summary>
    Members,

    /// <summary>Settings and features of the volume.</summary>
    Settings,
}
