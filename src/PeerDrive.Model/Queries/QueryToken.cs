namespace PeerDrive.Model.Queries;

/// <summary>A piece of a query's text.</summary>
/// <param name="Key">Before the comparison; empty: there is none.</param>
/// <param name="Value">The word or value, without quotes.</param>
/// <param name="ValuePosition">Where the value begins, its quote included.</param>
internal readonly record struct QueryToken(
    QueryTokenKind Kind, int Position, int Length, string Key = "", Comparison How = Comparison.Has, string Value = "", bool IsQuoted = false, int ValuePosition = 0)
{
    public int ValueLength => Math.Max(1, Position + Length - ValuePosition);
}
