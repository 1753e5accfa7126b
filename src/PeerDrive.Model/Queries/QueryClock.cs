namespace PeerDrive.Model.Queries;

/// <summary>Which of a document's times a query asks for.</summary>
public enum QueryClock
{
    /// <summary>When what it shows was last changed: a file's own time.</summary>
    Modified,

    /// <summary>When its first revision was made.</summary>
    Created,
}
