namespace PeerDrive.Storage.Rules;

/// <summary>What a rule does with a document that changed on both sides.</summary>
public enum RuleStrategy
{
    /// <summary>Nothing: it is named as a problem and left to a person.</summary>
    FastForward,

    /// <summary>The newest version is shown, the other one stays in history.</summary>
    Latest,

    /// <summary>Both are merged; what cannot be is a conflict with all heads.</summary>
    Merge,
}
