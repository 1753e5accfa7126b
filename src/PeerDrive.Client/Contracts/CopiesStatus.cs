namespace PeerDrive.Client.Contracts;

/// <summary>How many copies the shown files' contents have that are wholly on this device. Devices count that said so, those that were seen in the last day.</summary>
/// <param name="Wanted">Other devices that are to hold each content.</param>
/// <param name="Contents">Contents whose copies were counted.</param>
/// <param name="FewContents">Those that fewer devices hold.</param>
/// <param name="ComingContents">Of the latter those that another device fetches now.</param>
/// <param name="IsCounted">All were counted; else more may have too few.</param>
public sealed record CopiesStatus(int Wanted, long Contents, long FewContents, long FewBytes, long ComingContents, long ComingBytes, bool IsCounted);
