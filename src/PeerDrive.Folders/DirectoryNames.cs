namespace PeerDrive.Folders;

/// <summary>Names in a linked directory that are PeerDrive's own and never part of the volume.</summary>
internal static class DirectoryNames
{
    public static ReadOnlySpan<byte> Marker => ".pd~folder"u8;

    public static ReadOnlySpan<byte> IgnoreFile => ".pdignore"u8;

    /// <summary>Whether a name is a temporary file of ours, or the marker.</summary>
    public static bool IsOwn(ReadOnlySpan<byte> name) => name.StartsWith(".pd~"u8);

    public static bool IsTemporary(ReadOnlySpan<byte> name) => IsOwn(name) && name.EndsWith(".tmp"u8);

    public static byte[] Temporary(ulong number) => System.Text.Encoding.ASCII.GetBytes($".pd~{number:x16}.tmp");
}
