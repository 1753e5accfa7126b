using PeerDrive.FileSystem.Handles;
using PeerDrive.Model.Errors;
using PeerDrive.Model.Revisions;

namespace PeerDrive.FileSystem;

/// <summary>
/// Something in the mounted tree. What a kind of node cannot do answers as ext4 would, or that it is read-only. Operations that give
/// nodes out count a look-up of each in the <see cref="NodeTable"/>.
/// </summary>
internal abstract class Node
{
    /// <summary>What the kernel names it by; 0 while the kernel does not know it. The table's.</summary>
    public ulong Id { get; set; }

    /// <summary>The table's.</summary>
    public ulong Generation { get; set; }

    /// <summary>Look-ups that the kernel has not given back. The table's.</summary>
    public ulong Lookups { get; set; }

    public abstract NodeAttributes GetAttributes();

    public virtual ErrorKind? SetAttributes(in Caller caller, in AttributeChanges changes) => ErrorKind.ReadOnly;

    /// <summary>The kernel gives look-ups back.</summary>
    public abstract void Forget(ulong count);

    /// <summary>The kernel is told when a name in this folder leads elsewhere, or none ever does.</summary>
    public virtual bool HasLastingNames => true;

    public virtual Outcome<Node> LookUp(EntryName name) => ErrorKind.NotAFolder;

    /// <summary><see cref="LookUp"/>, for which nobody waits when it takes long.</summary>
    public virtual ValueTask<Outcome<Node>> LookUpAsync(EntryName name) => new(LookUp(name));

    public virtual Outcome<OpenFolder> OpenFolder() => ErrorKind.NotAFolder;

    /// <summary><see cref="OpenFolder"/>, for which nobody waits when it takes long.</summary>
    public virtual ValueTask<Outcome<OpenFolder>> OpenFolderAsync() => new(OpenFolder());

    public virtual Outcome<Node> Make(in Caller caller, EntryName name, in NewNode made) => ErrorKind.ReadOnly;

    /// <summary>Makes a regular file and opens it; without <paramref name="isExclusive"/> opens one that is there.</summary>
    public virtual Outcome<OpenFile> Create(in Caller caller, EntryName name, uint permissions, FileAccess access, bool isExclusive) => ErrorKind.ReadOnly;

    public virtual Outcome<OpenFile> CreateUnnamed(in Caller caller, uint permissions, FileAccess access) => ErrorKind.ReadOnly;

    public virtual ErrorKind? Unlink(EntryName name) => ErrorKind.ReadOnly;

    public virtual ErrorKind? RemoveFolder(EntryName name) => ErrorKind.ReadOnly;

    public virtual ErrorKind? Rename(EntryName name, Node newFolder, EntryName newName, RenameKind kind) => ErrorKind.ReadOnly;

    public virtual Outcome<Node> Link(Node existing, EntryName name) => ErrorKind.ReadOnly;

    /// <summary>After <see cref="ErrorKind.Busy"/>: makes a file that the kernel reads by itself one that can be opened for writing, or cut.</summary>
    /// <returns>Why that cannot be.</returns>
    public virtual Task<ErrorKind?> PreserveAsync() => Task.FromResult<ErrorKind?>(null);

    /// <summary>Busy: the kernel reads it by itself, see <see cref="PreserveAsync"/>.</summary>
    public virtual Outcome<OpenFile> Open(in Caller caller, FileAccess access, bool truncates) => ErrorKind.ReadOnly;

    public virtual Outcome<ByteString> ReadTarget() => ErrorKind.Invalid;

    public virtual Outcome<ReadOnlyMemory<byte>> GetXattr(ReadOnlySpan<byte> name) => ErrorKind.NoAttribute;

    public virtual Outcome<IReadOnlyList<ByteString>> ListXattrs() => new([], null);

    public virtual ErrorKind? SetXattr(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, bool mustBeNew, bool mustExist) => ErrorKind.ReadOnly;

    public virtual ErrorKind? RemoveXattr(ReadOnlySpan<byte> name) => ErrorKind.ReadOnly;

    /// <summary>Makes what happened to a folder's names durable.</summary>
    public virtual Task<ErrorKind?> SyncAsync() => Task.FromResult<ErrorKind?>(null);
}
