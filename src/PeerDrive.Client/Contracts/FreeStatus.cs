namespace PeerDrive.Client.Contracts;

/// <summary>What came of dropping contents from this device.</summary>
/// <param name="FreedContents">Contents, old versions among them, that are on other devices only from now on.</param>
/// <param name="FreedBytes">Bytes on disk that were given back.</param>
/// <param name="NeededCopies">Copies on other devices that have to be confirmed.</param>
/// <param name="Kept">Files of which some content stays, because too few others confirmed to have it.</param>
/// <param name="SilentDevices">Devices that were asked and did not answer.</param>
public sealed record FreeStatus(string Path, long FreedContents, long FreedBytes, int NeededCopies, IReadOnlyList<KeptStatus> Kept, IReadOnlyList<string> SilentDevices);
