using System.Collections.Immutable;
using PeerDrive.FileSystem.Committing;
using PeerDrive.FileSystem.Handles;
using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Revisions;
using PeerDrive.Native.Files;
using PeerDrive.Storage.Contents;
using PeerDrive.Storage.Drafts;
using PeerDrive.Storage.Packs;

namespace PeerDrive.FileSystem.Trees;

/// <summary>A document of a volume as the mount shows it, with what was changed and not committed. Its fields are guarded by the tree's lock.</summary>
internal sealed class TreeNode(VolumeTree tree, DocumentKind kind, ulong inode) : Node
{
    /// <summary>Names under which the kernel may know it; nearly always one.</summary>
    private readonly List<Place> knownAs = new(1);
    private DocumentLine? line;

    public VolumeTree Tree => tree;

    public DocumentKind Kind => kind;

    public ulong Inode => inode;

    public bool IsFolder => Kind == DocumentKind.Folder;

    /// <summary>What of the volume it stands for; another one when another node takes its history over.</summary>
    public DocumentLine Line => line ??= new DocumentLine { Holder = this };

    /// <summary>Null until it is committed, and again when another node took its history over.</summary>
    public DocumentId? Document
    {
        get => Line.Document;
        set => Line.Document = value;
    }

    /// <summary>The revision that the state is made from.</summary>
    public RevisionId? Basis
    {
        get => Line.Basis;
        set => Line.Basis = value;
    }

    /// <summary>07777.</summary>
    public uint Permissions { get; set; }

    public Owner Owner { get; set; } = new(0, "");

    public Owner Group { get; set; } = new(0, "");

    public long Atime { get; set; }

    public long Mtime { get; set; }

    public long Ctime { get; set; }

    /// <summary>What the volume has of a file's bytes.</summary>
    public Content Content { get; set; }

    public ByteString Target { get; set; }

    public uint TargetBytes { get; set; }

    public ulong DeviceNumber { get; set; }

    /// <summary>Those of annotations too. Null: as the revision has them; they were not asked for.</summary>
    public ImmutableSortedDictionary<ByteString, ByteString>? Xattrs { get; set; }

    public bool HasXattrs { get; set; }

    /// <summary>Goes with the next revision.</summary>
    public string Comment { get; set; } = "";

    /// <summary>What is being written; null: nothing is.</summary>
    public Draft? Draft { get; set; }

    /// <summary>Reads what the volume has; made when it is first needed.</summary>
    public ContentReader? Reader { get; set; }

    /// <summary>Counts changes of content and attributes.</summary>
    public long Version { get; set; }

    /// <summary>The version that the volume has.</summary>
    public long CommittedVersion { get; set; }

    public bool IsChanged => Version != CommittedVersion;

    /// <summary>The bytes differ from <see cref="Content"/>, or may.</summary>
    public bool IsContentChanged { get; set; }

    /// <summary>Times by the clock's timestamp: of the first change that is not committed, of the last change, of the last commit, of its making here.</summary>
    public long ChangedSince { get; set; }

    public long LastChange { get; set; }

    public long LastCommit { get; set; }

    public long Born { get; set; }

    /// <summary>When it is looked at next, by the clock's timestamp; 0: not by itself. Of <see cref="DueChanges"/>.</summary>
    public long QueuedFor { get; set; }

    /// <summary>It could not be committed; null: it could, or was not tried.</summary>
    public SetAside? SetAside { get; set; }

    /// <summary>The draft was made durable: after a crash it is offered again.</summary>
    public bool IsSaved { get; set; }

    /// <summary>A draft from before a crash: it waits for somebody who writes to the file, or decides about it.</summary>
    public bool IsHeld { get; set; }

    public int Opened { get; set; }

    public int Writers { get; set; }

    /// <summary>Open files that the kernel serves by itself, on the draft's file or on <see cref="Handed"/>.</summary>
    public int External { get; set; }

    /// <summary>The volume's file that the kernel reads; with a draft beside it the kernel also writes to it.</summary>
    public HandedFile? Handed { get; set; }

    /// <summary>Ends when <see cref="Handed"/> can be written to.</summary>
    public Task<ErrorKind?>? Preserving { get; set; }

