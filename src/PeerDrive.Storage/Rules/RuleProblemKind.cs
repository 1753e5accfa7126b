namespace PeerDrive.Storage.Rules;

/// <summary>Why a rule did not do something with a document.</summary>
public enum RuleProblemKind
{
    /// <summary>It changed on both sides, and the rule only goes forward.</summary>
    BothChanged,

    /// <summary>Its versions could not be merged, or one side was in conflict before: all heads are in the conflicts of the volume.</summary>
    Conflict,

    /// <summary>Its content is on no device that can be reached now.</summary>
    NotHere,

    /// <summary>Its folder is elsewhere on the other side, or would come to lie in itself.</summary>
    Place,

    /// <summary>One of the two entries of a rule for one file was deleted, or both were; the other stays.</summary>
    Deleted,

    /// <summary>Anything else; the message says it.</summary>
    Failed,
}
