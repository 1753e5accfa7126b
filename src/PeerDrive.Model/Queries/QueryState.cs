namespace PeerDrive.Model.Queries;

/// <summary>What <c>is:</c> asks for.</summary>
public enum QueryState
{
    /// <summary>Its document has several heads.</summary>
    Conflict,

    /// <summary>All of its content is on this device.</summary>
    Here,

    /// <summary>Its content is on other devices only.</summary>
    Absent,

    /// <summary>It or a folder above it is pinned on this device.</summary>
    Pinned,

    /// <summary>It is in the trash. Without this word nothing that is in the trash is found.</summary>
    Deleted,
}
