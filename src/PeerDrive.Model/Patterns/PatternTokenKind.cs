namespace PeerDrive.Model.Patterns;

/// <summary>What a step of a pattern matches.</summary>
internal enum PatternTokenKind
{
    Literal,

    /// <summary>One byte of a set, never a slash.</summary>
    Class,

    /// <summary>Any bytes but slashes.</summary>
    Star,

    /// <summary>Any bytes.</summary>
    Path,

    /// <summary>No byte: the next step may be left out.</summary>
    Folders,

    /// <summary>Any bytes up to a slash, any of those that come.</summary>
    Within,

    /// <summary>Matches nothing: a pattern that is not well-formed.</summary>
    Never,
}
