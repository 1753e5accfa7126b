using PeerDrive.Model;
using PeerDrive.Model.Revisions;
using PeerDrive.Native.Files;
using PeerDrive.Storage.Contents;
using PeerDrive.Storage.Disks;
using PeerDrive.Storage.Packs;

namespace PeerDrive.Storage.Drafts;

/// <summary>Copies a whole content into a file: by reference where both are files of a file system that can, else inside the kernel, else by hand.</summary>
internal sealed class BasisCopy(ContentStore contents)
{
    public void Copy(Content content, IDiskFile target)
    {
        if (!TryCopyRaw(content, target)) CopyChunks(content, target);
        if (target.Length != (long)content.Size) target.Truncate((long)content.Size);
    }

    private bool TryCopyRaw(Content content, IDiskFile target)
    {
        if (target.Handle is not { } to) return false;
        using var raw = contents.TryOpenRaw(content);
        if (raw is null) return false;
        var from = raw.Handle;
        if (Libc.TryClone(from, to)) return true;
        var size = (long)content.Size;
        for (var at = RealDisk.Translate(() => Libc.NextData(from, 0, size)); at < size; at = RealDisk.Translate(() => Libc.NextData(from, at, size)))
        {
            var end = RealDisk.Translate(() => Libc.NextHole(from, at, size));
            if (RealDisk.Translate(() => Libc.CopyRange(from, at, to, at, end - at)) < end - at) return false;
            at = end;
        }
        return true;
    }

    private void CopyChunks(Content content, IDiskFile target)
    {
        using var buffer = new PooledBytes(ModelLimits.ChunkBytes);
        long at = 0;
        foreach (var leaf in contents.Leaves(content))
        {
            var chunk = buffer.Span[..(int)leaf.Size];
            contents.ReadLeaf(leaf, chunk);
            if (chunk.ContainsAnyExcept((byte)0)) target.Write(at, chunk);
            at += chunk.Length;
        }
    }
}
