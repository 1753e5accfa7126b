namespace PeerDrive.Fuse;

/// <summary>Mounting or serving failed; the message says in a sentence what to do about it.</summary>
public sealed class FuseException(Errno error, string message, Exception? cause = null) : IOException(message, cause)
{
    /// <summary>What the system said; <see cref="Errno.None"/> when it was not a system call.</summary>
    public Errno Error { get; } = error;
}
