using System.Numerics;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Revisions;
using PeerDrive.Storage.Replicas;
using PeerDrive.Sync.Fetching;

namespace PeerDrive.Sync.Copies;

/// <summary>
/// What is known of the copies of the contents that are here, and whom to ask next. Decides and counts, asks nobody. Not thread-safe.
/// </summary>
internal sealed class CopyTable(TimeProvider time)
{
    private readonly Dictionary<Content, WatchedContent> all = [];
    private readonly Dictionary<DeviceId, CopyPeer> peers = [];
    private readonly Queue<WatchedContent> queue = [];
    private readonly PriorityQueue<(WatchedContent Content, long Due), long> later = new();
    private ulong connected, full, caches;
    private long counted, few, fewBytes, taken, takenBytes;

    /// <summary>Other devices on which each content is to lie.</summary>
    public int Wanted { get; private set; }

    /// <summary>Whether contents wait to be looked at now.</summary>
    public bool HasDue
    {
        get
        {
            QueueDue();
            return queue.Count > 0;
        }
    }

    /// <summary>When the next content is to be looked at; null: never.</summary>
    public TimeSpan? UntilDue => HasDue ? TimeSpan.Zero : later.TryPeek(out _, out var due) ? time.GetElapsedTime(time.GetTimestamp(), due) : null;

    public CopiesState State(bool isSwept) => new(Wanted, counted, few, fewBytes, taken, takenBytes, isSwept && counted == all.Count);

    /// <summary>Another number of copies is asked for: all are looked at again.</summary>
    public void Want(int copies)
    {
        if (copies == Wanted) return;
        foreach (var content in all.Values) Tally(content, -1);
        Wanted = copies;
        foreach (var content in all.Values)
        {
            Tally(content, 1);
            Enqueue(content);
        }
    }

    /// <summary>A content is here.</summary>
    public void Add(Content content, long revision, int sweep)
    {
        var key = content with { Chunking = 0 };
        if (!all.TryGetValue(key, out var watched))
        {
            all[key] = watched = new WatchedContent(key, revision, time.GetTimestamp());
            Enqueue(watched);
        }
        (watched.Revision, watched.Sweep) = (revision, sweep);
    }

    public void Remove(WatchedContent content)
    {
        if (all.Remove(content.Content)) Tally(content, -1);
        content.Due = null;
    }

    /// <summary>Forgets what a whole sweep has not found.</summary>
    public void EndSweep(int sweep)
    {
        foreach (var content in all.Values.Where(content => content.Sweep != sweep).ToList()) Remove(content);
    }

    /// <summary>Forgets all contents, and nothing of devices.</summary>
    public void Clear()
    {
        all.Clear();
        queue.Clear();
        later.Clear();
        counted = few = fewBytes = taken = takenBytes = 0;
    }

    /// <summary>Who is connected now, and which contents it keeps. Others count for a while as what they confirmed, members only.</summary>
    /// <returns>Whether a device that confirmed contents counts no more.</returns>
    public bool Meet(IReadOnlyCollection<(DeviceId Device, object Connection, PolicyKind? Policy)> now, Func<DeviceId, bool> isMember)
    {
        var moment = time.GetTimestamp();
        var met = now.ToDictionary(each => each.Device);
        var hasLost = false;
        foreach (var peer in peers.Values.Where(peer => !isMember(peer.Device) || (!met.ContainsKey(peer.Device) && time.GetElapsedTime(peer.Seen, moment) > SyncLimits.CopyAway)).ToList())
        {
            Forget(peer);
            hasLost = true;
        }
        foreach (var peer in peers.Values.Where(peer => !met.ContainsKey(peer.Device))) peer.Connection = null;
        foreach (var (device, connection, policy) in now)
        {
            if (!peers.TryGetValue(device, out var peer))
            {
                if (FreeBit() is not { } bit) continue;
                peers[device] = peer = new CopyPeer(device, bit) { Seen = moment };
            }
            if (peer.Connection != connection || peer.Policy != policy) AskAgain(peer, alsoConfirmed: time.GetElapsedTime(peer.Seen, moment) > SyncLimits.CopyAgain);
            (peer.Connection, peer.Policy, peer.Seen) = (connection, policy, moment);
        }
        connected = Bits(peer => peer.Connection is not null);
        full = Bits(peer => peer is { Connection: not null, Policy: PolicyKind.Full });
        caches = Bits(peer => peer is { Connection: not null, Policy: PolicyKind.Cache });
        return hasLost;
    }

    /// <summary>Contents to be looked at now, each begun anew: who was to have it by now is asked again.</summary>
    public List<WatchedContent> TakeDue(int most)
    {
        QueueDue();
        var found = new List<WatchedContent>();
        while (found.Count < most && queue.TryDequeue(out var content))
        {
            content.IsQueued = false;
            if (all.GetValueOrDefault(content.Content) != content) continue;
            Tally(content, -1);
            NoteLate(content);
            content.Lacks &= ~(content.Takes | content.Late | full);
            (content.Takes, content.Declined) = (0, 0);
            Tally(content, 1);
            found.Add(content);
        }
        return found;
    }

    /// <summary>Whom to ask whether it has a content: no more at once than are needed, likely ones first.</summary>
    public IEnumerable<CopyPeer> ToAsk(WatchedContent content) => peers.Values
        .Where(peer => (peer.Bit & connected & ~(content.Confirmed | content.Lacks)) != 0)
        .OrderBy(peer => peer.Policy switch { PolicyKind.Full => 0, PolicyKind.Cache => 1, _ => 2 }).ThenBy(peer => peer.Device)
        .Take(Wanted - content.Copies);

