using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Storage.Databases;
using PeerDrive.Storage.Disks;
using PeerDrive.Storage.Packs;

namespace PeerDrive.Storage.Lending;

/// <summary>
/// Chunks that lie in the files of lean linked folders instead of packs. A program may write into such a file at any time, so a
/// chunk is given out only after its hash was checked, and no other content is left to rely on it. Thread-safe. Lock order: the
/// catalog's gate only.
/// </summary>
public sealed class LentFiles
{
    /// <summary>Of an index file: 2 GiB would be lines for more than 500 GiB of the smallest chunks.</summary>
    internal const long MaxIndexBytes = int.MaxValue;

    private const int CopyBytes = 4 << 20;

    private readonly IDisk disk;
    private readonly PackPaths paths;
    private readonly PackWriter packs;
    private readonly Database catalog;
    private readonly ChunkIndex index;
    private readonly LentTable table;
    private int hasLost;

    internal LentFiles(IDisk disk, PackPaths paths, PackWriter packs, Database catalog, ChunkIndex index, LentTable table)
    {
        this.disk = disk;
        this.paths = paths;
        this.packs = packs;
        this.catalog = catalog;
        this.index = index;
        this.table = table;
    }

    /// <summary>Where hard links are held when the linked folder is on the same file system.</summary>
    public string Folder => paths.LentFolder;

    internal LentTable Table => table;

    /// <summary>Begins to lend a file.</summary>
    /// <param name="folder">Where its hard link will be: <see cref="Folder"/>, or a folder on the file's own file system.</param>
    public LentFileWriter Begin(Bits128 lender, string folder)
    {
        var pack = packs.TakeId();
        return new LentFileWriter(pack, lender, Path.Combine(folder, pack.ToString()));
    }

    /// <summary>Records a file whose bytes are durable and whose hard link is in its place.</summary>
    /// <param name="stamp">The file's, taken before its bytes were read and unchanged since.</param>
    public LentFile Add(LentFileWriter writer, FileStamp stamp)
    {
        var file = new LentFile(writer.Pack, writer.Lender, stamp.Inode, stamp.Size, stamp.Mtime, writer.Path);
        using (var lines = disk.Open(paths.LentIndex(file.Pack), create: true))
        {
            lines.Write(0, LentFormat.Write(file, writer.Lines));
            lines.Sync();
        }
        disk.SyncFolder(paths.LentFolder);
        Change(() => table.Add(file, writer.Lines));
        return file;
    }

    public IReadOnlyList<LentFile> Of(Bits128 lender) => table.Of(lender);

    public IReadOnlyList<LentFile> ByInode(Bits128 lender, ulong inode) => table.ByInode(lender, inode);

    /// <summary>The file as it is now; null when it, or the disk it lies on, is not there.</summary>
    public FileStamp? StampOf(LentFile file) => disk.Stamp(file.Path);

    /// <summary>No file is lent, nor was since the volume was opened.</summary>
    public bool IsEmpty => table.IsEmpty;

    /// <summary>Whether a chunk lies in a lent file that is there.</summary>
    public bool Contains(ChunkId id) => SizeOf(id) is not null;

    /// <summary>Bytes of a chunk; null when no lent file that is there has it.</summary>
    public int? SizeOf(ChunkId id)
    {
        foreach (var (file, _, size) in table.Find(id))
        {
            if (disk.FileExists(file.Path)) return size;
        }
        return null;
    }

    /// <summary>Reads a chunk and checks its hash. A place that has other bytes by now is forgotten.</summary>
    /// <returns>Null when no lent file has it any more, or none that has it is there.</returns>
    public PooledBytes? TryRead(ChunkId id)
    {
        foreach (var (file, offset, size) in table.Find(id))
        {
            var plain = new PooledBytes(size);
            if (TryRead(file, id, offset, plain.Span)) return plain;
            plain.Dispose();
        }
        return null;
    }

    /// <summary>Whether a place of a chunk was forgotten since the last call.</summary>
    public bool TakeLost() => Interlocked.Exchange(ref hasLost, 0) != 0;

    /// <summary>Whether a chunk lies in a file into which nothing was written since it was lent.</summary>
    internal bool IsSound(ChunkId id, Dictionary<PackId, bool> judged)
    {
        foreach (var (file, _, _) in table.Find(id))
        {
            if (!judged.TryGetValue(file.Pack, out var isSound)) judged[file.Pack] = isSound = StampOf(file) is { } stamp && file.IsUnchanged(stamp);
            if (isSound) return true;
        }
        return false;
    }

