namespace PeerDrive.Model.Queries;

/// <summary>How a condition of a query compares.</summary>
public enum Comparison
{
    /// <summary><c>:</c> – equal, or for text: has the words.</summary>
    Has,
    Equal,
    NotEqual,
    Less,
    AtMost,
    Greater,
    AtLeast,
}
