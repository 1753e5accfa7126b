using PeerDrive.Model.Identifiers;
using PeerDrive.Sync.Fetching;

namespace PeerDrive.Sync.Tests.Fetching;

/// <summary>When a peer is told that something came which it had asked for in vain.</summary>
public sealed class VainWantsTests
{
    private readonly ManualTimeProvider time = new();
    private readonly HashSet<ChunkId> here = [];
    private int calls;

    [Fact]
    public void Once_a_chunk_is_here_it_is_told_once()
    {
        using var vain = new VainWants(here.Contains, time, () => calls++);
        vain.NoteArrived();
        vain.Add(Chunk(1));
        vain.Add(Chunk(2));
        here.Add(Chunk(1));
        vain.NoteArrived();
        vain.NoteArrived();
        Assert.False(vain.TakeDue());
        time.Advance(SyncLimits.LeastVainPause);
        Assert.Equal(1, calls);
        Assert.True(vain.TakeDue());
        Assert.False(vain.TakeDue());
        vain.NoteArrived();
        time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(1, calls);
    }

    [Fact]
    public void What_came_while_the_answer_was_on_its_way_is_told_too()
    {
        using var vain = new VainWants(here.Contains, time, () => calls++);
        here.Add(Chunk(1));
        vain.Add(Chunk(1));
        time.Advance(SyncLimits.LeastVainPause);
        Assert.True(vain.TakeDue());
    }

    [Fact]
    public void What_nobody_asked_for_is_not_told_and_who_asks_for_much_is_told_later()
    {
        using var vain = new VainWants(here.Contains, time, () => calls++);
        for (var i = 1; i <= 1000; i++) vain.Add(Chunk(i));
        here.Add(Chunk(0));
        vain.NoteArrived();
        time.Advance(SyncLimits.LeastVainPause);
        Assert.Equal(0, calls);
        time.Advance(SyncLimits.VainWantPause * 1000);
        Assert.Equal(1, calls);
        Assert.False(vain.TakeDue());
        here.Add(Chunk(7));
        vain.NoteArrived();
        time.Advance(SyncLimits.VainWantPause * 1000);
        Assert.True(vain.TakeDue());
    }

    private static ChunkId Chunk(int number) => Id.Hash<ChunkId>(BitConverter.GetBytes(number));
}
