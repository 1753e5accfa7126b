using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using PeerDrive.FileSystem;
using PeerDrive.Fuse;

namespace PeerDrive.Node.Mounting.Telling;

/// <summary>
/// Has what came from elsewhere repeated where somebody watches, so that inotify tells of it. FUSE has no message for that. Nothing is done, and no
/// process runs, while nobody watches.
/// </summary>
/// <param name="program">The program that becomes the teller.</param>
internal sealed class ChangeTeller(DriveFiles drive, string program, TimeProvider time, ILogger log) : IAsyncDisposable
{
    /// <summary>Events that may wait; what is more is not told.</summary>
    private const int QueueLength = 8192;

    /// <summary>Between two looks at who watches.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    /// <summary>After which the process ends that has nothing to do.</summary>
    private static readonly TimeSpan Idle = TimeSpan.FromMinutes(1);

    private readonly Channel<NameEvent> queue = Channel.CreateBounded<NameEvent>(new BoundedChannelOptions(QueueLength) { SingleReader = true, FullMode = BoundedChannelFullMode.DropWrite });
    private readonly CancellationTokenSource stop = new();
    private TellerProcess? process;
    private Task loop = Task.CompletedTask;

    public TellerAnswers Answers { get; } = new(drive);

    /// <summary>Ends at once.</summary>
    public void Note(NameEvent happened) => queue.Writer.TryWrite(happened);

    public void Start(FuseMount mount) => loop = RunAsync(mount);

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync().ConfigureAwait(false);
        await loop.ConfigureAwait(false);
        End();
        stop.Dispose();
    }

    private async Task RunAsync(FuseMount mount)
    {
        var folder = System.Text.Encoding.UTF8.GetBytes(mount.MountPoint);
        try
        {
            while (await WaitAsync().ConfigureAwait(false))
            {
                var batch = new List<NameEvent>();
                while (batch.Count < QueueLength && queue.Reader.TryRead(out var next)) batch.Add(next);
                // The kernel has to know what there is before somebody hears of it.
                await mount.Notifier.Delivered(stop.Token).ConfigureAwait(false);
                var watched = WatchTable.Read(mount.DeviceNumber);
                if (!watched.IsEmpty) await TellAsync(folder, batch.Where(happened => watched.Has(happened.FolderInode) || watched.Has(happened.Inode)).Distinct()).ConfigureAwait(false);
                await Task.Delay(Pause, time, stop.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // The mount ends.
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ObjectDisposedException)
        {
            // The mount is as good without.
            log.ChangesNotTold(e.Message);
        }
    }

    /// <summary>Returns when there is something to tell. A process that waited long ends.</summary>
    private async Task<bool> WaitAsync()
    {
        var next = queue.Reader.WaitToReadAsync(stop.Token).AsTask();
        if (process is not null && !next.IsCompleted)
        {
            using var enough = CancellationTokenSource.CreateLinkedTokenSource(stop.Token);
            if (await Task.WhenAny(next, Task.Delay(Idle, time, enough.Token)).ConfigureAwait(false) != next) End();
            await enough.CancelAsync().ConfigureAwait(false);
        }
        return await next.ConfigureAwait(false);
    }

    private async Task TellAsync(byte[] mount, IEnumerable<NameEvent> batch)
    {
        foreach (var happened in batch)
        {
            if (drive.PathOf(happened.Folder) is not { } path || mount.Length + 1 + path.Length > TellerCommand.MostPathBytes) continue;
            if (process is null)
            {
                process = await TellerProcess.StartAsync(program, time, stop.Token).ConfigureAwait(false);
                Answers.Thread = process.Thread;
            }
            Answers.Expect(happened);
            await process.RepeatAsync(new TellerCommand(happened.What, happened.Kind, (byte[])[.. mount, (byte)'/', .. path], happened.Name.Bytes.ToArray()), time, stop.Token).ConfigureAwait(false);
            Answers.Expect(null);
        }
    }

    private void End()
    {
        Answers.Thread = 0;
        process?.Dispose();
        process = null;
    }
}
