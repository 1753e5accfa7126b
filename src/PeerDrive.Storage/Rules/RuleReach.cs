namespace PeerDrive.Storage.Rules;

/// <summary>What a rule's filter makes of a place.</summary>
internal enum RuleReach
{
    /// <summary>The rule is for it.</summary>
    In,

    /// <summary>A folder that no pattern asks for; it comes along when something in it is asked for.</summary>
    Between,

    /// <summary>The rule neither carries nor moves nor deletes it.</summary>
    Out,
}
