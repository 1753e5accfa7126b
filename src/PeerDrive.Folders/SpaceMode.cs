namespace PeerDrive.Folders;

/// <summary>Where the bytes of a linked folder's files lie; the numbers are kept in the replica's state.</summary>
public enum SpaceMode
{
    /// <summary>Every version is also in the volume's packs.</summary>
    Keep = 0,

    /// <summary>The chunks of large current files lie in the folder's own files.</summary>
    Lean = 1,
}
