using System.Net;
using System.Threading.Channels;
using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Sync.Presence;
using PeerDrive.Transport.Dialing;

namespace PeerDrive.Sync.Sessions;

/// <summary>Keeps one device connected while it is wanted: dials its addresses in turn, and waits longer after each failure.</summary>
internal sealed class PeerDialing(SyncEngine engine, DeviceId peer, Random random) : IAsyncDisposable
{
    private readonly Lock gate = new();
    private readonly AddressList addresses = new(engine.Time);
    private readonly Backoff backoff = new(random);
    private readonly Channel<bool> signal = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly Channel<bool> heard = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly CancellationTokenSource stop = new();
    private long? connected, lost;
    private volatile bool isFull, isStale;
    private Task loop = Task.CompletedTask;

    /// <summary>Why it is not connected; null when nothing went wrong.</summary>
    public string? Problem { get; private set; }

    public DateTimeOffset? LastSeen { get; private set; }

    /// <summary>Known addresses, the likeliest first.</summary>
    public IReadOnlyList<EndPoint> Addresses
    {
        get
        {
            lock (gate) return addresses.InOrder;
        }
    }

    public void Start() => loop = RunAsync();

    /// <param name="isSure">It was seen there just now; else it says so, or somebody who knows.</param>
    /// <returns>Whether the address is new.</returns>
    public bool Add(EndPoint address, bool isSure)
    {
        bool isNew;
        lock (gate) isNew = addresses.Add(address, isSure);
        Hear();
        return isNew;
    }

    /// <summary>It may be reachable now: it is dialled at once, if it is wanted.</summary>
    /// <param name="isStale">The network changed, so that earlier failures say nothing.</param>
    public void Hear(bool isStale = false)
    {
        this.isStale |= isStale;
        heard.Writer.TryWrite(true);
        signal.Writer.TryWrite(true);
    }

    /// <summary>The connection ended.</summary>
    /// <param name="isFull">The other side has connections enough: it is left alone for a while.</param>
    public void Lost(string? problem, bool isFull)
    {
        Problem = problem;
        LastSeen = engine.Time.GetUtcNow();
        lost = engine.Time.GetTimestamp();
        this.isFull = isFull;
        signal.Writer.TryWrite(true);
    }

    public async ValueTask DisposeAsync()
    {
        stop.Cancel();
        await loop;
        stop.Dispose();
    }

    private async Task RunAsync()
    {
        try
        {
            while (true)
            {
                await signal.Reader.ReadAsync(stop.Token);
                if (engine.SessionOf(peer) is not null) continue;
                // A connection that ended at once would end at once again: that counts as a failure.
                if (isFull) await PauseAsync(SyncLimits.FullPause * (0.5 + random.NextDouble()));
                else if (connected is { } since && engine.Time.GetElapsedTime(since) < SyncLimits.ShortSession) await PauseAsync(NextPause());
                else backoff.Reset();
                isFull = false;
                while (engine.SessionOf(peer) is null && !await DialAsync()) await PauseAsync(NextPause());
                connected = engine.Time.GetTimestamp();
            }
        }
        catch (OperationCanceledException)
        {
            // The end, asked for by DisposeAsync.
        }
    }

    /// <summary>Grows, but stays short for a while after the device was connected: it may be back at any moment.</summary>
    private TimeSpan NextPause()
    {
        if (isStale) backoff.Reset();
        isStale = false;
        var next = backoff.Next();
        var wasHere = lost is { } when && engine.Time.GetElapsedTime(when) < SyncLimits.RecentlyLost;
        return wasHere && next > SyncLimits.RecentPause ? SyncLimits.RecentPause * (0.75 + random.NextDouble() / 4) : next;
    }

    /// <summary>Waits before the next attempt, but not once the device is heard of.</summary>
    private async Task PauseAsync(TimeSpan pause)
    {
        while (heard.Reader.TryRead(out _))
        {
            // What was heard before the failure is no news.
        }
        // A timer and not a race of tasks, which would leave the scheduler.
        using var timer = engine.Time.CreateTimer(_ => heard.Writer.TryWrite(true), null, pause, Timeout.InfiniteTimeSpan);
        await heard.Reader.ReadAsync(stop.Token);
    }

    private async Task<bool> DialAsync()
    {
        var now = Addresses;
        // A device that shares nothing with us now may do so later, when a volume is added; one too many, when another goes.
        if (!engine.IsWanted(peer)) return false;
        foreach (var address in now)
        {
            if (await DialAsync(address, now.Count > 1)) return true;
            // It may have called meanwhile.
            if (engine.SessionOf(peer) is not null) return true;
        }
        return false;
    }

    private async Task<bool> DialAsync(EndPoint address, bool hasOthers)
    {
        using var patience = new CancellationTokenSource(hasOthers ? SyncLimits.DialTimeout : Timeout.InfiniteTimeSpan, engine.Time);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop.Token, patience.Token);
        try
        {
            await engine.ConnectAsync(peer, address, limit.Token);
            lock (gate) addresses.Succeeded(address);
            Problem = null;
            return true;
        }
        catch (PeerDriveException e)
        {
            Problem = e.Message;
        }
        catch (Exception e) when (e is TimeoutException || (e is OperationCanceledException && !stop.IsCancellationRequested))
        {
            Problem = $"{PeerAddress.Format(address)} does not answer.";
        }
        catch (Exception e) when (e is not (OperationCanceledException or OutOfMemoryException))
        {
            // Whatever it is, the device is dialled again.
            Problem = $"{PeerAddress.Format(address)} cannot be dialled: {e.Message}";
        }
        lock (gate) addresses.Failed(address);
        return false;
    }
}
