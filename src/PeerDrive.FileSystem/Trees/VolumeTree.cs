using System.Collections.Immutable;
using PeerDrive.FileSystem.Committing;
using PeerDrive.FileSystem.Views;
using PeerDrive.Model.Annotations;
using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Members;
using PeerDrive.Model.Revisions;
using PeerDrive.Storage.Volumes;

namespace PeerDrive.FileSystem.Trees;

/// <summary>
/// One volume as the mount shows it: the volume's tree, read as it is needed, under the changes that were not committed yet.
/// Lock order: the catalog's gate (inside a commit only), <see cref="Gate"/>, the reader's connection, the table of nodes.
/// </summary>
internal sealed class VolumeTree : IAsyncDisposable
{
    private const uint RootPermissions = 0x1ED;

    /// <summary>Names and nodes; a new file is one of each.</summary>
    private const int MostWaiting = 16_000;

    /// <summary>Longer paths no program can name.</summary>
    private const int MostDepth = 2048;

    private readonly Dictionary<DocumentId, TreeNode> documents = [];
    private readonly Dictionary<EntryId, TreeNode> folders = [];
    private readonly Dictionary<EntryId, PlacedName> moved = [];
    private readonly CommitLoop commits;
    private readonly RemoteChanges remote;
    private readonly DraftKeeper keeper;

    public VolumeTree(Volume volume, TreeContext context)
    {
        Volume = volume;
        Context = context;
        Inodes = new InodeNumbers(context.Random);
        Root = new TreeNode(this, DocumentKind.Folder, InodeNumbers.Own(volume.Id))
        {
            Entry = EntryId.Root, Permissions = RootPermissions, Owner = context.Accounts.User(context.Uid), Group = context.Accounts.Group(context.Gid),
            Mtime = context.Now, Ctime = context.Now, Atime = context.Now,
        };
        folders[EntryId.Root] = Root;
        Names = new NameOperations(this);
        Attributes = new AttributeOperations(this);
        Xattrs = new XattrOperations(this);
        Files = new FileOperations(this);
        KernelReads = new KernelReads(this);
        Drafts = new HeldDrafts(this);
        Views = new VolumeViews(volume, context, Root.Inode);
        Due = new DueChanges(this);
        commits = new CommitLoop(this);
        remote = new RemoteChanges(this);
        keeper = new DraftKeeper(this);
    }

    public Lock Gate { get; } = new();

    public Volume Volume { get; }

    public TreeContext Context { get; }

    public TreeNode Root { get; }

    public NameOperations Names { get; }

    public AttributeOperations Attributes { get; }

    public XattrOperations Xattrs { get; }

    public FileOperations Files { get; }

    public KernelReads KernelReads { get; }

    public HeldDrafts Drafts { get; }

    public InodeNumbers Inodes { get; }

    /// <summary>Old states, in a folder of their own.</summary>
    public VolumeViews Views { get; }

    /// <summary>What waits for its commit.</summary>
    public DueChanges Due { get; }

    /// <summary>What was committed and is about to be told by the change stream.</summary>
    public OwnChanges Own { get; } = new();

    public VolumeReader Reader => Volume.Reader;

    public bool IsReadOnly => Volume.OwnRole < Role.Writer;

    /// <summary>What could not be committed; null: nothing.</summary>
    public string? Problem => commits.Problem;

    /// <summary>The volume is taking a commit of the mount.</summary>
    public bool IsCommitting => commits.IsCommitting;

    /// <summary>Names and nodes that wait for their commit; drafts from before a crash wait for a person.</summary>
    public int Pending
    {
        get
        {
            lock (Gate) return Due.Nodes.Count(node => !node.IsHeld) + Due.Names.Count(name => !name.Node.IsHeld);
        }
    }

    /// <summary>
    /// Returns at once, but when far more waits for its commit than is good: each new file holds memory or an open file. Then after
    /// the commits have caught up, or some seconds.
    /// </summary>
    public async ValueTask WhenRoomAsync()
    {
        for (var tries = 0; IsCrowded() && tries < 5; tries++)
            await Task.WhenAny(commits.Ended, Task.Delay(TimeSpan.FromSeconds(1), Context.Time)).ConfigureAwait(false);

        bool IsCrowded()
        {
            lock (Gate) return Due.Count > MostWaiting;
        }
    }

    public void Start()
    {
        Files.Recover();
        remote.Start();
        commits.Start();
        keeper.Start();
    }

