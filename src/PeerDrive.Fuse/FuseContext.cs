using System.Diagnostics.CodeAnalysis;

namespace PeerDrive.Fuse;

/// <summary>Who asks, and whether it still matters. Valid until the operation it was given to has completed, and not after.</summary>
[SuppressMessage("Design", "CA1001", Justification = "An operation may still hold the token; a source without a timer owns nothing else.")]
public sealed class FuseContext
{
    private readonly Lock gate = new();
    private CancellationTokenSource? cancellation;
    private bool interrupted;
    private ulong unique;

    internal FuseContext()
    {
    }

    public uint Uid { get; internal set; }

    public uint Gid { get; internal set; }

    /// <summary>Thread id of the caller; 0 when it lives in another namespace or is the kernel itself.</summary>
    public uint Pid { get; internal set; }

    /// <summary>The caller's umask in operations that make a file; 0 in others.</summary>
    public uint Umask { get; internal set; }

    /// <summary>
    /// The operation (open with truncation, create, write, change of attributes, allocation, copy into the file) is to clear
    /// set-user and set-group bits and security.capability too. Only with <see cref="FuseFeatures.ClearsPrivileges"/>.
    /// </summary>
    public bool ClearPrivileges { get; internal set; }

    /// <summary>
    /// Is cancelled when the caller got a signal, or the mount ends. An operation that gives up for it answers
    /// <see cref="Errno.Interrupted"/>, or throws <see cref="OperationCanceledException"/>, which comes to the same. Made when
    /// it is first asked for; ask on the thread that the operation was started on.
    /// </summary>
    public CancellationToken Cancellation
    {
        get
        {
            lock (gate)
            {
                if (cancellation is null)
                {
                    cancellation = new CancellationTokenSource();
                    if (interrupted) cancellation.Cancel();
                }
                return cancellation.Token;
            }
        }
    }

    /// <summary>The caller does not want to wait any longer.</summary>
    public bool IsInterrupted
    {
        get
        {
            lock (gate) return interrupted;
        }
    }

    /// <summary>Number of the request that this is about; 0 between requests.</summary>
    internal ulong Unique => Volatile.Read(ref unique);

    /// <summary>From here on an interrupt finds it. A source that somebody may still hold is left to itself.</summary>
    internal void Begin(ulong number, uint uid, uint gid, uint pid)
    {
        lock (gate)
        {
            (Uid, Gid, Pid, Umask, ClearPrivileges) = (uid, gid, pid, 0, false);
            (cancellation, interrupted) = (null, false);
            // A full fence: the pool's list of early interrupts is looked at next.
            Interlocked.Exchange(ref unique, number);
        }
    }

    internal void Finish() => Volatile.Write(ref unique, 0);

    /// <summary>What waits for it continues on the thread pool, never on the thread that reads requests.</summary>
    /// <returns>False when this is about another request, which stays as it is.</returns>
    internal bool TryInterrupt(ulong number)
    {
        CancellationTokenSource? source;
        lock (gate)
        {
            if (unique != number) return false;
            interrupted = true;
            source = cancellation;
        }
        if (source is not null) ThreadPool.UnsafeQueueUserWorkItem(static source => source.Cancel(), source, preferLocal: false);
        return true;
    }
}
