namespace PeerDrive.Client.Contracts;

/// <summary>How the pages of a folder lie, for who leaps into the middle of a long one.</summary>
/// <param name="Count">How many entries it has.</param>
/// <param name="PageEntries">How many a page has.</param>
/// <param name="Cursors">What each page but the first is asked for with.</param>
public sealed record FolderOutline(long Count, int PageEntries, IReadOnlyList<string> Cursors);
