using PeerDrive.FileSystem.Common;
using PeerDrive.FileSystem.Handles;
using PeerDrive.FileSystem.Trees;
using PeerDrive.Model.Errors;
using PeerDrive.Model.Revisions;
using PeerDrive.Native.Files;
using PeerDrive.Storage.Accounts;
using PeerDrive.Storage.Search;
using PeerDrive.Storage.Volumes;

namespace PeerDrive.FileSystem;

/// <summary>
/// All volumes as one tree of files, as POSIX means files; nothing here knows how a kernel asks. Whoever asks has checked permissions.
/// Thread-safe. Operations take microseconds, but for those that end with a task.
/// </summary>
public sealed class DriveFiles : IAsyncDisposable
{
    private readonly NodeTable table = new();
    private readonly TreeContext context;
    private readonly DriveFolder root;
    private readonly NodeTrimmer trimmer;
    private readonly CommonNodes common;
    private readonly SemaphoreSlim changing = new(1, 1);
    private readonly List<VolumeTree> trees = [];
    private IReadOnlyList<CommonView> views = [];

    /// <param name="scheduler">Runs what may block.</param>
    /// <param name="showsOwners">Files belong to whom the volume says; else all belong to the given user.</param>
    /// <param name="onFailure">Is told why something failed that a program sees as a bare error number. Called on any thread.</param>
    /// <param name="searchOf">Search in a volume; null: it cannot be searched.</param>
    public DriveFiles(TimeProvider time, Random random, TaskScheduler scheduler, DriveSettings settings, bool showsOwners, uint uid, uint gid, Action<Exception>? onFailure = null, Func<Volume, VolumeSearch?>? searchOf = null)
    {
        context = new TreeContext(time, random, scheduler, table, new AccountNames(), settings, showsOwners, uid, gid) { OnFailure = onFailure, SearchOf = searchOf ?? (_ => null) };
        context.NamesVolumes = NameVolumesAsync;
        root = new DriveFolder(context);
        context.Links.Find = root.Find;
        Root = table.Attach<Node>(root).Id;
        common = new CommonNodes(context, () => Volatile.Read(ref views));
        trimmer = new NodeTrimmer(table, context);
        trimmer.Start();
    }

    /// <summary>The node of the top, which is never forgotten.</summary>
    public ulong Root { get; }

    /// <summary>Nodes that the kernel knows.</summary>
    public int NodeCount => table.Count;

    /// <summary>What could not be committed, by volume.</summary>
    public IEnumerable<(Volume Volume, int Pending, string? Problem)> States => [.. root.Trees.Select(tree => (tree.Volume, tree.Pending, tree.Problem))];

    /// <summary>The kernel is there.</summary>
    /// <param name="handsFilesOver">It can read and write files by itself, on <see cref="OpenFile.Backing"/>.</param>
    public void Start(KernelNotices notices, bool handsFilesOver = false)
    {
        context.HandsFilesOver = handsFilesOver;
        context.Notices = notices;
    }

    /// <summary>The kernel does not take the files that lie behind: none is handed over from here on.</summary>
    public void StopHandingOver() => context.HandsFilesOver = false;

    /// <summary>Shows just these volumes from here on.</summary>
    public async Task ShowAsync(IReadOnlyCollection<Volume> volumes)
    {
        await changing.WaitAsync().ConfigureAwait(false);
        try
        {
            var gone = trees.Where(tree => !volumes.Contains(tree.Volume)).ToList();
            foreach (var volume in volumes.Where(volume => trees.All(tree => tree.Volume != volume)))
            {
                var tree = new VolumeTree(volume, context);
                tree.Start();
                trees.Add(tree);
            }
            trees.RemoveAll(gone.Contains);
            await ShowTreesAsync().ConfigureAwait(false);
            foreach (var tree in gone) await tree.DisposeAsync().ConfigureAwait(false);
        }
        finally
        {
            changing.Release();
        }
    }

    /// <summary>Shows just these common trees from here on, in a folder of their own beside those of the volumes.</summary>
    public async Task ShowCommonAsync(IReadOnlyList<CommonView> shown)
    {
        await changing.WaitAsync().ConfigureAwait(false);
        try
        {
            Volatile.Write(ref views, shown);
            if (root.ShowCommon(shown.Count == 0 ? null : common.Top) is not { } name || context.Notices is not { } notices) return;
            await notices.NodeChanged(Root).ConfigureAwait(false);
            await notices.NameChanged(Root, name.Bytes.ToArray()).ConfigureAwait(false);
        }
        finally
        {
            changing.Release();
        }
    }

    /// <summary>Drafts of a volume from before a crash.</summary>
    public IReadOnlyList<HeldDraft> Drafts(Volume volume) => TreeOf(volume)?.Drafts.All ?? [];

    /// <summary>Commits such drafts.</summary>
    /// <param name="path">A file or folder; null: all.</param>
    /// <returns>How many.</returns>
    public Task<int> KeepAsync(Volume volume, string? path) => TreeOf(volume)?.Drafts.KeepAsync(path) ?? Task.FromResult(0);

