using System.Diagnostics;

namespace PeerDrive.EndToEnd;

/// <summary>
/// Reads a file as a player does: begins when it has half a second of it, is never more than two seconds ahead of what is shown, and stands still when it
/// has nothing to show.
/// </summary>
internal sealed class Player(string path, long bytesPerSecond) : IDisposable
{
    private const int BlockBytes = 64 << 10;

    private static readonly TimeSpan Ahead = TimeSpan.FromSeconds(2);

    private readonly FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
    private readonly byte[] block = new byte[BlockBytes];

    /// <summary>How long it took from each seek to the first bytes, and until it could begin.</summary>
    public List<(TimeSpan FirstBytes, TimeSpan Begin)> Seeks { get; } = [];

    /// <summary>How long it stood still, each time.</summary>
    public List<TimeSpan> Stalls { get; } = [];

    /// <summary>Goes to a place and shows what follows for a while.</summary>
    /// <param name="check">Gets each block with its place.</param>
    public async Task PlayAsync(long from, TimeSpan span, Action<long, ReadOnlyMemory<byte>> check)
    {
        var clock = Stopwatch.StartNew();
        var end = (long)(span.TotalSeconds * bytesPerSecond);
        var read = Read(from, 0, check);
        var first = clock.Elapsed;
        while (read < bytesPerSecond / 2) read += Read(from, read, check);
        Seeks.Add((first, clock.Elapsed));
        clock.Restart();
        // While it stands still nothing is shown.
        var still = TimeSpan.Zero;
        while (read < end)
        {
            var early = Shown(read) + still - Ahead - clock.Elapsed;
            if (early > TimeSpan.FromMilliseconds(1))
            {
                using var pause = new PeriodicTimer(early);
                await pause.WaitForNextTickAsync();
            }
            var due = Shown(read) + still;
            var length = Read(from, read, check);
            var late = clock.Elapsed - due;
            if (late > TimeSpan.Zero)
            {
                Stalls.Add(late);
                still += late;
            }
            read += length;
        }
    }

    public void Dispose() => file.Dispose();

    /// <summary>When all that was read is shown.</summary>
    private TimeSpan Shown(long bytes) => TimeSpan.FromSeconds((double)bytes / bytesPerSecond);

    private int Read(long from, long offset, Action<long, ReadOnlyMemory<byte>> check)
    {
        var length = RandomAccess.Read(file.SafeFileHandle, block, from + offset);
        Assert.True(length > 0, "the file ended");
        check(from + offset, block.AsMemory(0, length));
        return length;
    }
}
