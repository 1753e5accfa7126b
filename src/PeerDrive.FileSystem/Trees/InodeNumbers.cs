using System.Buffers.Binary;
using PeerDrive.Model.Identifiers;

namespace PeerDrive.FileSystem.Trees;

/// <summary>
/// The numbers by which programs tell files apart. A document's number comes from its id where it can. A file that took over the history of
/// another keeps the number that it was made with, for as long as the mount lasts: its node may be forgotten meanwhile. Under the tree's lock.
/// </summary>
internal sealed class InodeNumbers(Random random)
{
    /// <summary>Of nodes that are kept, and of <see cref="others"/>.</summary>
    private readonly HashSet<ulong> used = [];

    /// <summary>Documents whose number does not come from their id.</summary>
    private readonly Dictionary<DocumentId, ulong> others = [];

    public static ulong Own(VolumeId volume)
    {
        Span<byte> bytes = stackalloc byte[VolumeId.Size];
        volume.WriteTo(bytes);
        return Number(bytes);
    }

    public static ulong Own(DocumentId document)
    {
        Span<byte> bytes = stackalloc byte[DocumentId.Size];
        document.WriteTo(bytes);
        return Number(bytes);
    }

    /// <summary>Not 0 to 1023, which the mount's own nodes have, and never negative to who takes it for signed.</summary>
    public static ulong Number(ReadOnlySpan<byte> bytes) => (BinaryPrimitives.ReadUInt64LittleEndian(bytes) >> 1) | 1024;

    public bool IsFree(ulong number) => !used.Contains(number);

    /// <summary>Of a document without a node.</summary>
    public ulong Of(DocumentId document)
    {
        if (others.TryGetValue(document, out var other)) return other;
        var own = Own(document);
        if (IsFree(own)) return own;
        // A file that gave the document away still has it.
        used.Add(other = Any());
        return others[document] = other;
    }

    public ulong Any()
    {
        while (true)
        {
            var number = ((ulong)random.NextInt64() >> 1) | 1024;
            if (IsFree(number)) return number;
        }
    }

    /// <summary>The node has its number, and so has the document that it stands for.</summary>
    public void Keep(TreeNode node)
    {
        used.Add(node.Inode);
        if (node.Document is not { } document) return;
        if (node.Inode == Own(document)) others.Remove(document);
        else others[document] = node.Inode;
    }

    /// <summary>The node does not stand for the document any more, and keeps the number.</summary>
    public void Part(TreeNode node, DocumentId document)
    {
        if (IsOf(node, document)) others.Remove(document);
    }

    /// <summary>The node is forgotten.</summary>
    public void Release(TreeNode node)
    {
        if (node.Document is not { } document || !IsOf(node, document)) used.Remove(node.Inode);
    }

    private bool IsOf(TreeNode node, DocumentId document) => others.GetValueOrDefault(document) == node.Inode;
}
