namespace PeerDrive.Fuse;

/// <summary>
/// What a name leads to. Each one that reaches the kernel counts as a lookup of its node, until
/// <see cref="FuseFileSystem.Forget"/> gives the lookups back; so does each line of a directory read with attributes.
/// </summary>
public readonly record struct FuseEntry
{
    /// <summary>
    /// What later operations name the file by: chosen by the file system, unique among those that the kernel knows. 1 is the
    /// root; 0 says that there is no such name, and may be remembered for <see cref="NameTimeout"/>.
    /// </summary>
    public required ulong Node { get; init; }

    /// <summary>Tells apart files that have had the same node id.</summary>
    public ulong Generation { get; init; }

    public FuseAttributes Attributes { get; init; }

    /// <summary>How long the kernel may take the name to lead here without asking.</summary>
    public TimeSpan NameTimeout { get; init; }

    /// <summary>How long the kernel may answer with the attributes by itself.</summary>
    public TimeSpan AttributeTimeout { get; init; }

    /// <summary>There is no such name.</summary>
    public static FuseEntry Nothing(TimeSpan timeout) => new() { Node = 0, NameTimeout = timeout };
}
