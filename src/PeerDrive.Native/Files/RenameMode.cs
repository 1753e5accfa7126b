namespace PeerDrive.Native.Files;

/// <summary>Flags of renameat2(2).</summary>
public enum RenameMode : uint
{
    Replace = 0,
    NoReplace = 1,
    Exchange = 2,
}
