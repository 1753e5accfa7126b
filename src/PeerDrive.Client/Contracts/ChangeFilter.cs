namespace PeerDrive.Client.Contracts;

/// <summary>Which changes to tell. What is null filters nothing.</summary>
/// <param name="By">A device's or person's name, or the beginning of its id.</param>
/// <param name="Kind">One or more kinds, with commas between.</param>
/// <param name="Grep">What the comment contains.</param>
/// <param name="After">From the page before.</param>
public sealed record ChangeFilter(
    string? By = null, DateTimeOffset? Since = null, DateTimeOffset? Until = null, string? Kind = null, string? Grep = null, int Limit = 50, string? After = null);
