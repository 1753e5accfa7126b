using PeerDrive.Folders.Drafts;
using PeerDrive.Folders.Ignoring;
using PeerDrive.Folders.Lending;
using PeerDrive.Folders.Rows;
using PeerDrive.Folders.Scanning;
using PeerDrive.Folders.Watching;
using PeerDrive.Folders.Writing;
using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Revisions;
using PeerDrive.Native;
using PeerDrive.Storage.Accounts;
using PeerDrive.Storage.Volumes;

namespace PeerDrive.Folders;

/// <summary>
/// Mirrors a plain directory into a folder of a volume and back. One loop does everything in turn: it takes in what the
/// directory changed, then writes what the volume changed, so that its own writes are never taken for the user's.
/// </summary>
public sealed class LinkedFolder : IAsyncDisposable
{
    private readonly Volume volume;
    private readonly FolderContext context;
    private readonly LinkTable table;
    private readonly ChangeSubscription subscription;
    private readonly CancellationTokenSource stop = new();
    private readonly Wake wake = new();
    private readonly Lock gate = new();
    private readonly List<Waiter> waiters = [];
    private Task loop = Task.CompletedTask;
    private Task volumeWait = Task.CompletedTask;
    private LinkSession? session;
    private LinkState state = new(LinkPhase.Scanning, 0, 0, 0, null);

    private LinkedFolder(Volume volume, LinkSettings settings, FolderContext context, LinkTable table)
    {
        this.volume = volume;
        this.context = context;
        this.table = table;
        Settings = settings;
        subscription = volume.Subscribe();
    }

    public LinkSettings Settings { get; }

    /// <summary>As it is now; what the volume changed and this link has not looked at yet counts as to be written.</summary>
    public LinkState State
    {
        get
        {
            // In this order: between being taken and being published a change would otherwise count nowhere.
            var unread = subscription.Unread;
            var published = Volatile.Read(ref state);
            return published with { PendingWrites = published.PendingWrites + unread };
        }
    }

    /// <summary>Opens a link and starts mirroring. A link that is not in the <see cref="LinkTable"/> yet is added to it.</summary>
    /// <exception cref="PeerDriveException">Invalid, Unsupported: lean where there are no hard links, AlreadyExists: the directory is marked as another link's. NotFound: the volume's folder. Io.</exception>
    public static async Task<LinkedFolder> OpenAsync(Volume volume, LinkSettings settings, FolderContext context)
    {
        if (settings.Folder != EntryId.Root && !volume.Reader.Require(settings.Folder).IsFolder)
            throw new PeerDriveException(ErrorKind.NotAFolder, "Only a folder of a volume can be linked.");
        var table = new LinkTable(volume);
        var isKnown = table.NumberOf(settings.Id) is not null;
        table.Add(settings);
        var folder = new LinkedFolder(volume, settings, context, table);
        try
        {
            if (!table.IsMarked(settings.Id))
            {
                using var directory = LinkedDirectory.TryOpen(settings.Directory, settings.Id, isNew: true);
                if (directory is not null) folder.OpenLender(directory)?.Dispose();
            }
            table.SetMarked(settings.Id);
        }
        catch
        {
            if (!isKnown) table.Remove(settings.Id);
            await folder.DisposeAsync();
            throw;
        }
        folder.loop = Task.Factory.StartNew(folder.RunAsync, CancellationToken.None, TaskCreationOptions.None, context.Scheduler).Unwrap();
        return folder;
    }

    /// <summary>
    /// Before a link that was closed is removed: takes into the volume's own storage what lies in the directory's files only.
    /// </summary>
    /// <exception cref="PeerDriveException">NoSpace: it does not fit. NotHere: the directory's disk is not there.</exception>
    public static Task TakeBackAsync(Volume volume, LinkSettings settings, FolderContext context, CancellationToken cancellation) => Task.Factory.StartNew(
        () => Lender.TakeBack(volume, settings, volume.Folder, cancellation), cancellation, TaskCreationOptions.None, context.Scheduler);

    /// <summary>After the end of a link whose volume is given up: nothing of ours stays in the directory.</summary>
    public static void RemoveTraces(LinkSettings settings)
    {
        LinkedDirectory.RemoveMarker(settings);
        Lender.RemoveHolds(settings);
    }

    /// <summary>Compares all of the directory with the volume; ends when it is done.</summary>
    public Task ScanAsync(CancellationToken cancellation) => WaitAsync(new Waiter(needsScan: true), cancellation);

