using Microsoft.Extensions.Logging;
using PeerDrive.Extraction;
using PeerDrive.Model.Annotations;
using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Revisions;
using PeerDrive.Storage.Fields;
using PeerDrive.Storage.Volumes;

namespace PeerDrive.Node.Extraction;

/// <summary>
/// Follows a volume: whatever content is shown and here and was not looked at yet is read for fields, and types of annotations are noted. One loop.
/// </summary>
internal sealed class VolumeExtraction : IAsyncDisposable
{
    /// <summary>Rows of the catalog that are gone through at once.</summary>
    private const int Rows = 500;

    /// <summary>Contents named before they arrive that are remembered; beyond it all is gone through again when one comes.</summary>
    private const int MaxAwaited = 100_000;

    /// <summary>What follows within this time is looked at together.</summary>
    private static readonly TimeSpan Joined = TimeSpan.FromMilliseconds(200);

    /// <summary>After a failure that says nothing about a content.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(5);

    private readonly Volume volume;
    private readonly ContentFields store;
    private readonly ExtractionWorkers workers;
    private readonly TimeProvider time;
    private readonly ILogger log;
    private readonly CancellationTokenSource stop = new();
    private readonly Dictionary<ChunkId, Content> awaited = [];
    private ChangeSubscription? subscription;
    private Task loop = Task.CompletedTask;

    public VolumeExtraction(Volume volume, ContentFields store, ExtractionWorkers workers, TimeProvider time, ILogger log) =>
        (this.volume, this.store, this.workers, this.time, this.log) = (volume, store, workers, time, log);

    public void Start()
    {
        subscription = volume.Subscribe();
        loop = RunAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync().ConfigureAwait(false);
        await loop.ConfigureAwait(false);
        subscription?.Dispose();
        stop.Dispose();
    }

    private async Task RunAsync()
    {
        // Not on the thread of who opened the volume.
        await Task.Yield();
        var isAll = true;
        while (!stop.IsCancellationRequested)
        {
            try
            {
                if (isAll) await LookAtAllAsync().ConfigureAwait(false);
                isAll = false;
                await subscription!.WaitForCalmAsync(time, stop.Token).ConfigureAwait(false);
                await Task.Delay(Joined, time, stop.Token).ConfigureAwait(false);
                var change = subscription.Take();
                isAll = change.IsOverflow;
                foreach (var document in change.Documents) await LookAtAsync(document).ConfigureAwait(false);
                foreach (var root in change.Contents)
                {
                    if (awaited.Remove(root, out var content)) await LookAtAsync(content).ConfigureAwait(false);
                    else isAll = true;
                }
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
            catch (PeerDriveException e)
            {
                // No worker, or a full disk: all is looked at again, and nobody has to wait for it.
                if (e.Kind == ErrorKind.Cancelled) return;
                log.ExtractionFailed(volume.Name, e.Message);
                isAll = true;
                try
                {
                    await Task.Delay(Pause, time, stop.Token).ConfigureAwait(false);
                }
                catch (OperationCanceledException)
                {
                    return;
                }
            }
        }
    }

    private async Task LookAtAllAsync()
    {
        awaited.Clear();
        for (long after = 0; ;)
        {
            var held = volume.Reader.HeldAfter(after, Rows);
            foreach (var (_, content) in held.Found) await LookAtAsync(content).ConfigureAwait(false);
            if (held.IsEnd) return;
            after = held.Last;
            await Task.Yield();
            stop.Token.ThrowIfCancellationRequested();
        }
    }

    private async Task LookAtAsync(DocumentId document)
    {
        if (volume.Reader.Heads(document) is not [var shown, ..]) return;
        if (shown.HasXattrs && volume.Reader.Revision(shown.Id) is { } revision) store.NoteTypes(DesktopAttributes.Fields(revision.State));
        if (shown.Kind == DocumentKind.File) await LookAtAsync(shown.Content).ConfigureAwait(false);
    }

    private async Task LookAtAsync(Content content)
    {
        stop.Token.ThrowIfCancellationRequested();
        if (content.IsEmpty || store.IsKnown(content, ExtractionLimits.Version)) return;
        using var reader = volume.Contents.OpenReader(content);
        if (volume.Contents.Missing(content, 1).Count == 0 && await workers.ReadAsync(reader, stop.Token).ConfigureAwait(false) is { } found) store.Add(content, found);
        else if (awaited.Count < MaxAwaited) awaited[content.Root] = content;
    }
}
