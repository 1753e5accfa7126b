using System.Threading.Channels;
using PeerDrive.Model.Identifiers;
using PeerDrive.Storage.Volumes;

namespace PeerDrive.FileSystem.Trees;

/// <summary>Follows the volume's change stream: what came from elsewhere is taken up by the nodes that are kept, and the kernel is told.</summary>
internal sealed class RemoteChanges(VolumeTree tree) : IAsyncDisposable
{
    private readonly CancellationTokenSource stop = new();
    private readonly Channel<bool> signal = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });
    private readonly HashSet<ulong> late = [];
    private ChangeSubscription? subscription;
    private Task loop = Task.CompletedTask, lateLoop = Task.CompletedTask;

    public void Start()
    {
        subscription = tree.Volume.Subscribe();
        loop = Task.Factory.StartNew(RunAsync, CancellationToken.None, TaskCreationOptions.None, tree.Context.Scheduler).Unwrap();
        lateLoop = Task.Factory.StartNew(RunLateAsync, CancellationToken.None, TaskCreationOptions.None, tree.Context.Scheduler).Unwrap();
    }

    /// <summary>A node took up what came from elsewhere while it was open. Under the gate, and inside an operation: the kernel is told soon.</summary>
    public void Tell(ulong node)
    {
        late.Add(node);
        signal.Writer.TryWrite(true);
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync().ConfigureAwait(false);
        await loop.ConfigureAwait(false);
        await lateLoop.ConfigureAwait(false);
        subscription?.Dispose();
        stop.Dispose();
    }

    private async Task RunAsync()
    {
        try
        {
            while (true) await TakeAsync(await subscription!.NextAsync(stop.Token).ConfigureAwait(false)).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The mount ends.
        }
    }

    private async Task RunLateAsync()
    {
        try
        {
            while (await signal.Reader.ReadAsync(stop.Token).ConfigureAwait(false))
            {
                List<ulong> nodes;
                lock (tree.Gate)
                {
                    nodes = [.. late];
                    late.Clear();
                }
                foreach (var node in nodes)
                {
                    if (tree.Context.Notices is { } kernel) await kernel.NodeChanged(node).ConfigureAwait(false);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The mount ends.
        }
    }

    private async Task TakeAsync(VolumeChange change)
    {
        var notices = new List<Notice>();
        if (change.IsOverflow)
        {
            lock (tree.Gate) LookAtAll(notices);
        }
        else
        {
            foreach (var entry in change.Entries)
            {
                lock (tree.Gate) LookAt(entry, notices);
            }
        }
        if (tree.Context.Notices is not { } kernel) return;
        foreach (var notice in notices)
        {
            if (notice.Name is { } name) await kernel.NameChanged(notice.Node, name).ConfigureAwait(false);
            else await kernel.NodeChanged(notice.Node).ConfigureAwait(false);
        }
    }

    private void LookAt(EntryId entry, List<Notice> notices)
    {
        if (tree.Reader.Get(entry) is not { } view) return;
        var node = tree.FindDocument(view.Document);
        var folder = tree.FindFolder(view.Parent);
        if (!tree.IsMoved(entry))
        {
            var place = view is { IsLive: true, Shown: not null } && folder is not null ? new Place(folder, view.ShownName) : (Place?)null;
            if (place is { } now && (node is null || !node.KnownAs.Contains(now)))
            {
                Changed(now.Folder, notices);
                Tell(now, notices);
            }
            if (node is { IsFolder: true, OwnName: null } && folder is not null) node.Parent = folder;
        }
        if (node is not null) LookAt(node, view, notices);
    }

    private void LookAt(TreeNode node, EntryView view, List<Notice> notices)
    {
        foreach (var known in node.KnownAs.ToArray())
        {
            if (tree.Find(known.Folder, known.Name)?.Node == node) continue;
            node.Unknow(known);
            Changed(known.Folder, notices);
            Tell(known, notices);
        }
        if (view.Shown is not { } shown || node.Basis == shown.Id)
        {
            node.CommittedLinks = null;
            return;
        }
        tree.Refresh(node, view);
        if (node.Id != 0) notices.Add(new Notice(node.Id, null));
    }

    private void LookAtAll(List<Notice> notices)
    {
        foreach (var node in tree.Kept.ToArray())
        {
            if (node.Document is { } document && tree.Reader.EntriesOf(document) is [var view, ..]) LookAt(node, view, notices);
            else foreach (var known in node.KnownAs) Tell(known, notices);
            if (node.IsFolder) Changed(node, notices);
        }
        Changed(tree.Root, notices);
    }

    private void Changed(TreeNode folder, List<Notice> notices)
    {
        tree.Touch(folder);
        folder.CommittedSubfolders = null;
        if (folder.Id != 0) notices.Add(new Notice(folder.Id, null));
    }

    private static void Tell(Place place, List<Notice> notices)
    {
        if (place.Folder.Id != 0) notices.Add(new Notice(place.Folder.Id, place.Name.Bytes.ToArray()));
    }

    /// <param name="Name">Null: the node itself.</param>
    private readonly record struct Notice(ulong Node, byte[]? Name);
}
