namespace PeerDrive.Storage.History;

/// <summary>Whether a changeset counts for a past tree. Void ones are not asked about: they never do.</summary>
/// <param name="chain">Row of its chain.</param>
/// <param name="time">By its maker's clock, nanoseconds since 1970.</param>
internal delegate bool Cut(long chain, long sequence, long time);
