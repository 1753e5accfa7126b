using System.Net.NetworkInformation;
using System.Text;

namespace PeerDrive.Node.Network;

/// <summary>Tells when addresses of this machine come or go, or a cable does: lost peers may be reached again just then.</summary>
internal sealed class NetworkWatch(TimeProvider time, Action changed) : IAsyncDisposable
{
    // The system tells of addresses, but of a link that goes up or down only who asks.
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    private const string Interfaces = "/sys/class/net";
    private const int MaxInterfaces = 256;

    private readonly CancellationTokenSource stopping = new();
    private Task watching = Task.CompletedTask;
    private volatile bool hasNewAddress;

    public void Start()
    {
        NetworkChange.NetworkAddressChanged += NoteAddress;
        watching = WatchAsync();
    }

    public async ValueTask DisposeAsync()
    {
        NetworkChange.NetworkAddressChanged -= NoteAddress;
        await stopping.CancelAsync().ConfigureAwait(false);
        await watching.ConfigureAwait(false);
        stopping.Dispose();
    }

    private void NoteAddress(object? sender, EventArgs e) => hasNewAddress = true;

    private async Task WatchAsync()
    {
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            var before = Links();
            while (await timer.WaitForNextTickAsync(stopping.Token).ConfigureAwait(false))
            {
                var now = Links();
                if (now == before && !hasNewAddress) continue;
                before = now;
                hasNewAddress = false;
                changed();
            }
        }
        catch (OperationCanceledException)
        {
            // Stopping.
        }
    }

    /// <summary>Which interfaces have a link, as text to compare.</summary>
    private static string Links()
    {
        var text = new StringBuilder();
        try
        {
            foreach (var link in Directory.EnumerateFileSystemEntries(Interfaces).Take(MaxInterfaces).Order(StringComparer.Ordinal))
            {
                var state = Path.Combine(link, "operstate");
                if (File.Exists(state)) text.Append(link).Append(' ').Append(File.ReadAllText(state));
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // An interface that went away while it was looked at: the next look tells.
        }
        return text.ToString();
    }
}