    /// <summary>Where a content lies (null: in no raw file), and the count of damaged chunks when it was looked for.</summary>
    public (Content Content, PackId? Pack, long Forgotten)? Raw { get; set; }

    /// <summary>The draft's bytes when they were last known to be noted as a change.</summary>
    public DraftStamp Noted { get; set; }

    /// <summary>The draft's bytes when the volume took them, but the kernel wrote to its file, so that it could not go on over what it was stored as.</summary>
    public DraftStamp? Stored { get; set; }

    /// <summary>Names in the volume (null: to be counted), and by how many the mount has more.</summary>
    public uint? CommittedLinks { get; set; }

    public int LinksAhead { get; set; }

    /// <summary>Names of it that wait for their commit.</summary>
    public int NotedNames { get; set; }

    /// <summary>Folders: folders in it in the volume (null: to be counted), and by how many the mount has more.</summary>
    public int? CommittedSubfolders { get; set; }

    public int SubfoldersAhead { get; set; }

    /// <summary>Names of the node; of a folder 0 or 1.</summary>
    public uint Names => IsFolder ? IsRemoved ? 0u : 1u : (uint)Math.Max(0, (CommittedLinks ??= tree.CountLinks(this)) + LinksAhead);

    /// <summary>It has a name, or its edit brings back one that was deleted elsewhere: a node unlinked here stands for no document.</summary>
    public bool IsWanted => Names > 0 || (Document is not null && IsContentChanged);

    /// <summary>The volume shows another revision than <see cref="Basis"/>, which is to be taken once nobody writes.</summary>
    public bool IsStale { get; set; }

    /// <summary>It has taken a state of the volume that the kernel does not know of: it may still show the bytes of the one before.</summary>
    public bool IsUntold { get; set; }

    /// <summary>What stat tells: a folder counts its name, its own dot and those above in the folders in it.</summary>
    public uint StatLinks => !IsFolder ? Names : Names == 0 ? 0 : (uint)Math.Max(2, 2 + (CommittedSubfolders ??= tree.CountSubfolders(this)) + SubfoldersAhead);

    /// <summary>An entry of the document, through which it is revised.</summary>
    public EntryId? Via
    {
        get => Line.Via;
        set => Line.Via = value;
    }

    /// <summary>Folders: the entry; null until it is committed.</summary>
    public EntryId? Entry { get; set; }

    /// <summary>Folders: the entry that it is likely to get.</summary>
    public EntryId? ExpectedEntry { get; init; }

    /// <summary>Folders: the folder that it lies in; null: the volume's root.</summary>
    public TreeNode? Parent { get; set; }

    /// <summary>Folders: deleted, though somebody may still work there.</summary>
    public bool IsRemoved { get; set; }

    /// <summary>Folders: the only name, while that is changed.</summary>
    public PlacedName? OwnName { get; set; }

    /// <summary>Folders: names that the mount has and the volume has not, or not there.</summary>
    public Dictionary<EntryName, PlacedName> Added { get; } = kind == DocumentKind.Folder ? [] : null!;

    /// <summary>Folders: the name that was last looked for in vain, and the state of the lines then.</summary>
    public (EntryName Name, long Lines)? Missing { get; set; }

    /// <summary>Folders: counts changes of the lines.</summary>
    public long LinesVersion { get; set; }

    /// <summary>Folders: changed names that the volume has in it, and names that a commit brings into it. There must not be another node of the folder meanwhile.</summary>
    public int References { get; set; }

    public IReadOnlyList<Place> KnownAs => knownAs;

    public FileKind FileKind => Kinds.Of(Kind);

    /// <summary>The name is that of the views, whatever the volume has under it.</summary>
    public bool LeadsToViews(EntryName name) => this == tree.Root && name == Views.VolumeViews.Name;

    /// <summary>Names under which the kernel knows it, when it could as well ask again: nobody has the file open, and the volume has all of it.</summary>
    public IReadOnlyList<Place> IdlePlaces()
    {
        lock (tree.Gate) return IsFolder || Opened > 0 || NotedNames > 0 || tree.Due.Contains(this) ? [] : [.. knownAs.Where(place => place.Folder.Id != 0)];
    }

