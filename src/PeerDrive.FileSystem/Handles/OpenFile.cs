using Microsoft.Win32.SafeHandles;
using PeerDrive.Model.Errors;

namespace PeerDrive.FileSystem.Handles;

/// <summary>An open file. Operations may run beside each other.</summary>
public abstract class OpenFile
{
    /// <summary>The node, as looked up last, for whoever made and opened it at once.</summary>
    public abstract NodeView View { get; }

    /// <summary>
    /// A descriptor on which the kernel may serve this open file by itself; all open files of a node have the same one, or none has. Null: it may not.
    /// </summary>
    public virtual SafeFileHandle? Backing => null;

    /// <summary>Fills <paramref name="destination"/>; less only at the end of the file.</summary>
    /// <exception cref="PeerDriveException">NotHere: some of it is on other devices only; <see cref="BringAsync"/> gets it.</exception>
    public abstract int Read(long offset, Span<byte> destination);

    /// <summary>Waits until a range is on this device, for a read that found it not here.</summary>
    /// <exception cref="PeerDriveException">NotHere: nobody sent it in time; the message says who could have.</exception>
    /// <exception cref="OperationCanceledException">It is not waited for any longer.</exception>
    public virtual Task BringAsync(long offset, int length, CancellationToken cancellation) => throw new PeerDriveException(ErrorKind.NotHere, "The content is not here.");

    /// <summary>Writes all.</summary>
    public virtual ErrorKind? Write(in Caller caller, long offset, ReadOnlySpan<byte> source) => ErrorKind.Forbidden;

    /// <summary>Returns when what was written is durable.</summary>
    public virtual Task<ErrorKind?> SyncAsync() => Task.FromResult<ErrorKind?>(null);

    public virtual ErrorKind? Allocate(in Caller caller, long offset, long length, AllocationKind kind) => ErrorKind.Forbidden;

    /// <summary>Where data (else a hole) begins, at or behind an offset.</summary>
    public abstract Outcome<long> Seek(long offset, bool data);

    /// <summary>The last descriptor and mapping is gone.</summary>
    public abstract void Release();
}
