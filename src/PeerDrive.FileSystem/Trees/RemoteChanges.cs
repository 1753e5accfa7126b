using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Revisions;
using PeerDrive.Storage.Volumes;

namespace PeerDrive.FileSystem.Trees;

/// <summary>
/// Follows the volume's change stream: what came from elsewhere is taken up by the nodes that are kept, and the kernel is told. Never looks
/// while a commit of the mount is under way, so that the mount's own changes are no news.
/// </summary>
internal sealed class RemoteChanges(VolumeTree tree) : IAsyncDisposable
{
    private readonly CancellationTokenSource stop = new();
    private readonly HashSet<EntryId> again = [];
    private ChangeSubscription? subscription;
    private string name = tree.Volume.Name;
    private Task loop = Task.CompletedTask;

    public void Start()
    {
        subscription = tree.Volume.Subscribe();
        loop = Task.Factory.StartNew(RunAsync, CancellationToken.None, TaskCreationOptions.None, tree.Context.Scheduler).Unwrap();
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync().ConfigureAwait(false);
        await loop.ConfigureAwait(false);
        subscription?.Dispose();
        stop.Dispose();
    }

    /// <summary>What the volume shows of an entry could not be taken up when it came, or was, and the kernel is to be told. Under the gate.</summary>
    public void LookAgain(EntryId entry)
    {
        if (again.Add(entry)) subscription?.Wake();
    }

