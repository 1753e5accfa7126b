using System.Threading.Channels;
using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Members;
using PeerDrive.Model.Revisions;
using PeerDrive.Storage.Replicas;
using PeerDrive.Storage.Volumes;
using PeerDrive.Sync.Fetching;
using PeerDrive.Sync.Sessions;

namespace PeerDrive.Sync.Copies;

/// <summary>
/// Sees to it that each content that is here, and that somebody sees, lies on as many other devices as the volume asks for: counts who confirms to have it,
/// and asks caches to keep what has too few copies. Does nothing while no number is asked for. One loop, in small groups with pauses.
/// </summary>
internal sealed class CopyKeeper(SyncEngine engine, Volume volume) : IAsyncDisposable
{
    private readonly Channel<bool> signal = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly CancellationTokenSource stop = new();
    private readonly Lock gate = new();
    private readonly CopyTable table = new(engine.Time);
    private volatile bool isOutdated = true, isRenumbered;
    private Task loop = Task.CompletedTask;
    private long cursor, generation;
    private long? swept, looked;
    private int sweep;
    private bool isSweeping, isSwept, isBehind;
    private int? wanted;

    /// <summary>Null: the volume asks for no number of copies.</summary>
    public CopiesState? State
    {
        get
        {
            lock (gate) return wanted is null ? null : table.State(isSwept);
        }
    }

    public void Start() => loop = RunAsync();

    /// <summary>Somebody connected, or keeps other contents than before.</summary>
    public void Wake() => signal.Writer.TryWrite(true);

    public void Changed(VolumeChange change)
    {
        if (change.IsOverflow) isRenumbered = true;
        if (change.Entries.Count + change.Documents.Count + change.Contents.Count > 0) isOutdated = true;
        Wake();
    }

    /// <summary>A device says that it has dropped contents.</summary>
    public void NoteDropped(DeviceId device, IReadOnlyList<Content> contents)
    {
        lock (gate)
        {
            foreach (var content in contents) table.NoteDropped(device, content);
        }
        Wake();
    }

    public async ValueTask DisposeAsync()
    {
        stop.Cancel();
        await loop;
        stop.Dispose();
    }

