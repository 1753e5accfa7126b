using PeerDrive.Fuse.Abi;
using PeerDrive.Fuse.Devices;

namespace PeerDrive.Fuse.Dispatch;

/// <summary>Serves one connection: reading threads, requests, notifier. Owns the device.</summary>
internal sealed class FuseSession : IDisposable
{
    private readonly FuseFileSystem files;
    private readonly FuseMountOptions options;
    private readonly FuseDevice device;
    private readonly List<FuseDevice> clones = [];
    private readonly Lock gate = new();
    private readonly RequestPool pool;
    private readonly Negotiation negotiation;
    private readonly Dispatcher dispatcher;
    private readonly FuseNotifier notifier;
    private readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int reading;
    private bool hasReaders;

    public FuseSession(FuseDevice device, FuseFileSystem files, FuseMountOptions options)
    {
        AbiLayout.Verify();
        this.device = device;
        this.files = files;
        this.options = options;
        pool = new RequestPool(options.MaxInFlight + options.ThreadCount, options.BulkBytes, spare: options.ThreadCount * 2);
        notifier = new FuseNotifier(device, Report);
        negotiation = new Negotiation(files, options, hasPassthrough => new FuseConnection(device, notifier, hasPassthrough));
        dispatcher = new Dispatcher(files, pool, negotiation, Report);
    }

    /// <summary>Completes when the kernel has ended the connection and no thread reads any more.</summary>
    public Task Ended => ended.Task;

    public FuseNotifier Notifier => notifier;

    /// <summary>Answers INIT, then reads on all threads.</summary>
    public async Task StartAsync()
    {
        notifier.Start();
        StartReader(device);
        await negotiation.Done.ConfigureAwait(false);
        for (var i = 1; i < options.ThreadCount; i++) StartReader(Clone() ?? device);
    }

    /// <summary>Waits until everything has been answered or given up.</summary>
    public async Task CompleteAsync()
    {
        await Ended.ConfigureAwait(false);
        await pool.Idle.ConfigureAwait(false);
        notifier.Stop();
        if (negotiation.IsDone) files.Stop();
    }

    /// <summary>After it could not start and was unmounted.</summary>
    public async Task AbandonAsync()
    {
        if (!hasReaders)
        {
            notifier.Stop();
        }
        else
        {
            await CompleteAsync().ConfigureAwait(false);
        }
        Dispose();
    }

    /// <summary>Only once it has ended, or was never started: closes the device and gives memory back.</summary>
    public void Dispose()
    {
        foreach (var clone in clones) clone.Dispose();
        device.Dispose();
        pool.Dispose();
    }

    private FuseDevice? Clone()
    {
        var clone = device.TryClone();
        if (clone is not null) clones.Add(clone);
        return clone;
    }

    private void StartReader(FuseDevice from)
    {
        var thread = new Thread(() => Read(from)) { IsBackground = true, Name = "fuse reader" };
        lock (gate)
        {
            // The kernel may have gone between two starts; then the last reader has closed everything already.
            if (ended.Task.IsCompleted) return;
            reading++;
            hasReaders = true;
        }
        thread.Start();
    }

    private void Read(FuseDevice from)
    {
        var request = pool.Rent();
        try
        {
            while (request is not null)
            {
                var length = request.Receive(from, out var isRequest);
                if (isRequest)
                {
                    if (!dispatcher.Handle(request)) request = pool.Rent();
                }
                else if (HasEnded(length)) break;
            }
        }
        catch (Exception e)
        {
            Report(e);
        }
        finally
        {
            if (request is not null) pool.Return(request);
            End();
        }
    }

    /// <summary>Whether reading is over; an interrupted read is not, nor one whose request was withdrawn meanwhile.</summary>
    private bool HasEnded(int length)
    {
        if (length > 0) return false;
        var error = (Errno)(-length);
        if (error is Errno.Interrupted or Errno.TryAgain or Errno.NotFound) return false;
        if (error is not (Errno.None or Errno.NoDevice or Errno.ConnectionAborted or Errno.NotPermitted))
            Report(new FuseException(error, $"Reading from the kernel failed: {error}."));
        return true;
    }

    private void End()
    {
        lock (gate)
        {
            if (--reading > 0) return;
            ended.TrySetResult();
        }
        negotiation.GiveUp(new FuseException(Errno.NotConnected, "The mount ended before it had begun."));
        pool.Close();
    }

    private void Report(Exception fault) => options.OnFault?.Invoke(fault);
}