    /// <summary>
    /// Ends when nothing is pending: every change that was made in the directory before the call is committed, and all that
    /// the volume has and whose content is here is written.
    /// </summary>
    public Task IdleAsync(CancellationToken cancellation) => WaitAsync(new Waiter(needsScan: false), cancellation);

    /// <summary>Edits that this device has no right to commit, by path.</summary>
    public IReadOnlyList<FolderDraft> Drafts =>
        table.NumberOf(Settings.Id) is { } number
            ? [.. new DraftTable(volume, number).All().Select(draft => new FolderDraft(
                PathForPeople(draft.Path), Settings.Directory, draft.Kind, draft.Size, draft.Mtime, draft.IsDeleted, draft.IsReplaced))]
            : [];

    /// <summary>Gives files the volume's version again, and forgets the edits; ends when it is done.</summary>
    /// <param name="path">As in <see cref="FolderDraft.Path"/>, of a draft or of a folder of drafts; null: all.</param>
    public Task RevertAsync(string? path, CancellationToken cancellation) => WaitAsync(new Waiter(needsScan: true) { Revert = path ?? "/" }, cancellation);

    /// <summary>Stops; what is under way ends first. The directory stays as it is.</summary>
    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        wake.Set();
        await loop;
        subscription.Dispose();
        session?.Dispose();
        lock (gate)
        {
            foreach (var waiter in waiters) waiter.Done.TrySetCanceled();
        }
        stop.Dispose();
    }

    /// <summary>As if the kernel had lost events.</summary>
    internal void Overflow() => session?.Watches.Overflow();

    private async Task WaitAsync(Waiter waiter, CancellationToken cancellation)
    {
        lock (gate) waiters.Add(waiter);
        wake.Set();
        await waiter.Done.Task.WaitAsync(cancellation);
    }

    private async Task RunAsync()
    {
        var failures = 0;
        while (!stop.IsCancellationRequested)
        {
            try
            {
                // A directory that is away may come back at any time; a full disk is not read through all the time.
                if (failures > 0) await PauseAsync(session is null ? 1 : failures);
                if (await StepAsync()) failures = 0;
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
            catch (PeerDriveException e) when (e.Kind == ErrorKind.Cancelled)
            {
                return;
            }
            catch (Exception e)
            {
                // Whatever it is: a link that ends without a word looks like one that has nothing to do.
                Reset();
                Publish(State.Phase, $"{e.Message} It is tried again.");
                failures++;
            }
        }
    }

    private void Reset()
    {
        try
        {
            session?.Reset();
        }
        catch (Exception)
        {
            // Not even its rows can be read: the next try begins with a new one.
            session!.Dispose();
            session = null;
        }
    }

    /// <returns>Whether all that there was to do has been done.</returns>
    private async Task<bool> StepAsync()
    {
        wake.Reset();
        EnsureSession();
        var current = session!;
        TakeVolumeChanges(current);
        await current.TakeEventsAsync(stop.Token);
        if (!current.Directory.IsThere())
        {
            Vanished();
            await PauseAsync();
            return false;
        }
        Revert(current);
        await current.Writer.AdvanceAsync(stop.Token);
        if (current.HasWork(NeedsScan()))
        {
            Publish(current.IsScanPending ? LinkPhase.Scanning : LinkPhase.Watching, State.Problem);
            await current.WorkAsync(() => Publish(State.Phase, State.Problem), stop.Token);
            Publish(LinkPhase.Watching, current.Problem);
            if (current.MustWait) await PauseAsync();
            return true;
        }
        Publish(LinkPhase.Watching, current.Problem);
        if (!CompleteWaiters(current)) await SleepAsync(current.UntilDue());
        return true;
    }

    private void EnsureSession()
    {
        if (session is not null) return;
        if (LinkedDirectory.TryOpen(Settings.Directory, Settings.Id, isNew: false) is not { } directory)
        {
            Vanished();
            throw new PeerDriveException(ErrorKind.NotFound, State.Problem!);
        }
        var number = table.NumberOf(Settings.Id) ?? throw new PeerDriveException(ErrorKind.Cancelled, "The link was removed.");
        var lender = OpenLender(directory);
        var rows = new RowTable(volume.State, number, Settings.Folder);
        var rules = new FolderRules(directory, rows, Settings.Ignore);
        session = new LinkSession(new LinkScope(volume, Settings, context, directory, rows, rules, new AccountNames(), new DraftTable(volume, number)) { Lender = lender }, wake.Set);
    }

    private Lender? OpenLender(LinkedDirectory directory)
    {
        if (Settings.Space != SpaceMode.Lean) return null;
        try
        {
            return Lender.Open(volume, Settings, directory);
        }
        catch
        {
            directory.Dispose();
            throw;
        }
    }

    private void Vanished()
    {
        session?.Dispose();
        session = null;
        Publish(LinkPhase.Paused, $"'{Settings.Directory}' or its marker '.pd~folder' is not there. Nothing counts as deleted; mirroring goes on when it is back.");
    }

    private string PathForPeople(byte[] path) =>
        (Settings.Folder == EntryId.Root ? "" : volume.Reader.PathOf(Settings.Folder)) + "/" + string.Join('/', Split(path));

    private static IEnumerable<string> Split(byte[] path)
    {
        foreach (var range in Ranges(path)) yield return EntryName.Display(path.AsSpan(range));
    }

    private static List<Range> Ranges(byte[] path)
    {
        var ranges = new List<Range>();
        foreach (var range in path.AsSpan().Split((byte)'/')) ranges.Add(range);
        return ranges;
    }

    private void Revert(LinkSession current)
    {
        List<string> wanted;
        lock (gate)
        {
            wanted = [.. waiters.Select(waiter => waiter.Revert).OfType<string>()];
            foreach (var waiter in waiters) waiter.Revert = null;
        }
        foreach (var path in wanted)
        {
            var top = "/" + path.Trim('/');
            current.Revert(draft => top == "/" || PathForPeople(draft) is var shown && (shown == top || shown.StartsWith(top + "/", StringComparison.Ordinal)));
        }
    }

    private void TakeVolumeChanges(LinkSession current)
    {
        if (volumeWait.IsCompleted) volumeWait = WaitForVolumeAsync();
        if (subscription.Unread is > 0 and var unread) Publish(State.Phase, State.Problem, unread);
        var change = subscription.Take();
        if (change.Entries.Count > 0 || change.Contents.Count > 0 || change.Growing.Count > 0 || change.IsOverflow) current.Writer.Touch(change);
    }

    private async Task WaitForVolumeAsync()
    {
        try
        {
            await subscription.WaitAsync(stop.Token);
            wake.Set();
        }
        catch (OperationCanceledException)
        {
            // The link is being closed.
        }
    }

    private bool NeedsScan()
    {
        lock (gate)
        {
            var needs = false;
            foreach (var waiter in waiters.Where(waiter => waiter.NeedsScan))
            {
                waiter.NeedsScan = false;
                needs = true;
            }
            return needs;
        }
    }

    /// <summary>Ends the waits of those whose mark came with the directory's events; the others' marks are made.</summary>
    /// <returns>Whether there is more to do at once.</returns>
    private bool CompleteWaiters(LinkSession current)
    {
        lock (gate)
        {
            if (waiters.Count == 0 || current.IsSettling) return false;
            foreach (var waiter in waiters.Where(waiter => waiter.Mark is { IsPassed: true })) waiter.Done.TrySetResult();
            waiters.RemoveAll(waiter => waiter.Done.Task.IsCompleted);
            foreach (var waiter in waiters.Where(waiter => waiter.Mark is null)) waiter.Mark = current.BeginMark();
            return waiters.Any(waiter => waiter.Mark is { IsPassed: true });
        }
    }

    private void Publish(LinkPhase phase, string? problem, int unread = 0) => Volatile.Write(
        ref state, new LinkState(phase, session?.Files ?? state.Files, session?.Bytes ?? state.Bytes, (session?.Writer.PendingCount ?? 0) + unread, problem));

    private Task PauseAsync(int failures = 1) => SleepAsync(TimeSpan.FromSeconds(2 << Math.Min(failures - 1, 6)), isWoken: false);

    private async Task SleepAsync(TimeSpan? time, bool isWoken = true)
    {
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(stop.Token);
        var delay = Task.Delay(time ?? Timeout.InfiniteTimeSpan, context.Time, cancel.Token);
        await (isWoken ? Task.WhenAny(delay, wake.Woken) : Task.WhenAny(delay));
        await cancel.CancelAsync();
        stop.Token.ThrowIfCancellationRequested();
    }

    /// <summary>Somebody who waits for the link.</summary>
    private sealed class Waiter(bool needsScan)
    {
        public bool NeedsScan { get; set; } = needsScan;

        public EventMark? Mark { get; set; }

        /// <summary>What is to be reverted; null when nothing is, or when it was begun.</summary>
        public string? Revert { get; set; }

        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
