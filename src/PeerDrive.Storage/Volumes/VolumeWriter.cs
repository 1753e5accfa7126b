using System.Threading.Channels;
using PeerDrive.Model.Errors;
using PeerDrive.Storage.Catalog;
using PeerDrive.Storage.Contents;
using PeerDrive.Storage.Log;

namespace PeerDrive.Storage.Volumes;

/// <summary>The one through whom a volume changes: joins what is waiting into one group with one sync of packs and log. All of a request counts, or nothing of it.</summary>
/// <param name="onCommitted">Called after each group that changed something, with what it touched and whether there were changesets of others; tells what to publish. The gate is held.</param>
/// <param name="publish">Tells the subscribers, before the requests end. Nothing is locked.</param>
internal sealed class VolumeWriter(
    CatalogSnapshots snapshots, VolumeCatalog catalog, ChangesetLog log, ContentStore contents, VolumeMembers members, Func<TouchedSet, bool, VolumeChange> onCommitted,
    Action<VolumeChange> publish)
{
    /// <summary>Requests that may wait; more callers wait before they queue.</summary>
    private const int QueueLength = 256;

    private readonly Channel<VolumeRequest> requests = Channel.CreateBounded<VolumeRequest>(QueueLength);
    private Task loop = Task.CompletedTask;

    public void Start() => loop = RunAsync();

    /// <summary>Takes nothing more, and ends with what was waiting.</summary>
    public Task EndAsync()
    {
        requests.Writer.TryComplete();
        return loop;
    }

    /// <summary>Has a request done; it is durable when this ends.</summary>
    /// <exception cref="PeerDriveException">Cancelled: the volume is being closed. Otherwise why the request failed.</exception>
    public async Task DoAsync(VolumeRequest request)
    {
        try
        {
            await requests.Writer.WriteAsync(request);
        }
        catch (ChannelClosedException)
        {
            throw new PeerDriveException(ErrorKind.Cancelled, "The volume is being closed.");
        }
        await request.Done;
    }

    private async Task RunAsync()
    {
        var group = new List<VolumeRequest>();
        while (await requests.Reader.WaitToReadAsync())
        {
            group.Clear();
            while (group.Count < QueueLength && requests.Reader.TryRead(out var request)) group.Add(request);
            Process(group);
        }
    }

    private void Process(List<VolumeRequest> group)
    {
        VolumeChange? change = null;
        try
        {
            lock (catalog.Db.Gate) change = Write(group);
        }
        catch (Exception e)
        {
            // Whatever it was, the group was taken back; the writer goes on, or callers would wait for ever.
            foreach (var request in group) request.Fail(FailureOf(e));
        }
        if (change is not null) publish(change);
        foreach (var request in group) request.Complete();
    }

    private VolumeChange? Write(List<VolumeRequest> group)
    {
        var begin = log.End;
        var isCommitted = false;
        try
        {
            contents.Chunks.FlushIndex();
            using var transaction = snapshots.BeginWrite();
            foreach (var request in group) RunOne(request);
            if (log.End != begin)
            {
                log.Sync();
                catalog.Applied = log.End;
            }
            var show = () =>
            {
                transaction.Commit();
                isCommitted = true;
            };
            foreach (var request in group)
            {
                var rest = show;
                show = () => request.Show(rest);
            }
            show();
            if (log.End == begin) return null;
        }
        catch when (!isCommitted)
        {
            Restore(begin);
            throw;
        }
        return onCommitted(catalog.Tree.TakeTouched(), group.Any(request => request is ApplyRequest));
    }

    private void RunOne(VolumeRequest request)
    {
        var begin = log.End;
        var touched = catalog.Tree.TakeTouched();
        using var savepoint = catalog.Db.Begin();
        try
        {
            request.Run();
            savepoint.Commit();
            touched.Entries.UnionWith(catalog.Tree.Touched.Entries);
            touched.Documents.UnionWith(catalog.Tree.Touched.Documents);
        }
        catch (Exception e) when (e is not PeerDriveException { Kind: ErrorKind.Io or ErrorKind.NoSpace or ErrorKind.ReadOnly })
        {
            savepoint.Dispose();
            Restore(begin);
            request.Fail(FailureOf(e));
        }
        catalog.Tree.TakeTouched();
        catalog.Tree.Touched.Entries.UnionWith(touched.Entries);
        catalog.Tree.Touched.Documents.UnionWith(touched.Documents);
    }

    /// <summary>After a rollback: takes the log back too, and forgets what was remembered outside the database.</summary>
    private void Restore(LogPosition begin)
    {
        catalog.Forget();
        log.Retract(begin);
        contents.InFlight.ForgetNaming();
        members.Reload();
    }

    private static PeerDriveException FailureOf(Exception e) => e as PeerDriveException ?? new PeerDriveException(ErrorKind.Internal, $"A change failed: {e.Message}", e);
}
