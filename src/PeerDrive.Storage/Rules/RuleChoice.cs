namespace PeerDrive.Storage.Rules;

/// <summary>How a person settles a document that changed on both sides. Nothing goes: the other version stays in history.</summary>
public enum RuleChoice
{
    /// <summary>What the source shows.</summary>
    Source,

    /// <summary>What the target shows.</summary>
    Target,

    /// <summary>Both merged, or all as heads of a conflict.</summary>
    Merge,
}