    /// <summary>Commits what waits, and ends.</summary>
    public async ValueTask DisposeAsync()
    {
        await keeper.DisposeAsync();
        await remote.DisposeAsync();
        await commits.DisposeAsync();
        Views.Dispose();
        if (Pending > 0) Files.SaveAll();
        EndedDrafts ended;
        lock (Gate) ended = Files.TakeEnded();
        Files.Discard(ended);
    }

    /// <summary>Returns when every name is committed that is not of a file still being written.</summary>
    public Task<ErrorKind?> SyncNamesAsync() => commits.FlushAsync();

    /// <summary>Makes a folder's names durable: those in the volume by a commit, those of files still being written with their drafts.</summary>
    public async Task<ErrorKind?> SyncFolderAsync() => await SyncNamesAsync().ConfigureAwait(false) ?? await Files.SaveClaimsAsync().ConfigureAwait(false);

    public void Forget(TreeNode node, ulong count)
    {
        lock (Gate)
        {
            if (Context.Table.Detach(node, count)) Release(node);
        }
    }

    /// <summary>What a name leads to: what the mount changed first, then what the volume has. Under the gate.</summary>
    public PlacedName? Find(TreeNode folder, EntryName name)
    {
        if (folder.Added.TryGetValue(name, out var added)) return added;
        if (folder.Entry is not { } entry) return null;
        // Whoever makes a file has just been told that there is none.
        if (folder.Missing is { } missing && missing.Lines == folder.LinesVersion && missing.Name == name) return null;
        if (Reader.Find(entry, name) is { Shown: not null } view && !moved.ContainsKey(view.Id)) return Placed(folder, view);
        folder.Missing = (name, folder.LinesVersion);
        return null;
    }

    /// <summary>Whether a name leads somewhere; as <see cref="Find"/>, but no node hears of it. Under the gate.</summary>
    public bool Leads(TreeNode folder, EntryName name) =>
        folder.Added.ContainsKey(name) || (folder.Entry is { } entry && Reader.Find(entry, name) is { Shown: not null } view && !moved.ContainsKey(view.Id));

    /// <summary>Where a name of the volume is. Under the gate.</summary>
    public PlacedName Placed(TreeNode folder, EntryView view)
    {
        var place = new Place(folder, view.ShownName);
        return new PlacedName(NodeOf(view, folder)) { Entry = view.Id, Committed = place, Current = place };
    }

    /// <summary>Entries of the volume that the mount shows where the volume has them. Under the gate.</summary>
    public bool IsMoved(EntryId entry) => moved.ContainsKey(entry);

    public TreeNode? FindFolder(EntryId entry) => folders.GetValueOrDefault(entry);

    public TreeNode? FindDocument(DocumentId document) => documents.GetValueOrDefault(document);

    /// <summary>Nodes that are kept. Under the gate.</summary>
    public IReadOnlyCollection<TreeNode> Kept => documents.Values;

    /// <summary>A node of the volume; kept only from <see cref="Keep"/> on. Under the gate.</summary>
    public TreeNode NodeOf(EntryView view, TreeNode? parent)
    {
        if (documents.TryGetValue(view.Document, out var node) && node.Kind != view.Shown!.Value.Kind && node is { IsChanged: false, Writers: 0 })
        {
            // It turned into something of another kind, which is another file to the kernel.
            Disown(node);
            node = null;
        }
        if (node is not null)
        {
            if (node.Basis != view.Shown!.Value.Id && Refresh(node, view))
            {
                // Whoever looks a name up is told of the attributes only, and may be faster than the change stream.
                node.IsUntold = true;
                remote.LookAgain(view.Id);
            }
        }
        else
        {
            node = new TreeNode(this, view.Shown!.Value.Kind, Inodes.Of(view.Document)) { Document = view.Document };
            Refresh(node, view);
        }
        if (node.IsFolder && node.OwnName is null)
        {
            node.Entry = view.Id;
            node.Parent = parent ?? node.Parent;
        }
        node.Via = view.Id;
        return node;
    }

    /// <summary>Takes the state that the volume shows, unless the mount has changed it. Under the gate.</summary>
    /// <returns>Whether it was taken.</returns>
    public bool Refresh(TreeNode node, EntryView view)
    {
        if (view.Shown is not { } shown) return false;
        if (node.IsChanged || IsHeldOpen(node) || node.Kind != shown.Kind)
        {
            node.IsStale |= node.Basis != shown.Id;
            return false;
        }
        node.IsStale = false;
        var isOther = node.Content != shown.Content;
        node.Basis = shown.Id;
        node.Content = shown.Content;
        node.Permissions = shown.Mode & 0xFFF;
        node.Owner = shown.Owner;
        node.Group = shown.Group;
        node.Mtime = shown.Mtime;
        node.Atime = Math.Max(node.Atime, shown.Mtime);
        node.Ctime = Math.Max(node.Ctime, shown.Time);
        node.TargetBytes = (uint)shown.TargetBytes;
        node.Target = default;
        node.DeviceNumber = shown.DeviceNumber;
        node.HasXattrs = shown.HasXattrs;
        node.Xattrs = null;
        node.CommittedLinks = null;
        if (isOther) Files.DropData(node);
        return true;
    }

