using System.Net;
using System.Threading.Channels;
using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Transport.Dialing;

namespace PeerDrive.Sync.Sessions;

/// <summary>Keeps one device connected while it is wanted: dials its addresses in turn, and waits longer after each failure.</summary>
internal sealed class PeerDialing(SyncEngine engine, DeviceId peer, Random random) : IAsyncDisposable
{
    private readonly Lock gate = new();
    private readonly List<IPEndPoint> addresses = [];
    private readonly Backoff backoff = new(random);
    private readonly Channel<bool> signal = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly Channel<bool> heard = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly CancellationTokenSource stop = new();
    private long? connected;
    private Task loop = Task.CompletedTask;

    /// <summary>Why it is not connected; null when nothing went wrong.</summary>
    public string? Problem { get; private set; }

    public DateTimeOffset? LastSeen { get; private set; }

    public IPEndPoint? LastAddress
    {
        get
        {
            lock (gate) return addresses.FirstOrDefault();
        }
    }

    public void Start() => loop = RunAsync();

    /// <returns>Whether the address is new.</returns>
    public bool Add(IPEndPoint address)
    {
        bool isNew;
        lock (gate)
        {
            isNew = !addresses.Remove(address);
            addresses.Insert(0, address);
            if (addresses.Count > SyncLimits.AddressesPerDevice) addresses.RemoveAt(addresses.Count - 1);
        }
        heard.Writer.TryWrite(true);
        signal.Writer.TryWrite(true);
        return isNew;
    }

    /// <summary>The connection ended.</summary>
    public void Lost(string? problem)
    {
        Problem = problem;
        LastSeen = engine.Time.GetUtcNow();
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
                if (connected is { } since && engine.Time.GetElapsedTime(since) < SyncLimits.ShortSession) await PauseAsync();
                else backoff.Reset();
                while (engine.SessionOf(peer) is null && !await DialAsync()) await PauseAsync();
                connected = engine.Time.GetTimestamp();
            }
        }
        catch (OperationCanceledException)
        {
            // The end, asked for by DisposeAsync.
        }
    }

    /// <summary>Waits before the next attempt, but not once the device is heard of.</summary>
    private async Task PauseAsync()
    {
        while (heard.Reader.TryRead(out _))
        {
            // What was heard before the failure is no news.
        }
        // A timer and not a race of tasks, which would leave the scheduler.
        using var timer = engine.Time.CreateTimer(_ => heard.Writer.TryWrite(true), null, backoff.Next(), Timeout.InfiniteTimeSpan);
        await heard.Reader.ReadAsync(stop.Token);
    }

    private async Task<bool> DialAsync()
    {
        List<IPEndPoint> now;
        lock (gate) now = [.. addresses];
        // A device that shares nothing with us now may do so later, when a volume is added.
        if (!engine.IsWanted(peer)) return false;
        foreach (var address in now)
        {
            try
            {
                await engine.ConnectAsync(peer, address, stop.Token);
                Problem = null;
                return true;
            }
            catch (PeerDriveException e)
            {
                Problem = e.Message;
            }
            catch (TimeoutException)
            {
                Problem = $"{address} does not answer.";
            }
        }
        return false;
    }
}
