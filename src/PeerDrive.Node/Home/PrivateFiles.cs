using System.Text;
using PeerDrive.Native.Files;

namespace PeerDrive.Node.Home;

/// <summary>Small files that only this user can read, written as a whole.</summary>
internal static class PrivateFiles
{
    private const uint PrivateFile = 0x180;

    /// <summary>Writes a file beside, syncs it and puts it in place: after a crash it is the old one or the new one.</summary>
    /// <exception cref="Native.ErrnoException">The disk is full, or gone.</exception>
    public static void Replace(string path, ReadOnlySpan<byte> bytes)
    {
        var beside = path + ".new";
        using (var file = Libc.Open(Encoding.UTF8.GetBytes(beside), OpenFlags.WriteOnly | OpenFlags.Create | OpenFlags.Truncate | OpenFlags.NoFollow, PrivateFile))
        {
            Libc.Write(file, bytes, 0);
            Libc.Fsync(file);
        }
        Libc.Rename(null, Encoding.UTF8.GetBytes(beside), null, Encoding.UTF8.GetBytes(path));
        using var folder = Libc.Open(Encoding.UTF8.GetBytes(Path.GetDirectoryName(path)!), OpenFlags.ReadOnly | OpenFlags.Folder);
        Libc.Fsync(folder);
    }
}
