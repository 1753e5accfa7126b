using PeerDrive.Model.Revisions;

namespace PeerDrive.Sync.Fetching;

/// <summary>What came of dropping contents.</summary>
/// <param name="Gone">Contents that enough others have, and this device has no more.</param>
/// <param name="Kept">Those that too few others confirmed.</param>
/// <param name="Bytes">Bytes on disk that were given back.</param>
/// <param name="Needed">Copies on other devices that have to be confirmed.</param>
/// <param name="Silent">Devices that were asked and did not answer.</param>
public sealed record Released(IReadOnlyList<Content> Gone, IReadOnlyList<HeldContent> Kept, long Bytes, int Needed, IReadOnlyList<string> Silent);
