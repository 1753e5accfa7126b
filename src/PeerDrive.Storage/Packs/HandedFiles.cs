using PeerDrive.Model.Errors;
using PeerDrive.Model.Revisions;
using PeerDrive.Native.Files;
using PeerDrive.Storage.Disks;

namespace PeerDrive.Storage.Packs;

/// <summary>
/// Raw files that the kernel reads by itself, each handed to one owner at a time: who writes to it later must be the only one who shows it.
/// Thread-safe. Lock order: this one's gate, then that of <see cref="PackFiles"/>.
/// </summary>
internal sealed class HandedFiles(IDisk disk, PackPaths paths, PackFiles files, DirectReads direct)
{
    private const int CompareBytes = 1 << 20;

    private readonly Lock gate = new();
    private readonly Dictionary<PackId, HandedFile> handed = [];

    /// <param name="length">The kernel would read what lies behind a content's end as well, so that the file must be just as long.</param>
    /// <param name="number">Of the staging file that it may become.</param>
    /// <returns>Null: somebody else has it, it is gone, has other names, or the disk has no files of the operating system.</returns>
    public HandedFile? TryHand(PackId pack, long length, ulong number)
    {
        lock (gate)
        {
            if (handed.ContainsKey(pack) || !disk.FileExists(paths.Raw(pack))) return null;
            var file = disk.OpenRead(paths.Raw(pack));
            if (file.Handle is { } handle && file.Length == length && RealDisk.Translate(() => Libc.Stat(handle)).Links == 1)
                return handed[pack] = new HandedFile(this, pack, file, number, paths.Draft(number));
            file.Dispose();
            return null;
        }
    }

    /// <summary>
    /// Leaves a copy in <c>raw/</c>, durable, and the file its name in the staging folder; nothing happens when <c>raw/</c> names it no more.
    /// Returns when nobody but its owner reads from the file.
    /// </summary>
    /// <exception cref="PeerDriveException">NoSpace, Io: the file must not be written to, and is read as before.</exception>
    public void Preserve(HandedFile file)
    {
        lock (gate)
        {
            if (file.Failure is { } failure) throw new PeerDriveException(failure.Kind, failure.Message, failure);
            if (file.IsAside) return;
        }
        var copy = paths.Staging(file.Pack);
        try
        {
            Copy(file.File, copy);
            lock (gate)
            {
                // Removed meanwhile: it has its name.
                if (!file.IsAside) Exchange(file, copy);
            }
        }
        finally
        {
            if (disk.FileExists(copy)) disk.Delete(copy);
        }
        // What was checked was another file.
        direct.Forget(file.Pack);
        try
        {
            disk.SyncFolder(paths.RawFolder);
            disk.SyncFolder(paths.StagingFolder);
        }
        catch (PeerDriveException e)
        {
            lock (gate) file.Failure = e;
            throw;
        }
    }

    /// <summary>The file's name is a draft's from here on.</summary>
    public void Give(HandedFile file)
    {
        lock (gate) file.IsGiven = true;
    }

    /// <summary>Takes a raw file's name away; one that is handed keeps its bytes.</summary>
    public void Remove(PackId pack)
    {
        lock (gate)
        {
            if (handed.TryGetValue(pack, out var file) && !file.IsAside)
            {
                disk.Rename(paths.Raw(pack), file.Aside);
                file.IsAside = true;
            }
            else
            {
                disk.Delete(paths.Raw(pack));
            }
        }
    }

    public void TakeBack(HandedFile file)
    {
        lock (gate)
        {
            if (handed.GetValueOrDefault(file.Pack) != file) return;
            handed.Remove(file.Pack);
            file.File.Dispose();
            if (file.IsAside && !file.IsGiven && disk.FileExists(file.Aside)) disk.Delete(file.Aside);
        }
    }

    private void Exchange(HandedFile file, string copy)
    {
        disk.Link(paths.Raw(file.Pack), file.Aside);
        try
        {
            files.Replace(file.Pack, () => disk.Rename(copy, paths.Raw(file.Pack)));
        }
        catch
        {
            disk.Delete(file.Aside);
            throw;
        }
        file.IsAside = true;
    }

    /// <summary>
    /// Makes a durable copy: by reference, or inside the kernel and compared with its source byte for byte. What is damaged stays so, and the
    /// checksums find it as before.
    /// </summary>
    private void Copy(IDiskFile source, string path)
    {
        using var target = disk.Open(path, create: true);
        if (!RawCopy.TryClone(source, target))
        {
            var wanted = source.Status.AllocatedBytes;
            if (disk.FreeBytes(paths.StagingFolder) < wanted)
            {
                throw new PeerDriveException(
                    ErrorKind.NoSpace, $"The file is open for reading, so that writing to it needs {wanted >> 20} MiB for a copy, and the disk has less: free some space, or close it first.");
            }
            RawCopy.Copy(source, target);
            if (!AreEqual(source, target)) throw new PeerDriveException(ErrorKind.Io, "A copy came out different from what was copied; check the memory and the disk.");
        }
        target.Sync();
    }

    private static bool AreEqual(IDiskFile first, IDiskFile second)
    {
        var length = first.Length;
        if (second.Length != length) return false;
        using PooledBytes one = new(CompareBytes), other = new(CompareBytes);
        for (long at = 0; at < length;)
        {
            at = Math.Min(first.NextData(at), second.NextData(at));
            var count = (int)Math.Min(CompareBytes, length - at);
            if (count <= 0) break;
            if (first.Read(at, one.Span[..count]) < count || second.Read(at, other.Span[..count]) < count) return false;
            if (!one.Span[..count].SequenceEqual(other.Span[..count])) return false;
            at += count;
        }
        return true;
    }
}
