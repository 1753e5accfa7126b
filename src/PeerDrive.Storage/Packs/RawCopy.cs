using PeerDrive.Native.Files;
using PeerDrive.Storage.Disks;

namespace PeerDrive.Storage.Packs;

/// <summary>Copies whole files: by reference where the file system can, else inside the kernel, else by hand. Holes stay holes.</summary>
internal static class RawCopy
{
    private const int BufferBytes = 1 << 20;

    /// <summary>Lets a file have the blocks of another.</summary>
    public static bool TryClone(IDiskFile source, IDiskFile target) =>
        source.Handle is { } from && target.Handle is { } to && Libc.TryClone(from, to);

    /// <param name="target">New and empty.</param>
    public static void Copy(IDiskFile source, IDiskFile target)
    {
        var size = source.Length;
        for (var at = source.NextData(0); at < size; at = source.NextData(at))
        {
            var end = source.NextHole(at);
            if (!TryCopyInside(source, target, at, end)) CopyByHand(source, target, at, end);
            at = end;
        }
        if (target.Length != size) target.Truncate(size);
    }

    private static bool TryCopyInside(IDiskFile source, IDiskFile target, long start, long end) =>
        source.Handle is { } from && target.Handle is { } to && RealDisk.Translate(() => Libc.CopyRange(from, start, to, start, end - start)) == end - start;

    private static void CopyByHand(IDiskFile source, IDiskFile target, long start, long end)
    {
        using var buffer = new PooledBytes(BufferBytes);
        for (var at = start; at < end;)
        {
            var part = buffer.Span[..(int)Math.Min(buffer.Length, end - at)];
            var read = source.Read(at, part);
            if (read == 0) break;
            target.Write(at, part[..read]);
            at += read;
        }
    }
}
