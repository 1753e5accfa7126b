namespace PeerDrive.Native.Watching;

/// <summary>Something happened in a watched folder.</summary>
/// <param name="Watch">Number that <see cref="InotifyWatcher.Add"/> gave; -1 with an overflow.</param>
/// <param name="Cookie">The same for both halves of a rename; 0 otherwise.</param>
public readonly record struct WatchEvent(int Watch, WatchEvents Events, uint Cookie, byte[] Name);
