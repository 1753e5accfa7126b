using System.Text;
using PeerDrive.Model;
using PeerDrive.Model.Revisions;

namespace PeerDrive.Folders;

/// <summary>Names in a linked directory that are PeerDrive's own and never part of the volume.</summary>
internal static class DirectoryNames
{
    public static ReadOnlySpan<byte> Marker => ".pd~folder"u8;

    public static ReadOnlySpan<byte> IgnoreFile => ".pdignore"u8;

    /// <summary>Whether a name is a temporary file of ours, or the marker.</summary>
    public static bool IsOwn(ReadOnlySpan<byte> name) => name.StartsWith(".pd~"u8);

    /// <summary>Whether a name is that of a file that we write, and may remove.</summary>
    public static bool IsTemporary(ReadOnlySpan<byte> name) => IsOwn(name) && name.EndsWith(".tmp"u8);

    /// <summary>Whether a name is that of a file of the volume, which is out of its place for a moment.</summary>
    public static bool IsAside(ReadOnlySpan<byte> name) => IsOwn(name) && name.EndsWith(".aside"u8);

    public static byte[] Temporary(ulong number) => Encoding.ASCII.GetBytes($".pd~{number:x16}.tmp");

    public static byte[] Aside(ulong number) => Encoding.ASCII.GetBytes($".pd~{number:x16}.aside");

    /// <summary>A name for what has to make way for another of that name.</summary>
    /// <param name="n">From 1 on, for as long as the name is taken.</param>
    public static EntryName Local(EntryName name, int n)
    {
        var suffix = Encoding.ASCII.GetBytes(n == 1 ? " (local)" : $" (local {n})");
        var stem = name.Bytes[..Math.Min(name.Bytes.Length, ModelLimits.NameBytes - suffix.Length)];
        return EntryName.Create([.. stem, .. suffix]);
    }
}
