using System.Threading.Channels;
using PeerDrive.Model.Identifiers;
using PeerDrive.Storage.Log;

namespace PeerDrive.Storage.Volumes;

/// <summary>
/// One reader of a volume's change stream. Changes are joined until they are taken; beyond a cap only the fact that
/// there were more is kept, so that a slow reader costs bounded memory and never holds a commit up.
/// </summary>
public sealed class ChangeSubscription : IDisposable
{
    private const int MaxRemembered = 200_000;

    /// <summary>So many changes at once are work in progress, of an import or of what another device sends.</summary>
    private const int Bulk = 1_000;

    /// <summary>Without a change for so long the work is over; after so long it is not waited for any more.</summary>
    private static readonly TimeSpan Calm = TimeSpan.FromSeconds(3), MostBulk = TimeSpan.FromMinutes(5);

    private readonly Action<ChangeSubscription> unsubscribe;
    private readonly Lock gate = new();
    private readonly Channel<bool> signal = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });
    private HashSet<EntryId> entries = [];
    private HashSet<DocumentId> documents = [];
    private HashSet<ChunkId> contents = [], growing = [];
    private bool overflow, changesets, missing;
    private long published;
    private LogPosition? through;

    internal ChangeSubscription(Action<ChangeSubscription> unsubscribe) => this.unsubscribe = unsubscribe;

    /// <summary>Entries that changed and contents that arrived, and were not taken yet.</summary>
    public int Unread
    {
        get
        {
            lock (gate) return entries.Count + contents.Count + (overflow ? 1 : 0);
        }
    }

    /// <summary>Waits until something changed, and takes it.</summary>
    public async ValueTask<VolumeChange> NextAsync(CancellationToken cancellation)
    {
        await WaitAsync(cancellation);
        return Take();
    }

    /// <summary>Waits until something changed; <see cref="Take"/> may find it taken already.</summary>
    public async ValueTask WaitAsync(CancellationToken cancellation) => await signal.Reader.ReadAsync(cancellation);

    /// <summary>
    /// As <see cref="WaitAsync"/>, and when very much changes, until nothing more came for a while: for who follows in the background, and is to be in nobody's way.
    /// </summary>
    public async ValueTask WaitForCalmAsync(TimeProvider time, CancellationToken cancellation)
    {
        await WaitAsync(cancellation);
        var began = time.GetTimestamp();
        long? seen = null;
        while (Busy() is { } now && now != seen && time.GetElapsedTime(began) < MostBulk)
        {
            seen = now;
            await Task.Delay(Calm, time, cancellation);
        }

        long? Busy()
        {
            lock (gate) return overflow || entries.Count + contents.Count > Bulk ? published : null;
        }
    }

    /// <summary>What changed since the last call, all that was committed before included; empty when nothing did.</summary>
    public VolumeChange Take()
    {
        lock (gate)
        {
            var taken = new VolumeChange(entries, documents, contents, overflow, changesets, missing) { Growing = growing, Through = through };
            entries = [];
            documents = [];
            contents = [];
            growing = [];
            overflow = changesets = missing = false;
            return taken;
        }
    }

    /// <summary>Lets a waiting reader look again, though nothing changed.</summary>
    public void Wake() => signal.Writer.TryWrite(true);

    public void Dispose() => unsubscribe(this);

    internal void Publish(VolumeChange change)
    {
        lock (gate)
        {
            published++;
            changesets |= change.HasChangesets;
            missing |= change.HasMissing;
            through = change.Through ?? through;
            overflow |= change.IsOverflow || entries.Count + documents.Count + contents.Count + change.Entries.Count + change.Documents.Count + change.Contents.Count > MaxRemembered;
            if (overflow)
            {
                entries = [];
                documents = [];
                contents = [];
                growing = [];
            }
            else
            {
                entries.UnionWith(change.Entries);
                documents.UnionWith(change.Documents);
                contents.UnionWith(change.Contents);
                growing.UnionWith(change.Growing);
            }
        }
        signal.Writer.TryWrite(true);
    }
}