    private async Task RunAsync()
    {
        try
        {
            while (true)
            {
                await subscription!.WaitAsync(stop.Token).ConfigureAwait(false);
                await TakeAsync().ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // The mount ends.
        }
    }

    private async Task TakeAsync()
    {
        var notices = new Notices();
        VolumeChange change;
        await tree.Committing.WaitAsync(stop.Token).ConfigureAwait(false);
        try
        {
            change = subscription!.Take();
            Look(change, notices);
        }
        catch (PeerDriveException)
        {
            // The catalog cannot be read, or the volume is being closed: whoever looks something up hears of it.
            return;
        }
        finally
        {
            tree.Committing.Release();
        }
        if (change.HasChangesets && tree.Volume.Name is var now && now != name)
        {
            name = now;
            await tree.Context.NamesVolumes(stop.Token).ConfigureAwait(false);
        }
        if (tree.Context.Notices is not { } kernel) return;
        await notices.TellAsync(kernel).ConfigureAwait(false);
        await tree.Context.Links.TellAsync(kernel).ConfigureAwait(false);
    }

    private void Look(VolumeChange change, Notices notices)
    {
        EntryId[] late;
        lock (tree.Gate)
        {
            late = [.. again];
            again.Clear();
            if (change.IsOverflow)
            {
                tree.Own.Clear();
                LookAtAll(notices);
            }
        }
        foreach (var entry in change.Entries.Concat(late))
        {
            lock (tree.Gate) LookAt(entry, notices);
        }
        lock (tree.Gate) tree.Own.Forget(change);
    }

    private void LookAt(EntryId entry, Notices notices)
    {
        if (tree.Reader.Get(entry) is not { } view) return;
        var isOwn = tree.Own.Contains(view);
        var node = tree.FindDocument(view.Document);
        var folder = tree.FindFolder(view.Parent);
        if (!tree.IsMoved(entry))
        {
            var place = view is { IsLive: true, Shown: not null } && folder is not null ? new Place(folder, view.ShownName) : (Place?)null;
            if (place is { } now && !tree.Own.IsShown(view) && (node is null || !node.KnownAs.Contains(now)))
            {
                // What the mount did itself has set the folder's time when it was done.
                Changed(now.Folder, notices, !isOwn);
                notices.Add(now);
                notices.Add(node is null && !tree.Reader.IsPlacedSince(entry, view.Shown!.Value.Id) ? NameEventKind.Changed : NameEventKind.Appeared, now, view.Shown!.Value.Kind, node?.Inode ?? 0);
            }
            // Of the names that the kernel knows a node by, those tell that it has lost; another file may have the name by now.
            if (!view.IsLive && folder is not null && !isOwn && node?.KnownAs.Contains(new Place(folder, view.Name)) != true && !tree.Leads(folder, view.Name))
                notices.Add(NameEventKind.Vanished, new Place(folder, view.Name), view.Shown?.Kind ?? (view.IsFolder ? DocumentKind.Folder : DocumentKind.File), node?.Inode ?? 0);
            if (node is { IsFolder: true, OwnName: null })
            {
                node.IsRemoved = !view.IsLive;
                node.Parent = folder ?? node.Parent;
            }
        }
        if (node is not null) LookAt(node, view, notices, isOwn);
    }

    private void LookAt(TreeNode node, EntryView view, Notices notices, bool isOwn = false)
    {
        foreach (var known in node.KnownAs.ToArray())
        {
            if (tree.Find(known.Folder, known.Name)?.Node == node) continue;
            node.Unknow(known);
            Changed(known.Folder, notices, !isOwn);
            notices.Add(known);
            notices.Add(NameEventKind.Vanished, known, node.Kind, node.Inode);
        }
        var links = node.CommittedLinks;
        node.CommittedLinks = null;
        var isOther = node.IsUntold || (view.Shown is { } shown && node.Basis != shown.Id);
        node.IsUntold = false;
        if (isOther)
        {
            if (!isOwn) foreach (var known in node.KnownAs) notices.Add(NameEventKind.Changed, known, node.Kind, node.Inode);
            tree.Refresh(node, view);
            if (node is { IsStale: true, IsChanged: false, Writers: 0 } && node.Kind != view.Shown!.Value.Kind)
            {
                // It turned into something of another kind, which is another file to the kernel.
                foreach (var known in node.KnownAs) notices.Add(known);
                tree.Disown(node);
            }
        }
        if (isOther || (links is { } before && before != tree.CountLinks(node))) notices.Add(node);
        // What was deleted elsewhere comes back with what is written here.
        tree.Reconsider(node);
    }

    private void LookAtAll(Notices notices)
    {
        foreach (var node in tree.Kept.ToArray())
        {
            if (node.Document is { } document && tree.Reader.EntriesOf(document) is [var view, ..]) LookAt(node, view, notices);
            else foreach (var known in node.KnownAs) notices.Add(known);
            if (node.IsFolder) Changed(node, notices);
        }
        Changed(tree.Root, notices);
    }

    private void Changed(TreeNode folder, Notices notices, bool setsTime = true)
    {
        if (setsTime) tree.Touch(folder);
        else folder.LinesVersion++;
        folder.CommittedSubfolders = null;
        notices.Add(folder);
    }

    /// <summary>What the kernel is to be told, each thing once.</summary>
    private sealed class Notices
    {
        private readonly HashSet<ulong> nodes = [];
        private readonly HashSet<(ulong Folder, EntryName Name)> names = [];
        private readonly HashSet<NameEvent> events = [];

        public void Add(TreeNode node)
        {
            if (node.Id != 0) nodes.Add(node.Id);
        }

        public void Add(Place place)
        {
            if (place.Folder.Id != 0) names.Add((place.Folder.Id, place.Name));
        }

        public void Add(NameEventKind what, Place place, DocumentKind kind, ulong inode)
        {
            if (place.Folder.Id != 0) events.Add(new NameEvent(what, place.Folder.Id, place.Folder.Inode, place.Name, Kinds.Of(kind), inode));
        }

        public async Task TellAsync(KernelNotices kernel)
        {
            foreach (var node in nodes) await kernel.NodeChanged(node).ConfigureAwait(false);
            foreach (var (folder, name) in names) await kernel.NameChanged(folder, name.Bytes.ToArray()).ConfigureAwait(false);
            // What vanished first: of a name that was replaced the new file is what stays.
            foreach (var happened in events.OrderBy(happened => happened.What)) kernel.Happened?.Invoke(happened);
        }
    }
}
