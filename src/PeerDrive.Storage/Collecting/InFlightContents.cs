using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Revisions;

namespace PeerDrive.Storage.Collecting;

/// <summary>
/// Contents that are being stored, or are stored and not committed yet: nothing names them, and yet their chunks may not go. Thread-safe.
/// </summary>
internal sealed class InFlightContents(TimeProvider time)
{
    /// <summary>What nobody committed after this long is taken for given up. What a saved draft needs is kept by its row.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromDays(1);

    private readonly Lock gate = new();
    private readonly HashSet<Storing> running = [];
    private readonly Dictionary<Content, (int Times, long Last)> stored = [];
    private readonly List<Content> naming = [];

    /// <summary>Begins the storing of a content, which ends when it is disposed.</summary>
    public Storing Begin()
    {
        var storing = new Storing(this);
        lock (gate) running.Add(storing);
        return storing;
    }

    /// <summary>A commit names a content; it is remembered until that commit is done.</summary>
    public void NoteNamed(Content content)
    {
        lock (gate) naming.Add(content);
    }

    /// <summary>What was named is committed.</summary>
    public void EndNaming()
    {
        lock (gate)
        {
            foreach (var content in naming)
            {
                // Who else stored the same has yet to name it, and by then the one named first may be let go.
                if (!stored.Remove(content, out var left) || left.Times == 1) continue;
                stored[content] = left with { Times = left.Times - 1 };
            }
            naming.Clear();
        }
    }

    /// <summary>Of what was named some may have been taken back: all is remembered on.</summary>
    public void ForgetNaming()
    {
        lock (gate) naming.Clear();
    }

    /// <summary>Chunks that are being stored, and contents that were.</summary>
    public (IReadOnlyList<ChunkId> Chunks, IReadOnlyList<Content> Contents) Now()
    {
        lock (gate)
        {
            foreach (var (content, _) in stored.Where(pair => time.GetElapsedTime(pair.Value.Last) > Longest).ToList()) stored.Remove(content);
            return ([.. running.SelectMany(storing => storing.Chunks())], [.. stored.Keys]);
        }
    }

    private void NoteStored(Content content)
    {
        lock (gate) stored[content] = (stored.GetValueOrDefault(content).Times + 1, time.GetTimestamp());
    }

    /// <summary>One content on its way: tells each chunk before it relies on it.</summary>
    internal sealed class Storing(InFlightContents owner) : IDisposable
    {
        private readonly Lock gate = new();
        private readonly List<ChunkId> lists = [];

        /// <summary>Chunks of the content so far. Written by the one who stores.</summary>
        public List<ChunkReference> Lines { get; } = [];

        public void Add(ChunkReference line)
        {
            lock (gate) Lines.Add(line);
        }

        public void AddList(ChunkId id)
        {
            lock (gate) lists.Add(id);
        }

        /// <summary>All is stored: it is remembered until it is committed.</summary>
        public void End(Content content)
        {
            if (!content.IsEmpty) owner.NoteStored(content);
        }

        public IEnumerable<ChunkId> Chunks()
        {
            lock (gate) return [.. Lines.Select(line => line.Id), .. lists];
        }

        public void Dispose()
        {
            lock (owner.gate) owner.running.Remove(this);
        }
    }
}
