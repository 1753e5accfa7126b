namespace PeerDrive.FileSystem;

/// <summary>On whose behalf something is done. Permissions were checked before.</summary>
/// <param name="ClearsPrivileges">Set-user and set-group bits go with this change.</param>
public readonly record struct Caller(uint Uid, uint Gid, bool ClearsPrivileges = false);
