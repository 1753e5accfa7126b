namespace PeerDrive.FileSystem;

/// <summary>On whose behalf something is done. Permissions were checked before.</summary>
/// <param name="Process">Tells callers apart; 0: not known.</param>
/// <param name="ClearsPrivileges">Set-user and set-group bits go with this change.</param>
public readonly record struct Caller(uint Uid, uint Gid, uint Process = 0, bool ClearsPrivileges = false);