    /// <summary>Gives such drafts up.</summary>
    /// <inheritdoc cref="KeepAsync"/>
    public Task<int> RevertAsync(Volume volume, string? path) => TreeOf(volume)?.Drafts.RevertAsync(path) ?? Task.FromResult(0);

    /// <summary>Returns when all that was closed is committed.</summary>
    public async Task FlushAsync()
    {
        foreach (var tree in root.Trees) await tree.SyncNamesAsync().ConfigureAwait(false);
    }

    /// <summary>To be awaited before something is made in a folder: programs that make files by the ten thousand wait for their commits.</summary>
    public ValueTask WhenRoomAsync(ulong folder) => Get(folder) is TreeNode node ? node.Tree.WhenRoomAsync() : ValueTask.CompletedTask;

    public Outcome<NodeView> LookUp(ulong folder, ReadOnlySpan<byte> name)
    {
        if (NameOf(name, out var valid) is { } refusal) return refusal;
        var node = Get(folder);
        return View(node.LookUp(valid), node.HasLastingNames);
    }

    /// <summary><see cref="LookUp"/>; where something has to be computed first, the thread does not wait for it.</summary>
    public ValueTask<Outcome<NodeView>> LookUpAsync(ulong folder, ReadOnlySpan<byte> name)
    {
        if (NameOf(name, out var valid) is { } refusal) return new(refusal);
        var node = Get(folder);
        var found = node.LookUpAsync(valid);
        return found.IsCompletedSuccessfully ? new(View(found.Result, node.HasLastingNames)) : LaterAsync(found, node.HasLastingNames);

        static async ValueTask<Outcome<NodeView>> LaterAsync(ValueTask<Outcome<Node>> found, bool isNameLasting) => View(await found.ConfigureAwait(false), isNameLasting);
    }

    /// <summary>The kernel is told when a name in a folder begins to lead somewhere or elsewhere, or none ever does.</summary>
    public bool HasLastingNames(ulong folder) => Get(folder).HasLastingNames;

    /// <summary>Where a folder of a volume is, as names separated by slashes from the top of the mount; null: the kernel does not know it any more, or it is gone.</summary>
    public byte[]? PathOf(ulong folder)
    {
        if (table.Find(folder) is not TreeNode node || root.NameOf(node.Tree) is not { } volume || node.Tree.NamesOf(node) is not { } names) return null;
        return [.. volume.Bytes, .. names.SelectMany(name => (byte[])[(byte)'/', .. name.Bytes])];
    }

    /// <summary>The path from the top to a document of a volume, or to a version of it; null: it is not here, or no program could name it.</summary>
    public byte[]? PathTo(LinkedDocument document) => context.Links.PathTo(document);

    /// <summary>A node without a name that stands for something of a kind that is gone; a look-up of it is counted.</summary>
    public NodeView MakeGhost(FileKind kind)
    {
        var ghost = table.Attach(new GhostNode(table, GhostNode.AttributesOf(kind, context.Uid, context.Gid, context.Now)));
        return new NodeView(ghost.Id, ghost.Generation, ghost.GetAttributes(), IsNameLasting: false);
    }

    /// <summary>Gives look-ups back.</summary>
    public void Forget(ulong node, ulong count) => table.Find(node)?.Forget(count);

    public NodeAttributes GetAttributes(ulong node) => Get(node).GetAttributes();

    /// <summary>Changes attributes, all or none. Busy: <see cref="PreserveAsync(ulong)"/>, and again.</summary>
    public ErrorKind? SetAttributes(ulong node, in Caller caller, in AttributeChanges changes) => Get(node).SetAttributes(caller, changes);

    public Outcome<ByteString> ReadTarget(ulong node) => Get(node).ReadTarget();

    public Outcome<NodeView> Make(ulong folder, in Caller caller, ReadOnlySpan<byte> name, in NewNode made)
    {
        if (NameOf(name, out var valid) is { } refusal) return refusal;
        return View(Get(folder).Make(caller, valid, made));
    }

    /// <summary>Busy: <see cref="PreserveAsync(ulong, ReadOnlyMemory{byte})"/>, and again.</summary>
    public Outcome<OpenFile> Create(ulong folder, in Caller caller, ReadOnlySpan<byte> name, uint permissions, FileAccess access, bool isExclusive)
    {
        if (NameOf(name, out var valid) is { } refusal) return refusal;
        return Get(folder).Create(caller, valid, permissions, access, isExclusive);
    }

    /// <summary>A file that has no name yet.</summary>
    public Outcome<OpenFile> CreateUnnamed(ulong folder, in Caller caller, uint permissions, FileAccess access) => Get(folder).CreateUnnamed(caller, permissions, access);

    public ErrorKind? Unlink(ulong folder, ReadOnlySpan<byte> name) => NameOf(name, out var valid) ?? Get(folder).Unlink(valid);

