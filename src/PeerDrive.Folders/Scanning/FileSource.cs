using Microsoft.Win32.SafeHandles;
using PeerDrive.Native.Files;
using PeerDrive.Storage.Contents;

namespace PeerDrive.Folders.Scanning;

/// <summary>The first bytes of an open file as a source; does not own the file.</summary>
internal sealed class FileSource(SafeFileHandle file, long length) : IContentSource
{
    public long Length => length;

    public int Read(long offset, Span<byte> destination)
    {
        var count = (int)Math.Min(destination.Length, Math.Max(0, length - offset));
        return count == 0 ? 0 : Libc.Read(file, destination[..count], offset);
    }

    public long NextData(long offset) => Math.Min(Libc.NextData(file, offset, length), length);
}
