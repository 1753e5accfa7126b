namespace PeerDrive.Sync.Copies;

/// <summary>How many copies the contents have that are on this device and that somebody sees.</summary>
/// <param name="Wanted">Other devices on which each is to lie.</param>
/// <param name="Watched">Contents whose copies were counted.</param>
/// <param name="Short">Those of which fewer other devices confirmed to have them.</param>
/// <param name="Taken">Of the short ones those that another device fetches, as far as it said.</param>
/// <param name="IsCounted">All were counted; else more may be short.</param>
public sealed record CopiesState(int Wanted, long Watched, long Short, long ShortBytes, long Taken, long TakenBytes, bool IsCounted);