    /// <summary>Whom to ask to keep a content, of which all were asked whether they have it: those of lowest rank, as many as are needed beside those who will have it.</summary>
    public IEnumerable<CopyPeer> ToKeep(WatchedContent content)
    {
        var coming = (content.Takes | full) & connected & ~(content.Confirmed | content.Late);
        var needed = Wanted - content.Copies - BitOperations.PopCount(coming);
        return needed <= 0 ? [] : peers.Values
            .Where(peer => (peer.Bit & caches & ~(content.Confirmed | content.Takes | content.Declined | content.Late)) != 0)
            .OrderBy(peer => CopyRank.Of(content.Content.Root, peer.Device)).Take(needed);
    }

    /// <summary>What a device said of a content.</summary>
    /// <param name="answer">Null: nothing in time.</param>
    public void Note(WatchedContent content, CopyPeer peer, HaveAnswer? answer, HaveWish wish)
    {
        if (all.GetValueOrDefault(content.Content) != content || peers.GetValueOrDefault(peer.Device) != peer) return;
        Tally(content, -1);
        if (answer == HaveAnswer.Has)
        {
            content.Confirmed |= peer.Bit;
            content.Takes &= ~peer.Bit;
            content.Late &= ~peer.Bit;
            content.Tries = 0;
        }
        else
        {
            content.Confirmed &= ~peer.Bit;
            content.Lacks |= peer.Bit;
            if (wish == HaveWish.Keep && answer == HaveAnswer.Takes) content.Takes |= peer.Bit;
            else if (wish == HaveWish.Keep) content.Declined |= peer.Bit;
        }
        Tally(content, 1);
    }

    /// <summary>A device has dropped a content.</summary>
    public void NoteDropped(DeviceId device, Content content)
    {
        if (!peers.TryGetValue(device, out var peer) || !all.TryGetValue(content with { Chunking = 0 }, out var watched)) return;
        Tally(watched, -1);
        watched.Confirmed &= ~peer.Bit;
        watched.Takes &= ~peer.Bit;
        watched.Lacks |= peer.Bit;
        Tally(watched, 1);
        Enqueue(watched);
    }

    /// <summary>A look is over: it is looked at again later if it has too few copies.</summary>
    public void EndLook(WatchedContent content)
    {
        if (all.GetValueOrDefault(content.Content) != content) return;
        Tally(content, -1);
        content.IsCounted = true;
        Tally(content, 1);
        content.Due = null;
        if (content.Copies >= Wanted || connected == 0) return;
        var (pause, most) = (content.Takes | (full & ~content.Late)) == 0 ? (SyncLimits.CopyRetryTaken, SyncLimits.CopyRetryMost) : (SyncLimits.CopyRetry, SyncLimits.CopyRetryTaken);
        pause *= 1 << Math.Min(content.Tries++, 16);
        var due = time.GetTimestamp() + (long)((pause < most ? pause : most).TotalSeconds * time.TimestampFrequency);
        content.Due = due;
        later.Enqueue((content, due), due);
    }

    private void Enqueue(WatchedContent content)
    {
        content.Due = null;
        content.Tries = 0;
        if (content.IsQueued) return;
        content.IsQueued = true;
        queue.Enqueue(content);
    }

    private void QueueDue()
    {
        var now = time.GetTimestamp();
        while (later.TryPeek(out var next, out var due) && due <= now)
        {
            later.Dequeue();
            // It may have been looked at meanwhile.
            if (next.Content.Due != next.Due || next.Content.IsQueued) continue;
            next.Content.Due = null;
            next.Content.IsQueued = true;
            queue.Enqueue(next.Content);
        }
    }

    /// <summary>Who was to have a content and has not got it for long is not waited for any more.</summary>
    private void NoteLate(WatchedContent content)
    {
        var expected = (content.Takes | full) & ~(content.Confirmed | content.Late);
        if (expected == 0)
        {
            content.Since = time.GetTimestamp();
        }
        else if (time.GetElapsedTime(content.Since) > SyncLimits.CopyPatience + TimeSpan.FromSeconds(content.Content.Size / (double)SyncLimits.CopyRate))
        {
            content.Late |= expected;
            content.Since = time.GetTimestamp();
        }
    }

    private void AskAgain(CopyPeer peer, bool alsoConfirmed)
    {
        foreach (var content in all.Values)
        {
            Tally(content, -1);
            content.Lacks &= ~peer.Bit;
            content.Declined &= ~peer.Bit;
            content.Takes &= ~peer.Bit;
            content.Late &= ~peer.Bit;
            if (alsoConfirmed) content.Confirmed &= ~peer.Bit;
            Tally(content, 1);
            if (content.Copies < Wanted) Enqueue(content);
        }
    }

    private void Forget(CopyPeer peer)
    {
        AskAgain(peer, alsoConfirmed: true);
        peers.Remove(peer.Device);
    }

    private ulong? FreeBit()
    {
        if (peers.Count >= SyncLimits.CopyDevices)
        {
            if (peers.Values.Where(peer => peer.Connection is null).MinBy(peer => peer.Seen) is not { } oldest) return null;
            Forget(oldest);
        }
        var used = Bits(_ => true);
        return 1UL << BitOperations.TrailingZeroCount(~used);
    }

    private ulong Bits(Func<CopyPeer, bool> which) => peers.Values.Where(which).Aggregate(0UL, (bits, peer) => bits | peer.Bit);

    /// <summary>Takes a content into the totals, or out of them while it changes.</summary>
    private void Tally(WatchedContent content, int sign)
    {
        if (!content.IsCounted) return;
        var size = (long)content.Content.Size;
        counted += sign;
        if (content.Copies >= Wanted) return;
        few += sign;
        fewBytes += sign * size;
        if (content.Takes == 0) return;
        taken += sign;
        takenBytes += sign * size;
    }
}
