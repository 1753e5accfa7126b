using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Microsoft.Win32.SafeHandles;
using PeerDrive.Folders.Rows;
using PeerDrive.Native;
using PeerDrive.Native.Watching;

namespace PeerDrive.Folders.Watching;

/// <summary>
/// One inotify watch per folder of a link. Events are queued by the watcher's thread and taken by the link's loop; all else
/// belongs to the loop.
/// </summary>
internal sealed class FolderWatches : IDisposable
{
    private const int MaxQueued = 200_000;

    private const WatchEvents Watched = WatchEvents.Modify | WatchEvents.Attributes | WatchEvents.CloseWrite | WatchEvents.MovedFrom | WatchEvents.MovedTo
        | WatchEvents.Create | WatchEvents.Delete | WatchEvents.DeleteSelf | WatchEvents.MoveSelf;

    private readonly ConcurrentQueue<WatchEvent> queue = [];
    private readonly Dictionary<int, long> rows = [];
    private readonly Dictionary<long, int> watches = [];
    private readonly Action onEvents;
    private readonly InotifyWatcher? watcher;
    private int overflowed;

    public FolderWatches(Action onEvents)
    {
        this.onEvents = onEvents;
        try
        {
            watcher = new InotifyWatcher(Enqueue);
        }
        catch (ErrnoException e)
        {
            Problem = $"Changes are found by full scans only, because the system gives no watcher ({e.Message}). Raise fs.inotify.max_user_instances.";
        }
    }

    private FolderWatches(string problem)
    {
        onEvents = () => { };
        Problem = problem;
    }

    /// <summary>Why not every folder is watched; null when every one is.</summary>
    public string? Problem { get; private set; }

    /// <summary>Watches nothing.</summary>
    public static FolderWatches None() => new("Nothing is watched.");

    public bool Has(FileRow folder) => watches.ContainsKey(folder.Id);

    public void Add(FileRow folder, SafeFileHandle handle)
    {
        if (watcher is null || watches.ContainsKey(folder.Id)) return;
        try
        {
            // By its descriptor: the path may lead elsewhere by now.
            var path = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"/proc/self/fd/{handle.DangerousGetHandle()}"));
            var watch = watcher.Add(path, Watched);
            if (rows.Remove(watch, out var former)) watches.Remove(former);
            rows[watch] = folder.Id;
            watches[folder.Id] = watch;
        }
        catch (ErrnoException e)
        {
            Problem = e.Errno == ErrnoException.NoSpace
                ? "Not all folders can be watched, so that changes are found by full scans only. Raise the limit: sysctl fs.inotify.max_user_watches=1048576"
                : $"A folder cannot be watched, so that changes in it are found by full scans only: {e.Message}.";
        }
    }

    public void Remove(FileRow folder)
    {
        if (!watches.Remove(folder.Id, out var watch)) return;
        rows.Remove(watch);
        watcher?.Remove(watch);
    }

    /// <summary>The next event with the row of its folder.</summary>
    public bool TryTake(out WatchEvent taken, out long folder)
    {
        while (queue.TryDequeue(out taken))
        {
            if (rows.TryGetValue(taken.Watch, out folder))
            {
                if ((taken.Events & WatchEvents.Ignored) == 0) return true;
                rows.Remove(taken.Watch);
                watches.Remove(folder);
            }
        }
        folder = 0;
        return false;
    }

    /// <summary>Whether events were lost since the last call.</summary>
    public bool TakeOverflow() => Interlocked.Exchange(ref overflowed, 0) != 0;

    /// <summary>As if the kernel had lost events.</summary>
    internal void Overflow()
    {
        Interlocked.Exchange(ref overflowed, 1);
        onEvents();
    }

    public void Dispose() => watcher?.Dispose();

    private void Enqueue(IReadOnlyList<WatchEvent> events)
    {
        foreach (var one in events)
        {
            if ((one.Events & WatchEvents.Overflow) != 0 || queue.Count > MaxQueued) Interlocked.Exchange(ref overflowed, 1);
            else queue.Enqueue(one);
        }
        onEvents();
    }
}