    /// <summary>Who has it open sees the bytes that there were when it was opened, and what is written to those.</summary>
    private static bool IsHeldOpen(TreeNode node) => node.Writers > 0 || node.External > 0 || node.Handed is not null;

    /// <summary>The names that lead from the root to a folder that the kernel knows; null: they are not known, or it is gone.</summary>
    public IReadOnlyList<EntryName>? NamesOf(TreeNode folder)
    {
        lock (Gate)
        {
            var names = new List<EntryName>();
            for (var at = folder; at != Root; at = at.KnownAs[0].Folder)
            {
                // A loop of folders there is not, but also no proof of that here.
                if (at is not { IsRemoved: false, KnownAs.Count: > 0 } || names.Count > MostDepth) return null;
                names.Add(at.KnownAs[0].Name);
            }
            names.Reverse();
            return names;
        }
    }

    /// <summary>A folder of the volume, with those above it; null when it is not live. Under the gate.</summary>
    public TreeNode? FolderOf(EntryId entry)
    {
        if (folders.TryGetValue(entry, out var known)) return known;
        if (Reader.Get(entry) is not { IsLive: true, IsFolder: true, Shown: not null } view || moved.ContainsKey(entry) || FolderOf(view.Parent) is not { } parent) return null;
        var folder = NodeOf(view, parent);
        Keep(folder);
        return folder;
    }

    /// <summary>The node does not stand for its document any more: another one does, or none. Under the gate.</summary>
    public void Disown(TreeNode node)
    {
        if (node.Document is { } document)
        {
            if (documents.GetValueOrDefault(document) == node) documents.Remove(document);
            Inodes.Part(node, document);
        }
        LoadXattrs(node);
        LoadTarget(node);
        if (node.Entry is { } entry && folders.GetValueOrDefault(entry) == node) folders.Remove(entry);
        node.Entry = null;
        node.Take(null);
    }

    /// <summary>Knows a node's extended attributes from here on. Under the gate.</summary>
    public void LoadXattrs(TreeNode node) =>
        node.Xattrs ??= node is { HasXattrs: true, Basis: { } basis } && Reader.Revision(basis) is { } revision
            ? DesktopAttributes.Shown(revision.State)
            : ImmutableSortedDictionary<ByteString, ByteString>.Empty;

    /// <summary>Knows a symbolic link's target from here on. Under the gate.</summary>
    public void LoadTarget(TreeNode node)
    {
        if (node.Target.IsEmpty && node.TargetBytes > 0 && node.Basis is { } basis && Reader.Revision(basis) is { } revision) node.Target = revision.State.Target;
    }

    /// <summary>What is left to do for a name that was taken away has nothing to do with its node any more. Under the gate.</summary>
    public void LeaveBehind(PlacedName name)
    {
        var node = name.Node;
        if (node.IsFolder) return;
        var nothing = new TreeNode(this, node.Kind, 0);
        Renode(name, nothing);
        RenodeRemoved(node, nothing);
    }

    /// <summary>Names of a document that are about to go, go with whoever stands for the document. Under the gate.</summary>
    public void RenodeRemoved(TreeNode from, TreeNode to)
    {
        if (from.NotedNames == 0) return;
        foreach (var name in Due.Names.Where(name => name.Node == from && name.Current is null).ToArray()) Renode(name, to);
    }

    /// <summary>A node that the mount has made. Under the gate.</summary>
    public TreeNode NewNode(DocumentKind kind, TreeNode folder, EntryName name) =>
        new(this, kind, NewInode(kind, folder, name, out var expected)) { Born = Context.Time.GetTimestamp(), ExpectedEntry = expected };

    /// <summary>Counts a look-up of a node that goes to the kernel under a name. Under the gate.</summary>
    public TreeNode Attach(TreeNode node, Place? place)
    {
        Keep(node);
        if (place is { } known) node.Know(known);
        return Context.Table.Attach(node);
    }

    /// <summary>The node stays the only one of its document. Under the gate.</summary>
    public void Keep(TreeNode node)
    {
        Inodes.Keep(node);
        if (node.Document is { } document) documents[document] = node;
        if (node.IsFolder && node.Entry is { } entry) folders[entry] = node;
    }

