namespace PeerDrive.Model.Queries;

/// <summary>What a piece of a query's text is.</summary>
internal enum QueryTokenKind
{
    End,
    Open,
    Close,
    Minus,

    /// <summary>A word, a phrase, or a condition.</summary>
    Term,
}