    public ErrorKind? RemoveFolder(ulong folder, ReadOnlySpan<byte> name) => NameOf(name, out var valid) ?? Get(folder).RemoveFolder(valid);

    public ErrorKind? Rename(ulong folder, ReadOnlySpan<byte> name, ulong newFolder, ReadOnlySpan<byte> newName, RenameKind kind) =>
        NameOf(name, out var valid) ?? NameOf(newName, out var validNew) ?? Get(folder).Rename(valid, Get(newFolder), validNew, kind);

    public Outcome<NodeView> Link(ulong node, ulong folder, ReadOnlySpan<byte> name)
    {
        if (NameOf(name, out var valid) is { } refusal) return refusal;
        return View(Get(folder).Link(Get(node), valid));
    }

    /// <summary>Busy: the kernel reads the volume's own file (<see cref="OpenFile.Backing"/>); <see cref="PreserveAsync(ulong)"/>, and again.</summary>
    public Outcome<OpenFile> Open(ulong node, in Caller caller, FileAccess access, bool truncates) => Get(node).Open(caller, access, truncates);

    /// <summary>Makes a file that the kernel reads by itself one that can be written to, by copying it where need be; at once when it is.</summary>
    /// <returns>Why that cannot be.</returns>
    public Task<ErrorKind?> PreserveAsync(ulong node) => Get(node).PreserveAsync();

    /// <inheritdoc cref="PreserveAsync(ulong)"/>
    public async Task<ErrorKind?> PreserveAsync(ulong folder, ReadOnlyMemory<byte> name)
    {
        var found = LookUp(folder, name.Span);
        // What is gone meanwhile is nobody's.
        if (found.Error is not null) return null;
        try
        {
            return await PreserveAsync(found.Value.Node).ConfigureAwait(false);
        }
        finally
        {
            Forget(found.Value.Node, 1);
        }
    }

    public Outcome<OpenFolder> OpenFolder(ulong node) => Get(node).OpenFolder();

    /// <summary><see cref="OpenFolder"/>; where something has to be computed first, the thread does not wait for it.</summary>
    public ValueTask<Outcome<OpenFolder>> OpenFolderAsync(ulong node) => Get(node).OpenFolderAsync();

    public Task<ErrorKind?> SyncFolderAsync(ulong node) => Get(node).SyncAsync();

    public Outcome<ReadOnlyMemory<byte>> GetXattr(ulong node, ReadOnlySpan<byte> name) => Get(node).GetXattr(name);

    public Outcome<IReadOnlyList<ByteString>> ListXattrs(ulong node) => Get(node).ListXattrs();

    public ErrorKind? SetXattr(ulong node, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, bool mustBeNew, bool mustExist) =>
        Get(node).SetXattr(name, value, mustBeNew, mustExist);

    public ErrorKind? RemoveXattr(ulong node, ReadOnlySpan<byte> name) => Get(node).RemoveXattr(name);

    /// <summary>Commits what waits, and ends. The kernel must be gone.</summary>
    public async ValueTask DisposeAsync()
    {
        await trimmer.DisposeAsync().ConfigureAwait(false);
        foreach (var tree in trees) await tree.DisposeAsync().ConfigureAwait(false);
        trees.Clear();
        changing.Dispose();
    }

    /// <summary>A volume may have got another name.</summary>
    private async Task NameVolumesAsync(CancellationToken cancellation)
    {
        await changing.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            await ShowTreesAsync().ConfigureAwait(false);
        }
        finally
        {
            changing.Release();
        }
    }

    private async Task ShowTreesAsync()
    {
        var changed = root.Show(trees);
        if (changed.Count == 0 || context.Notices is not { } notices) return;
        await notices.NodeChanged(Root).ConfigureAwait(false);
        foreach (var name in changed) await notices.NameChanged(Root, name.Bytes.ToArray()).ConfigureAwait(false);
        await context.Links.TellAsync(notices).ConfigureAwait(false);
    }

    internal VolumeTree? TreeOf(Volume volume) => root.Trees.FirstOrDefault(tree => tree.Volume == volume);

    private static ErrorKind? NameOf(ReadOnlySpan<byte> bytes, out EntryName name)
    {
        name = default;
        if (bytes.Length > Model.ModelLimits.NameBytes) return ErrorKind.NameTooLong;
        if (!EntryName.IsValid(bytes)) return ErrorKind.Invalid;
        name = EntryName.Create(bytes);
        return null;
    }

    private static Outcome<NodeView> View(Outcome<Node> outcome, bool isNameLasting = true) =>
        outcome is { Error: null, Value: var node } ? new NodeView(node.Id, node.Generation, node.GetAttributes(), isNameLasting) : outcome.Error!.Value;

    private Node Get(ulong node) => table.Find(node) ?? throw new PeerDriveException(ErrorKind.Internal, $"There is no node {node}.");
}