    /// <summary>Forgets a node that nobody needs. Under the gate.</summary>
    public void Release(TreeNode node)
    {
        if (node.Id != 0 || node.Opened > 0 || node == Root) return;
        if (!node.IsFolder && (!node.IsWanted || !node.IsChanged)) Files.DropDraft(node);
        if (node.IsFolder && (node.Added.Count > 0 || node.OwnName is not null || node.References > 0)) return;
        if (Due.Contains(node) && (node.Document is not null || node.Names > 0)) return;
        if (node.NotedNames > 0 && node.Names > 0) return;
        Due.Remove(node);
        Inodes.Release(node);
        if (node.Document is { } document && documents.GetValueOrDefault(document) == node) documents.Remove(document);
        if (node.Entry is { } entry && folders.GetValueOrDefault(entry) == node) folders.Remove(entry);
        Files.DropDraft(node);
    }

    /// <summary>Puts a name somewhere, or nowhere. Under the gate.</summary>
    public void Put(PlacedName name, Place? place)
    {
        if (name.Current is { } before)
        {
            if (before.Folder.Added.GetValueOrDefault(before.Name) == name) before.Folder.Added.Remove(before.Name);
            Touch(before.Folder);
            name.Node.Unknow(before);
        }
        var counted = Ahead(name);
        if (name.Node.IsFolder)
        {
            if (name.Current is { } left) left.Folder.SubfoldersAhead--;
            if (place is { } entered) entered.Folder.SubfoldersAhead++;
        }
        name.Current = place;
        name.Node.LinksAhead += Ahead(name) - counted;
        if (place is { } now)
        {
            Touch(now.Folder);
            name.Node.Know(now);
            if (name.Node.IsFolder) name.Node.Parent = now.Folder;
        }
        name.Node.Ctime = Context.Now;
        if (name.Node.IsFolder)
        {
            name.Node.OwnName = name.IsCovered ? name : null;
            name.Node.IsRemoved = place is null;
        }
        // Not released: whoever moves a name in two steps has a node without names in between.
        if (name.IsCovered) Note(name);
        else Clear(name);
        Keep(name.Node);
    }

    /// <summary>Another node gets a name; nothing moves. Under the gate.</summary>
    public static void Renode(PlacedName name, TreeNode node)
    {
        var counted = Ahead(name);
        name.Node.LinksAhead -= counted;
        name.Node.CommittedLinks = node.CommittedLinks = null;
        if (name.Current is { } place)
        {
            name.Node.Unknow(place);
            node.Know(place);
        }
        if (name.IsNoted)
        {
            name.Node.NotedNames--;
            node.NotedNames++;
        }
        name.Node = node;
        node.LinksAhead += counted;
    }

    /// <summary>What is changed in a node has to be committed. Under the gate.</summary>
    public void Change(TreeNode node, long? when = null)
    {
        var now = Context.Time.GetTimestamp();
        if (!node.IsChanged) node.ChangedSince = now;
        node.LastChange = now;
        node.Version++;
        node.Ctime = when ?? Context.Now;
        if (node == Root) return;
        Keep(node);
        if (Due.Add(node)) commits.Wake();
    }

    /// <summary>After a commit: what of a name the volume still does not have waits for the next. Under the gate.</summary>
    public void Recheck(PlacedName name)
    {
        if (name.IsChanged) Note(name);
        else Settle(name);
    }

    /// <summary>The volume has what the mount shows of a name. Under the gate.</summary>
    public void Settle(PlacedName name)
    {
        var folder = name.Current?.Folder;
        Clear(name);
        Release(name.Node);
        // It may have been kept for its changed names only.
        if (folder is not null) Release(folder);
    }

    private void Clear(PlacedName name)
    {
        Due.Remove(name);
        // A name made anew may have taken over the entry of one that was deleted.
        if (name.Entry is { } entry && moved.GetValueOrDefault(entry) == name) moved.Remove(entry);
        if (name.Current is { } place && place.Folder.Added.GetValueOrDefault(place.Name) == name) place.Folder.Added.Remove(place.Name);
        if (name.Node.IsFolder && name.Node.OwnName == name) name.Node.OwnName = null;
    }

    /// <summary>The volume has all of a node. Under the gate.</summary>
    public void Settle(TreeNode node)
    {
        Due.Remove(node);
        Release(node);
    }

    /// <summary>An entry is shown by the changed name that it belongs to, not where the volume has it. Under the gate.</summary>
    public void Cover(EntryId entry, PlacedName name) => moved[entry] = name;

