using PeerDrive.Model.Errors;
using PeerDrive.Storage.Databases;
using PeerDrive.Storage.Disks;

namespace PeerDrive.Storage.Packs;

/// <summary>At start: brings the chunk index up to date with the files, and finds where writing goes on.</summary>
internal sealed class PackRecovery(IDisk disk, PackPaths paths, Database catalog, ChunkIndex index)
{
    private const int RewriteBytes = 4 << 20;

    /// <summary>The pack that was being written, unless it is full.</summary>
    public PackRow? Unsealed { get; private set; }

    /// <summary>Files that the index knew are gone: the catalog is older than their removal, or somebody took them away.</summary>
    public bool HasLost { get; private set; }

    public PackId NextId { get; private set; } = new(1);

    public void Run()
    {
        lock (catalog.Gate)
        {
            var known = index.Packs().ToDictionary(row => row.Pack);
            using var transaction = catalog.Begin();
            var scanner = new PackScanner(disk, paths);
            var packs = Ids(paths.PackFolder, ".pack").OrderBy(pack => pack.Number).ToList();
            var indexes = Ids(paths.RawFolder, ".index").ToList();
            var raws = Ids(paths.RawFolder, "").ToList();
            foreach (var pack in packs.Concat(indexes).Concat(raws).Concat(known.Keys)) Reserve(pack);
            foreach (var pack in Ids(paths.LentFolder, "").Concat(Ids(paths.LentFolder, ".index"))) Reserve(pack);
            // What is indexed of a file that is gone would count as being here, and would never be fetched again.
            foreach (var gone in known.Values.Where(row => !(row.IsRaw ? raws : packs).Contains(row.Pack)).ToList())
            {
                HasLost = true;
                index.RemovePack(gone.Pack);
                known.Remove(gone.Pack);
            }
            foreach (var pack in packs)
            {
                // Only the newest pack is gone on with: of two places of a chunk the one in the later pack counts.
                Unsealed = null;
                if (known.TryGetValue(pack, out var row) && row.IsSealed) continue;
                RecoverPack(scanner, pack, row.Indexed);
            }
            foreach (var pack in indexes)
            {
                if (!known.ContainsKey(pack)) RecoverRaw(scanner, pack);
            }
            transaction.Commit();
        }
    }

    private void RecoverPack(PackScanner scanner, PackId pack, long indexed)
    {
        // What is indexed already is not looked at again: a start costs what was written since.
        var contents = scanner.ScanPack(pack, indexed);
        // A file shorter than what was indexed of it is an older one than the catalog knows.
        if (indexed > contents.Length) index.RemovePack(pack);
        foreach (var (id, location) in contents.Chunks) index.Put(id, location);
        var row = new PackRow(pack, contents.End, contents.IsSealed, IsRaw: false);
        if (contents.End == 0) return;
        WriteAgain(pack, indexed, contents.End);
        index.SetPack(row);
        Unsealed = contents.IsSealed || contents.Damaged.Count > 0 ? null : row;
    }

    /// <summary>
    /// Makes durable what was found beyond the index. A sync may have failed before: then the system shows bytes that the disk does not
    /// have, and would not try them again.
    /// </summary>
    private void WriteAgain(PackId pack, long from, long end)
    {
        if (end <= from) return;
        using var file = disk.Open(paths.Pack(pack), create: false);
        using var buffer = new PooledBytes((int)Math.Min(end - from, RewriteBytes));
        for (var at = from; at < end;)
        {
            var part = buffer.Span[..(int)Math.Min(end - at, buffer.Length)];
            if (file.Read(at, part) < part.Length) throw new PeerDriveException(ErrorKind.Io, $"Pack {pack} became shorter while it was read.");
            file.Write(at, part);
            at += part.Length;
        }
        file.Sync();
        disk.SyncFolder(paths.PackFolder);
    }

    private void RecoverRaw(PackScanner scanner, PackId pack)
    {
        if (!disk.FileExists(paths.Raw(pack)))
        {
            // The crash came between writing the index and renaming the file beside it.
            disk.Delete(paths.RawIndex(pack));
            return;
        }
        // With a damaged index the bytes stay where they are, unused: their chunks count as missing and are fetched again.
        if (scanner.ReadRawIndex(pack) is not { } chunks) return;
        foreach (var (id, location) in chunks) index.Add(id, location);
        index.SetPack(new PackRow(pack, chunks.Sum(chunk => (long)chunk.Value.Stored), IsSealed: true, IsRaw: true));
    }

    private void Reserve(PackId pack)
    {
        if (pack.Number >= NextId.Number) NextId = new PackId(pack.Number + 1);
    }

    private IEnumerable<PackId> Ids(string folder, string extension)
    {
        foreach (var name in disk.ListFiles(folder))
        {
            if (name.EndsWith(extension, StringComparison.Ordinal) && PackId.TryParse(name.AsSpan(0, name.Length - extension.Length), out var id)) yield return id;
        }
    }
}