    private async Task RunAsync()
    {
        using var timer = engine.Time.CreateTimer(_ => Wake(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        try
        {
            while (true)
            {
                var pause = await StepAsync();
                timer.Change(pause, Timeout.InfiniteTimeSpan);
                await signal.Reader.ReadAsync(stop.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // The end, asked for by DisposeAsync.
        }
    }

    /// <returns>How long nothing is to be done, unless something happens.</returns>
    private async Task<TimeSpan> StepAsync()
    {
        try
        {
            if (Prepare() is { } pause) return pause;
            List<WatchedContent> group;
            lock (gate) group = table.TakeDue(SyncLimits.CopyContents);
            if (group.Count > 0)
            {
                await LookAsync(group);
                looked = engine.Time.GetTimestamp();
            }
            return UntilNext();
        }
        catch (PeerDriveException)
        {
            // A failing disk, say. Nothing is lost by counting later.
            return SyncLimits.CopyRetryTaken;
        }
    }

    /// <returns>Null: there may be contents to look at now.</returns>
    private TimeSpan? Prepare()
    {
        var copies = volume.Copies;
        lock (gate)
        {
            wanted = copies;
            if (copies is not { } number)
            {
                table.Clear();
                (isSweeping, isSwept, isOutdated, swept) = (false, false, true, null);
                return Timeout.InfiniteTimeSpan;
            }
            table.Want(number);
            // Whoever was counted is gone: others may hold what came here since the last sweep.
            if (Meet()) (isOutdated, swept) = (true, null);
            Scan();
        }
        return looked is { } last && engine.Time.GetElapsedTime(last) is var since && since < SyncLimits.CopyPace ? SyncLimits.CopyPace - since : null;
    }

    private TimeSpan UntilNext()
    {
        lock (gate)
        {
            if (isSweeping || isBehind || isRenumbered || table.HasDue) return SyncLimits.CopyPace;
            var next = table.UntilDue ?? SyncLimits.CopyAway;
            if (isOutdated && swept is { } last && SyncLimits.CopySweep - engine.Time.GetElapsedTime(last) is var left && left < next) next = left;
            return next < SyncLimits.CopyPace ? SyncLimits.CopyPace : next > SyncLimits.CopyRetryMost ? SyncLimits.CopyRetryMost : next;
        }
    }

    private bool Meet()
    {
        var policies = engine.PresenceOf(volume.Id)?.Entries.ToDictionary(entry => entry.Record.Device, entry => Policy(entry.Record.Policy));
        return table.Meet(
            [.. Sharing().Select(session => (session.Remote, (object)session, policies?.GetValueOrDefault(session.Remote)))],
            device => volume.Members.RoleOf(device) != Role.None);
    }

    private IEnumerable<PeerSession> Sharing() => engine.Sessions().Where(session => session.TheirVectorOf(volume.Id).IsShared && volume.Members.RoleOf(session.Remote) != Role.None);

    private static PolicyKind? Policy(string name) => name switch
    {
        "full" => PolicyKind.Full,
        "cache" => PolicyKind.Cache,
        "metadata" => PolicyKind.Metadata,
        _ => null,
    };

    /// <summary>Looks through a run of revisions: new ones at once, all of them anew when something changed, now and then.</summary>
    private void Scan()
    {
        if (isRenumbered)
        {
            isRenumbered = false;
            table.Clear();
            (isSweeping, isOutdated, swept) = (false, true, null);
        }
        if (!isSweeping && isOutdated && (swept is null || engine.Time.GetElapsedTime(swept.Value) >= SyncLimits.CopySweep))
        {
            (isSweeping, isOutdated, cursor) = (true, false, 0);
            sweep++;
        }
        var held = volume.Reader.HeldAfter(cursor, SyncLimits.CopyRows);
        if (held.Generation != generation)
        {
            // Rows have other numbers now.
            (generation, isRenumbered) = (held.Generation, cursor > 0);
            if (isRenumbered) return;
        }
        foreach (var (revision, content) in held.Found) table.Add(content, revision, sweep);
        (cursor, isBehind) = (held.Last, !held.IsEnd);
        if (!isSweeping || !held.IsEnd) return;
        table.EndSweep(sweep);
        (isSweeping, isSwept, swept) = (false, true, engine.Time.GetTimestamp());
    }

    private async Task LookAsync(List<WatchedContent> group)
    {
        var here = group.Where(content => volume.Reader.StillHolds(generation, content.Revision)).ToList();
        lock (gate)
        {
            foreach (var content in group.Except(here)) table.Remove(content);
        }
        while (await AskAsync(here, table.ToAsk, HaveWish.Know))
        {
            // Who was asked has it or not: as long as it is not enough, another one is asked.
        }
        while (await AskAsync(here, table.ToKeep, HaveWish.Keep))
        {
            // Who declines is passed over.
        }
        lock (gate) here.ForEach(table.EndLook);
    }

    /// <returns>Whether anybody was asked.</returns>
    private async Task<bool> AskAsync(List<WatchedContent> contents, Func<WatchedContent, IEnumerable<CopyPeer>> whom, HaveWish wish)
    {
        List<IGrouping<CopyPeer, WatchedContent>> asked;
        lock (gate) asked = [.. contents.SelectMany(content => whom(content).Select(peer => (Peer: peer, Content: content))).GroupBy(each => each.Peer, each => each.Content)];
        await Task.WhenAll(asked.Select(each => AskAsync(each.Key, [.. each], wish)));
        // The session whose answer came last goes on with its own work.
        await Task.Yield();
        stop.Token.ThrowIfCancellationRequested();
        return asked.Count > 0;
    }

    private async Task AskAsync(CopyPeer peer, List<WatchedContent> contents, HaveWish wish)
    {
        var session = engine.SessionOf(peer.Device);
        var answers = session is null ? null : await session.AskHaveAsync(volume.Id, [.. contents.Select(content => content.Content)], wish, stop.Token);
        lock (gate)
        {
            foreach (var (i, content) in contents.Index()) table.Note(content, peer, answers?[i], wish);
        }
    }
}
