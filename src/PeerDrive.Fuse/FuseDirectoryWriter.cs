using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using PeerDrive.Fuse.Abi;
using PeerDrive.Fuse.Dispatch;
using PeerDrive.Native.Files;

namespace PeerDrive.Fuse;

/// <summary>Takes the lines of a directory until its room is used up.</summary>
public sealed class FuseDirectoryWriter
{
    private const int Alignment = 8;

    private Memory<byte> room;

    internal FuseDirectoryWriter()
    {
    }

    /// <summary>The kernel wants the attributes too; lines with an entry then count as lookups.</summary>
    public bool WantsEntries { get; private set; }

    internal int Length { get; private set; }

    /// <summary>Adds a line without attributes, which costs no lookup.</summary>
    /// <param name="nextOffset">Where reading goes on behind this line; not 0, and the same each time for the same line.</param>
    /// <returns>False when it does not fit: answer with what there is, the kernel asks again from the last line's offset.</returns>
    public bool TryAdd(ReadOnlySpan<byte> name, ulong inode, FileKind kind, long nextOffset) =>
        TryAdd(name, default, inode, (uint)kind, nextOffset);

    /// <summary>Adds a line with what it leads to. When <see cref="WantsEntries"/> and it fits, the kernel counts a lookup of the entry.</summary>
    /// <param name="nextOffset">Where reading goes on behind this line; not 0, and the same each time for the same line.</param>
    /// <returns>False when it does not fit; no lookup is counted then.</returns>
    public bool TryAdd(ReadOnlySpan<byte> name, in FuseEntry entry, long nextOffset) =>
        TryAdd(name, Replies.Entry(entry), entry.Attributes.Inode, entry.Attributes.Mode, nextOffset);

    internal void Start(Memory<byte> destination, bool wantsEntries) => (room, WantsEntries, Length) = (destination, wantsEntries, 0);

    /// <summary>Nodes whose lookups the reply counts.</summary>
    internal IEnumerable<ulong> Counted()
    {
        if (!WantsEntries) yield break;
        for (var at = 0; at < Length;)
        {
            var entry = MemoryMarshal.Read<Outgoing.Entry>(room.Span[at..]);
            at += Unsafe.SizeOf<Outgoing.Entry>();
            at += Padded(MemoryMarshal.Read<Outgoing.DirectoryLine>(room.Span[at..]).NameLength);
            if (entry.Node != 0) yield return entry.Node;
        }
    }

    private static int Padded(uint nameLength) => (Unsafe.SizeOf<Outgoing.DirectoryLine>() + (int)nameLength + Alignment - 1) & -Alignment;

    private bool TryAdd(ReadOnlySpan<byte> name, in Outgoing.Entry entry, ulong inode, uint mode, long nextOffset)
    {
        var lineBytes = Padded((uint)name.Length);
        var entryBytes = WantsEntries ? Unsafe.SizeOf<Outgoing.Entry>() : 0;
        if (entryBytes + lineBytes > room.Length - Length) return false;
        var target = room.Span.Slice(Length, entryBytes + lineBytes);
        if (WantsEntries) MemoryMarshal.Write(target, in entry);
        target = target[entryBytes..];
        MemoryMarshal.Write(target, new Outgoing.DirectoryLine
        {
            Inode = inode, NextOffset = (ulong)nextOffset, NameLength = (uint)name.Length, Type = (mode & 0xF000) >> 12,
        });
        target = target[Unsafe.SizeOf<Outgoing.DirectoryLine>()..];
        name.CopyTo(target);
        target[name.Length..].Clear();
        Length += entryBytes + lineBytes;
        return true;
    }
}
