namespace PeerDrive.FileSystem.Handles;

/// <summary>What fallocate(2) does with a range.</summary>
public enum AllocationKind
{
    /// <summary>Makes room; the file grows to its end.</summary>
    Grow,

    /// <summary>Makes room; the length stays.</summary>
    Keep,

    /// <summary>Makes a hole; the length stays.</summary>
    PunchHole,

    /// <summary>Makes zeros; the file grows to their end.</summary>
    Zero,

    /// <summary>Makes zeros; the length stays.</summary>
    ZeroKeep,
}
