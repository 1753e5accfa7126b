namespace PeerDrive.Storage.Rules;

/// <summary>Which way a rule carries changes between its two folders.</summary>
public enum RuleDirection
{
    /// <summary>What comes and changes in the source comes to the target; what is deleted in the source stays there, and so does what the target has besides.</summary>
    OneWay,

    /// <summary>Both become the same, deletes too.</summary>
    TwoWay,

    /// <summary>The target becomes what the source is; what differs there goes to its history and its trash.</summary>
    Mirror,
}
