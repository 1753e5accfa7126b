using System.Text;
using System.Threading.Channels;
using PeerDrive.Native.Watching;

namespace PeerDrive.Native.Tests.Watching;

public sealed class InotifyWatcherTests : IDisposable
{
    private readonly string path = Directory.CreateTempSubdirectory("peerdrive-watch-").FullName;
    private readonly Channel<WatchEvent> seen = Channel.CreateUnbounded<WatchEvent>();

    public void Dispose() => Directory.Delete(path, recursive: true);

    [Fact]
    public async Task Writing_moving_and_removing_are_told_with_names_and_a_move_has_one_cookie()
    {
        using var watcher = new InotifyWatcher(Take);
        var watch = watcher.Add(Encoding.UTF8.GetBytes(path), WatchEvents.CloseWrite | WatchEvents.MovedFrom | WatchEvents.MovedTo | WatchEvents.Delete);
        File.WriteAllText(Path.Combine(path, "a\nb"), "x");
        var written = await UntilAsync(WatchEvents.CloseWrite);
        Assert.Equal((watch, "a\nb"), (written.Watch, Encoding.UTF8.GetString(written.Name)));
        File.Move(Path.Combine(path, "a\nb"), Path.Combine(path, "c"));
        var from = await UntilAsync(WatchEvents.MovedFrom);
        var to = await UntilAsync(WatchEvents.MovedTo);
        Assert.Equal(from.Cookie, to.Cookie);
        Assert.NotEqual(0u, to.Cookie);
        File.Delete(Path.Combine(path, "c"));
        Assert.Equal("c"u8.ToArray(), (await UntilAsync(WatchEvents.Delete)).Name);
    }

    [Fact]
    public async Task More_events_than_the_queue_holds_are_told_as_overflow()
    {
        var limit = int.Parse(File.ReadAllText("/proc/sys/fs/inotify/max_queued_events"));
        if (limit > 200_000) return;
        var gate = new ManualResetEventSlim();
        using var watcher = new InotifyWatcher(events =>
        {
            gate.Wait();
            Take(events);
        });
        watcher.Add(Encoding.UTF8.GetBytes(path), WatchEvents.Create | WatchEvents.Delete);
        for (var i = 0; i < limit + 5000; i += 2)
        {
            var name = Path.Combine(path, $"f{i % 1000}");
            File.Create(name).Dispose();
            File.Delete(name);
        }
        gate.Set();
        await UntilAsync(WatchEvents.Overflow);
    }

    private void Take(IReadOnlyList<WatchEvent> events)
    {
        foreach (var one in events) seen.Writer.TryWrite(one);
    }

    private async Task<WatchEvent> UntilAsync(WatchEvents kind)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (true)
        {
            var one = await seen.Reader.ReadAsync(limit.Token);
            if (one.Events.HasFlag(kind)) return one;
        }
    }
}
