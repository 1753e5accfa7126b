using PeerDrive.Model.Identifiers;
using PeerDrive.Sync.Fetching;

namespace PeerDrive.Sync.Tests.Fetching;

/// <summary>What one peer is asked for at once.</summary>
public sealed class SourceWindowTests
{
    private int chunks;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(100)]
    public void Many_volumes_together_ask_a_peer_for_no_more_than_it_takes(int volumes)
    {
        var all = new AskedChunks();
        var windows = Enumerable.Range(0, volumes).Select(_ => new SourceWindow(all)).ToList();
        foreach (var window in windows) Fill(window);
        Assert.Equal(SyncLimits.WindowChunks, windows[0].Asked);
        Assert.True(windows.Sum(window => window.Asked) <= SyncLimits.ServedChunks);
        Assert.All(windows, window => Assert.True(window.Asked >= SyncLimits.LeastWindowChunks));
    }

    [Fact]
    public void What_one_volume_does_not_ask_for_any_more_another_may()
    {
        var all = new AskedChunks();
        var windows = Enumerable.Range(0, 10).Select(_ => new SourceWindow(all)).ToList();
        foreach (var window in windows) Fill(window);
        Assert.True(windows[9].Asked < SyncLimits.WindowChunks / 10);
        foreach (var window in windows.Take(9)) window.Clear(default);
        Assert.True(windows[9].HasRoom);
        Fill(windows[9]);
        Assert.Equal(SyncLimits.WindowChunks, windows[9].Asked);
    }

    private void Fill(SourceWindow window)
    {
        while (!window.IsFull) window.Ask(Id.Hash<ChunkId>(BitConverter.GetBytes(++chunks)), 1, default);
    }
}
