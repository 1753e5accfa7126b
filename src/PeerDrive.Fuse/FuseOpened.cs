namespace PeerDrive.Fuse;

/// <summary>An open file or directory.</summary>
/// <param name="Handle">Comes back with each operation on it until it is released.</param>
/// <param name="BackingId">From <see cref="FuseConnection.OpenBacking"/>, with <see cref="FuseOpenReply.Passthrough"/>; 0 otherwise.</param>
public readonly record struct FuseOpened(ulong Handle, FuseOpenReply Flags = FuseOpenReply.None, int BackingId = 0);
