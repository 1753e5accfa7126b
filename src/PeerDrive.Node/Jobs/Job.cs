using PeerDrive.Model.Errors;
using PeerDrive.Transport.Limiting;

namespace PeerDrive.Node.Jobs;

/// <summary>Something that takes long. Written by the one who does it, read by anybody.</summary>
internal sealed class Job(string id, string kind, string title, string unit, TimeProvider time) : IDisposable
{
    private readonly RateMeter meter = new(time);
    private readonly ManualResetEventSlim goOn = new(true);
    private readonly CancellationTokenSource cancel = new();
    private long done, total;
    private string? problem;
    private volatile bool isOver;

    public string Id { get; } = id;

    /// <summary>scan, fetch, write, import, check, thin or collect.</summary>
    public string Kind { get; } = kind;

    public string Title { get; } = title;

    /// <summary>What is counted: bytes, files, changesets.</summary>
    public string Unit { get; } = unit;

    public DateTimeOffset Started { get; } = time.GetUtcNow();

    public long Done => Interlocked.Read(ref done);

    /// <summary>0 while it is unknown.</summary>
    public long Total => Interlocked.Read(ref total);

    /// <summary>Units done in a second lately.</summary>
    public long PerSecond => meter.PerSecond;

    public bool IsOver => isOver;

    /// <summary>Whether it holds nothing that others wait for when it reports, so that it may stand still there.</summary>
    public bool CanPause { get; init; }

    /// <summary>Whether it is one of those of which so many run at once.</summary>
    public bool IsCounted { get; init; }

    public bool IsPaused => !goOn.IsSet && !isOver;

    public bool IsCancelled => cancel.IsCancellationRequested;

    /// <summary>Why it failed; null while it runs and when it went well.</summary>
    public string? Problem => Volatile.Read(ref problem);

    /// <summary>Cancelled by a person.</summary>
    public CancellationToken Cancellation => cancel.Token;

    /// <summary>Tells how far it is, and stands still while it is paused.</summary>
    /// <exception cref="OperationCanceledException">It was cancelled meanwhile.</exception>
    public void Report(long doneNow, long totalNow)
    {
        var before = Interlocked.Exchange(ref done, doneNow);
        if (doneNow > before) meter.Add(doneNow - before);
        Interlocked.Exchange(ref total, totalNow);
        if (CanPause) goOn.Wait(cancel.Token);
    }

    /// <exception cref="PeerDriveException">Invalid: it cannot stand still.</exception>
    public void Pause()
    {
        if (!CanPause) throw new PeerDriveException(ErrorKind.Invalid, $"A {Kind} cannot be paused; end it with 'peerdrive jobs cancel {Id}'.");
        if (!isOver) goOn.Reset();
    }

    public void Resume() => goOn.Set();

    public void Cancel()
    {
        if (!isOver) cancel.Cancel();
    }

    public void End(string? failure)
    {
        Volatile.Write(ref problem, failure);
        isOver = true;
    }

    public void Dispose()
    {
        cancel.Dispose();
        goOn.Dispose();
    }
}
