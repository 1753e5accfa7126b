using PeerDrive.Model.Identifiers;
using PeerDrive.Sync.Fetching;

namespace PeerDrive.Sync.Tests.Fetching;

/// <summary>A peer that remembers what it was asked for; a test answers for it.</summary>
internal sealed class ScriptedSource : IChunkSource
{
    private readonly Lock gate = new();
    private readonly List<ChunkId> asked = [];

    public AskedChunks Asked { get; init; } = new();

    public bool IsHeldBack { get; set; }

    /// <summary>Called for each chunk that is asked for.</summary>
    public Action<ChunkId>? Wanted { get; set; }

    /// <summary>Every chunk that was asked for, in order.</summary>
    public IReadOnlyList<ChunkId> Wants
    {
        get
        {
            lock (gate) return [.. asked];
        }
    }

    public ValueTask WantAsync(IReadOnlyCollection<ChunkId> chunks, bool isStreaming)
    {
        lock (gate) asked.AddRange(chunks);
        foreach (var chunk in chunks) Wanted?.Invoke(chunk);
        return ValueTask.CompletedTask;
    }

    public ValueTask UnwantAsync(bool alsoStreaming) => ValueTask.CompletedTask;
}