    /// <summary>Names that the volume has of a node. Under the gate.</summary>
    public uint CountLinks(TreeNode node) => node.Document is { } document ? (uint)Reader.LinkCount(document) : 0;

    /// <summary>Folders that the volume has in a folder. Under the gate.</summary>
    public int CountSubfolders(TreeNode folder) => folder.Entry is { } entry ? Reader.CountFolders(entry) : 0;

    /// <summary>Where the mount shows a node; null: nowhere. Under the gate.</summary>
    public Place? PlaceOf(TreeNode node)
    {
        foreach (var place in node.KnownAs)
        {
            if (Find(place.Folder, place.Name)?.Node == node) return place;
        }
        if (node.Document is not { } document) return null;
        foreach (var entry in Reader.EntriesOf(document))
        {
            if (!moved.ContainsKey(entry.Id) && FolderOf(entry.Parent) is { } folder) return new Place(folder, entry.ShownName);
        }
        // Deleted elsewhere: the edit brings it back where it was.
        return node.IsWanted && node.Via is { } via && Reader.Get(via) is { } deleted ? new Place(FolderOf(deleted.Parent) ?? Root, deleted.Name) : null;
    }

    /// <summary>Waits until no commit is under way, and lets none begin until it is given back.</summary>
    public SemaphoreSlim Committing { get; } = new(1, 1);

    /// <summary>Takes what the volume shows of a node that nobody writes to any more, nor the kernel reads by itself. Under the gate.</summary>
    public void TakeStale(TreeNode node)
    {
        if (node is { IsStale: true, IsChanged: false, Via: { } via } && !IsHeldOpen(node)) remote.LookAgain(via);
    }

    /// <summary>The volume has put a name somewhere, or deleted it. Under the gate.</summary>
    public static void NoteCommitted(PlacedName name, Place? committed)
    {
        var counted = Ahead(name);
        if (name.Node.IsFolder)
        {
            if (name.Committed is { } before) (before.Folder.SubfoldersAhead, before.Folder.CommittedSubfolders) = (before.Folder.SubfoldersAhead + 1, null);
            if (committed is { } now) (now.Folder.SubfoldersAhead, now.Folder.CommittedSubfolders) = (now.Folder.SubfoldersAhead - 1, null);
        }
        if (name.IsNoted)
        {
            if (name.Committed is { } left) left.Folder.References--;
            if (committed is { } entered) entered.Folder.References++;
        }
        name.Committed = committed;
        name.Node.LinksAhead += Ahead(name) - counted;
        name.Node.CommittedLinks = null;
    }

    /// <summary>The commit loop looks what is due.</summary>
    public void WakeCommits() => commits.Wake();

    /// <summary>Something of a node changed that may make it due earlier. Under the gate.</summary>
    public void Reconsider(TreeNode node)
    {
        if (Due.Reconsider(node)) commits.Wake();
    }

    /// <summary>The lines of a folder changed. Under the gate.</summary>
    public void Touch(TreeNode folder)
    {
        folder.LinesVersion++;
        folder.Mtime = folder.Ctime = Context.Now;
    }

    private static int Ahead(PlacedName name) => (name.Current is null ? 0 : 1) - (name.Committed is null ? 0 : 1);

    /// <summary>The number that the document will have, if its id comes out as it should; else any other.</summary>
    private ulong NewInode(DocumentKind kind, TreeNode folder, EntryName name, out EntryId? expected)
    {
        expected = null;
        if ((folder.Entry ?? folder.ExpectedEntry) is { } parent)
        {
            var derived = Model.Tree.DerivedIds.Of(Volume.Id, parent, name, kind == DocumentKind.Folder);
            var number = InodeNumbers.Own(derived.Document);
            if (Inodes.IsFree(number) && (folder.Entry is null || !Reader.Knows(derived.Document)))
            {
                expected = derived.Entry;
                return number;
            }
        }
        return Inodes.Any();
    }

    /// <summary>What stat will tell of an entry. Under the gate.</summary>
    public ulong InodeOf(EntryView view) => FindDocument(view.Document)?.Inode ?? Inodes.Of(view.Document);

    private void Note(PlacedName name)
    {
        if (name.Entry is { } entry) moved[entry] = name;
        if (name.Current is { } place) place.Folder.Added[place.Name] = name;
        if (name is { Entry: null, Current: null, IsUnderWay: false }) Due.Remove(name);
        else Due.Add(name);
        // Under its new name it may be due earlier.
        Due.Reconsider(name.Node);
        commits.Wake();
    }
}