    /// <summary>
    /// Ends the lending of a file whose bytes are to stay: they become a raw file. Chunks that were overwritten are lost.
    /// </summary>
    /// <param name="isOurs">The hard link is the file's only name, so that it need not be copied.</param>
    /// <exception cref="PeerDriveException">NotHere: the file is not there. NoSpace, Io: nothing has changed.</exception>
    public void TakeOver(LentFile file, bool isOurs)
    {
        var lines = ReadLines(file.Pack) ?? throw new PeerDriveException(ErrorKind.Corrupt, $"The index of lent file {file.Pack} is damaged; scan the linked folder again.");
        if (StampOf(file) is not { } stamp) throw new PeerDriveException(ErrorKind.NotHere, $"'{file.Path}' is not there; connect the disk it lies on.");
        var canLink = isOurs && file.IsUnchanged(stamp) && Path.GetDirectoryName(file.Path) == paths.LentFolder;
        var good = canLink ? lines : CopyToStaging(file, lines);
        if (good.Count < lines.Count) NoteLost();
        if (good.Count > 0)
        {
            WriteRawIndex(file.Pack, good);
            // Until it is noted where the chunks are now, who looks for them finds them where they were.
            if (!canLink) disk.Rename(paths.Staging(file.Pack), paths.Raw(file.Pack));
            else if (!disk.FileExists(paths.Raw(file.Pack))) disk.Link(file.Path, paths.Raw(file.Pack));
            disk.SyncFolder(paths.RawFolder);
        }
        Change(() =>
        {
            table.Remove(file.Pack);
            foreach (var (id, location) in good) index.Add(id, location);
            if (good.Count > 0) index.SetPack(new PackRow(file.Pack, good.Max(line => line.Value.Offset + line.Value.Stored), IsSealed: true, IsRaw: true));
        });
        if (disk.FileExists(file.Path)) disk.Delete(file.Path);
        disk.Delete(paths.LentIndex(file.Pack));
    }

    /// <summary>Ends the lending of a file whose bytes are lent anew or overwritten; its hard link goes.</summary>
    public void Release(LentFile file)
    {
        Change(() => table.Remove(file.Pack));
        if (disk.FileExists(paths.LentIndex(file.Pack))) disk.Delete(paths.LentIndex(file.Pack));
        if (disk.FileExists(file.Path)) disk.Delete(file.Path);
    }

    internal void Forget(ChunkId id)
    {
        if (table.Find(id).Count > 0) Change(() => table.RemoveChunk(id));
    }

    private bool TryRead(LentFile file, ChunkId id, long offset, Span<byte> plain)
    {
        try
        {
            using var opened = disk.OpenRead(file.Path);
            if (opened.Read(offset, plain) == plain.Length && Id.Hash<ChunkId>(plain) == id) return true;
        }
        catch (PeerDriveException e) when (e.Kind is ErrorKind.NotFound or ErrorKind.Forbidden or ErrorKind.NotAFolder or ErrorKind.Io)
        {
            // The disk is not mounted, or the file may not be read just now: nothing is known to be lost.
            return false;
        }
        Change(() => table.RemoveChunk(id, file.Pack));
        NoteLost();
        return false;
    }

    private void NoteLost() => Interlocked.Exchange(ref hasLost, 1);

    /// <summary>Copies the chunks that are still right, each to where it was.</summary>
    private List<KeyValuePair<ChunkId, ChunkLocation>> CopyToStaging(LentFile file, IReadOnlyList<KeyValuePair<ChunkId, ChunkLocation>> lines)
    {
        var good = new List<KeyValuePair<ChunkId, ChunkLocation>>();
        var staging = paths.Staging(file.Pack);
        try
        {
            using var from = disk.OpenRead(file.Path);
            using var to = disk.Open(staging, create: true);
            using var buffer = new PooledBytes(CopyBytes);
            foreach (var line in lines)
            {
                var plain = buffer.Span[..line.Value.Plain];
                if (from.Read(line.Value.Offset, plain) < plain.Length || Id.Hash<ChunkId>(plain) != line.Key) continue;
                if (plain.ContainsAnyExcept((byte)0)) to.Write(line.Value.Offset, plain);
                good.Add(line);
            }
            var end = good.Count == 0 ? 0 : good.Max(line => line.Value.Offset + line.Value.Stored);
            if (to.Length < end) to.Truncate(end);
            to.Sync();
        }
        catch
        {
            if (disk.FileExists(staging)) disk.Delete(staging);
            throw;
        }
        if (good.Count == 0) disk.Delete(staging);
        return good;
    }

    private void WriteRawIndex(PackId pack, IReadOnlyList<KeyValuePair<ChunkId, ChunkLocation>> lines)
    {
        using (var raw = disk.Open(paths.RawIndex(pack), create: true))
        {
            raw.Write(0, PackFormat.WriteIndex(lines, 0));
            raw.Sync();
        }
        disk.SyncFolder(paths.RawFolder);
    }

    private IReadOnlyList<KeyValuePair<ChunkId, ChunkLocation>>? ReadLines(PackId pack)
    {
        using var file = disk.OpenRead(paths.LentIndex(pack));
        if (file.Length > MaxIndexBytes) return null;
        var bytes = new byte[file.Length];
        return file.Read(0, bytes) == bytes.Length ? LentFormat.TryRead(bytes, pack)?.Lines : null;
    }

    private void Change(Action change)
    {
        lock (catalog.Gate)
        {
            using var transaction = catalog.Begin();
            change();
            transaction.Commit();
        }
    }
}
