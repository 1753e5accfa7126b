using PeerDrive.Model.Errors;

namespace PeerDrive.FileSystem;

/// <summary>What an operation comes to: a value, or why not. Both convert by themselves.</summary>
public readonly record struct Outcome<T>(T Value, ErrorKind? Error)
{
    public static implicit operator Outcome<T>(T value) => new(value, null);

    public static implicit operator Outcome<T>(ErrorKind error) => new(default!, error);
}
