namespace PeerDrive.Model.Members;

/// <summary>What a member of a volume may do; each role includes the ones below it.</summary>
public enum Role
{
    None = 0,
    Reader = 1,
    Writer = 2,

    /// <summary>May change members, settings and features.</summary>
    Owner = 3,
}
