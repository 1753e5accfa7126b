using System.Text;
using PeerDrive.FileSystem.Trees;
using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Revisions;
using PeerDrive.Storage.Drafts;

namespace PeerDrive.FileSystem.Committing;

/// <summary>What a saved draft belongs to, so that it is found again after a crash.</summary>
/// <param name="Parent">Folder of its name; null while that is not in the volume.</param>
/// <param name="IsClosed">Nobody was writing: it may be committed.</param>
/// <param name="Order">Grows from claim to claim; 0: of a version that did not tell.</param>
internal sealed record DraftClaim(
    EntryId? Parent, EntryName Name, DocumentId? Document, RevisionId? Basis, uint Permissions, Owner Owner, Owner Group, long Mtime, bool IsClosed, long Order)
{
    private const byte Version = 2, WithoutOrder = 1;
    private const int MaxTextBytes = 1024;

    /// <summary>Of a file without a name, which is not to come back.</summary>
    public static ReadOnlyMemory<byte> Nothing => new byte[] { 0 };

    /// <summary>The name can be told to the volume.</summary>
    public bool IsComplete => Parent is not null;

    /// <summary>Under the gate.</summary>
    public static DraftClaim? Of(TreeNode node, VolumeTree tree)
    {
        if (tree.PlaceOf(node) is not { } place) return null;
        return new DraftClaim(
            place.Folder.Entry, place.Name, node.Document, node.Basis, node.Permissions, node.Owner, node.Group, node.Mtime, node.Writers == 0 && !node.IsHeld, tree.Files.NextClaim());
    }

    public byte[] Encode()
    {
        using var bytes = new MemoryStream();
        using var writer = new BinaryWriter(bytes, Encoding.UTF8);
        Span<byte> id = stackalloc byte[RevisionId.Size];
        writer.Write(Version);
        Parent!.Value.WriteTo(id);
        writer.Write(id[..EntryId.Size]);
        writer.Write((byte)Name.Bytes.Length);
        writer.Write(Name.Bytes);
        writer.Write(Document is not null);
        if (Document is { } document)
        {
            document.WriteTo(id);
            writer.Write(id[..DocumentId.Size]);
        }
        writer.Write(Basis is not null);
        if (Basis is { } basis)
        {
            basis.WriteTo(id);
            writer.Write(id);
        }
        writer.Write(Permissions);
        Write(writer, Owner);
        Write(writer, Group);
        writer.Write(Mtime);
        writer.Write(IsClosed);
        writer.Write(Order);
        return bytes.ToArray();
    }

    /// <returns>Null: it claims nothing, or makes no sense.</returns>
    public static DraftClaim? TryDecode(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length == 0 || bytes[0] is not (Version or WithoutOrder)) return null;
        using var reader = new BinaryReader(new MemoryStream(bytes[1..].ToArray()), Encoding.UTF8);
        try
        {
            var parent = EntryId.Read(reader.ReadBytes(EntryId.Size));
            var name = EntryName.Create(reader.ReadBytes(reader.ReadByte()));
            DocumentId? document = reader.ReadBoolean() ? DocumentId.Read(reader.ReadBytes(DocumentId.Size)) : null;
            RevisionId? basis = reader.ReadBoolean() ? RevisionId.Read(reader.ReadBytes(RevisionId.Size)) : null;
            return new DraftClaim(parent, name, document, basis, reader.ReadUInt32() & 0xFFF, ReadOwner(reader), ReadOwner(reader), reader.ReadInt64(), reader.ReadBoolean(),
                bytes[0] == WithoutOrder ? 0 : reader.ReadInt64());
        }
        catch (Exception e) when (e is EndOfStreamException or IOException or ArgumentException or PeerDriveException)
        {
            return null;
        }
    }

    /// <summary>Shows a draft from before the volume was opened in its place; where that is gone, in the root. Under the gate.</summary>
    /// <param name="isDamaged">Bytes are missing: it is not committed by itself.</param>
    public void Restore(Draft draft, bool isDamaged, VolumeTree tree)
    {
        var folder = tree.FolderOf(Parent!.Value) ?? tree.Root;
        var there = tree.Find(folder, Name);
        var isSame = there is { Node: { Kind: DocumentKind.File, Draft: null } } && (Document is null || there.Node.Document == Document);
        TreeNode node;
        if (isSame)
        {
            node = there!.Node;
        }
        else
        {
            var name = Name;
            for (var n = 1; tree.Find(folder, name) is not null; n++) name = EntryName.Create([.. Name.Bytes[..Math.Min(Name.Bytes.Length, 230)], .. Encoding.ASCII.GetBytes($" (draft {n})")]);
            node = tree.NewNode(DocumentKind.File, folder, name);
            node.Atime = node.Ctime = tree.Context.Now;
            tree.Put(new PlacedName(node), new Place(folder, name));
        }
        (node.Permissions, node.Owner, node.Group, node.Mtime) = (Permissions, Owner, Group, Mtime);
        // Where both made the name anew, neither was made from the other.
        if (isSame) node.Basis = Basis;
        node.Draft = draft;
        node.IsContentChanged = node.IsSaved = true;
        node.IsHeld = !IsClosed || isDamaged;
        tree.Change(node);
    }

    private static void Write(BinaryWriter writer, Owner owner)
    {
        var name = Encoding.UTF8.GetBytes(owner.Name);
        writer.Write(owner.Number);
        writer.Write((ushort)Math.Min(name.Length, MaxTextBytes));
        writer.Write(name.AsSpan(0, Math.Min(name.Length, MaxTextBytes)));
    }

    private static Owner ReadOwner(BinaryReader reader)
    {
        var number = reader.ReadUInt32();
        var length = reader.ReadUInt16();
        return length <= MaxTextBytes ? new Owner(number, Encoding.UTF8.GetString(reader.ReadBytes(length))) : throw new IOException("A name is too long.");
    }
}
