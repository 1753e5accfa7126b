namespace PeerDrive.Node.Jobs;

/// <summary>Something that takes long. Written by the one who does it, read by anybody.</summary>
internal sealed class Job(string id, string kind, string title, string unit, DateTimeOffset started)
{
    private long done, total;
    private string? problem;
    private volatile bool isOver;

    public string Id { get; } = id;

    /// <summary>scan, fetch, write, import or check.</summary>
    public string Kind { get; } = kind;

    public string Title { get; } = title;

    /// <summary>What is counted: bytes, files, changesets.</summary>
    public string Unit { get; } = unit;

    public DateTimeOffset Started { get; } = started;

    public long Done => Interlocked.Read(ref done);

    /// <summary>0 while it is unknown.</summary>
    public long Total => Interlocked.Read(ref total);

    public bool IsOver => isOver;

    /// <summary>Why it failed; null while it runs and when it went well.</summary>
    public string? Problem => Volatile.Read(ref problem);

    public void Report(long doneNow, long totalNow)
    {
        Interlocked.Exchange(ref done, doneNow);
        Interlocked.Exchange(ref total, totalNow);
    }

    public void End(string? failure)
    {
        Volatile.Write(ref problem, failure);
        isOver = true;
    }
}
