namespace PeerDrive.Fuse;

/// <summary>What an operation comes to: a value, or the error number that the caller gets. Both convert by themselves.</summary>
public readonly record struct FuseResult<T>(T Value, Errno Error)
{
    public static implicit operator FuseResult<T>(T value) => new(value, Errno.None);

    public static implicit operator FuseResult<T>(Errno error) => new(default!, error);
}
