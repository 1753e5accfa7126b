namespace PeerDrive.Model.Errors;

/// <summary>
/// The one exception type: a stable <see cref="Kind"/> and a sentence that says what happened and what the person can do.
/// Expected outcomes are return values, not exceptions.
/// </summary>
public sealed class PeerDriveException(ErrorKind kind, string message, Exception? inner = null) : Exception(message, inner)
{
    public ErrorKind Kind { get; } = kind;
}
