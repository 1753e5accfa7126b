namespace PeerDrive.Client.Contracts;

/// <summary>Some changes, newest first.</summary>
/// <param name="Next">What the next page is asked for with; null: there is no more. A page that is filtered may be short and have a next one.</param>
public sealed record ChangePage(IReadOnlyList<ChangeStatus> Changes, string? Next)
{
    /// <summary>Of a file in several folders all its paths, which have this history in common; otherwise null.</summary>
    public IReadOnlyList<string>? Places { get; init; }
}