    public void Know(Place place)
    {
        if (!knownAs.Contains(place)) knownAs.Add(place);
    }

    /// <summary>Stands for something else from here on; null: for nothing yet.</summary>
    public void Take(DocumentLine? taken)
    {
        if (line?.Holder == this) line.Holder = null;
        line = taken ?? new DocumentLine();
        line.Holder = this;
        CommittedLinks = null;
    }

    public void Unknow(Place place) => knownAs.Remove(place);

    public override NodeAttributes GetAttributes() => tree.Attributes.Get(this);

    public override ErrorKind? SetAttributes(in Caller caller, in AttributeChanges changes) => tree.Attributes.Set(this, caller, changes);

    public override void Forget(ulong count) => tree.Forget(this, count);

    public override Outcome<Node> LookUp(EntryName name) => LeadsToViews(name) ? tree.Views.LookUp() : IsFolder ? tree.Names.LookUp(this, name) : ErrorKind.NotAFolder;

    public override Outcome<OpenFolder> OpenFolder() => IsFolder ? new OpenTreeFolder(this) : ErrorKind.NotAFolder;

    public override Outcome<Node> Make(in Caller caller, EntryName name, in NewNode made) => LeadsToViews(name) ? ErrorKind.AlreadyExists : tree.Names.Make(this, caller, name, made);

    public override Outcome<OpenFile> Create(in Caller caller, EntryName name, uint permissions, FileAccess access, bool isExclusive) =>
        LeadsToViews(name) ? isExclusive ? ErrorKind.AlreadyExists : ErrorKind.IsAFolder : tree.Files.Create(this, caller, name, permissions, access, isExclusive);

    public override Outcome<OpenFile> CreateUnnamed(in Caller caller, uint permissions, FileAccess access) => tree.Files.CreateUnnamed(this, caller, permissions, access);

    public override ErrorKind? Unlink(EntryName name) => LeadsToViews(name) ? ErrorKind.IsAFolder : tree.Names.Remove(this, name, isFolder: false);

    public override ErrorKind? RemoveFolder(EntryName name) => LeadsToViews(name) ? ErrorKind.NotPermitted : tree.Names.Remove(this, name, isFolder: true);

    public override ErrorKind? Rename(EntryName name, Node newFolder, EntryName newName, RenameKind renameKind) =>
        LeadsToViews(name) || (newFolder is TreeNode into && into.LeadsToViews(newName)) ? ErrorKind.NotPermitted
        : newFolder is TreeNode to && to.Tree == tree ? tree.Names.Rename(this, name, to, newName, renameKind) : newFolder is TreeNode ? ErrorKind.OtherVolume : newFolder is Views.ViewNode ? ErrorKind.ReadOnly : ErrorKind.NotPermitted;

    public override Outcome<Node> Link(Node existing, EntryName name) =>
        LeadsToViews(name) ? ErrorKind.AlreadyExists
        : existing is TreeNode node && node.Tree == tree ? tree.Names.Link(this, node, name) : ErrorKind.OtherVolume;

    public override Outcome<OpenFile> Open(in Caller caller, FileAccess access, bool truncates) => tree.Files.Open(this, caller, access, truncates);

    public override Outcome<ByteString> ReadTarget() => tree.Attributes.ReadTarget(this);

    public override Task<ErrorKind?> PreserveAsync() => tree.KernelReads.PreserveAsync(this);

    public override Outcome<ReadOnlyMemory<byte>> GetXattr(ReadOnlySpan<byte> name) => tree.Xattrs.Get(this, name);

    public override Outcome<IReadOnlyList<ByteString>> ListXattrs() => tree.Xattrs.List(this);

    public override ErrorKind? SetXattr(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, bool mustBeNew, bool mustExist) =>
        tree.Xattrs.Set(this, name, value, mustBeNew, mustExist);

    public override ErrorKind? RemoveXattr(ReadOnlySpan<byte> name) => tree.Xattrs.Remove(this, name);

    public override Task<ErrorKind?> SyncAsync() => tree.SyncFolderAsync();
}
