using PeerDrive.Storage.Databases;
using PeerDrive.Storage.Disks;
using PeerDrive.Storage.Packs;

namespace PeerDrive.Storage.Lending;

/// <summary>At start: brings the catalog's tables of lent files up to date with the index files, and removes what a crash left.</summary>
internal sealed class LentRecovery(IDisk disk, PackPaths paths, Database catalog, LentTable table)
{
    public void Run()
    {
        var names = disk.ListFiles(paths.LentFolder);
        var indexes = new HashSet<PackId>();
        foreach (var name in names)
        {
            if (name.EndsWith(".index", StringComparison.Ordinal) && PackId.TryParse(name.AsSpan(0, name.Length - 6), out var pack)) indexes.Add(pack);
        }
        lock (catalog.Gate)
        {
            using var transaction = catalog.Begin();
            var known = table.All().Select(file => file.Pack).ToHashSet();
            foreach (var gone in known.Where(pack => !indexes.Contains(pack))) table.Remove(gone);
            foreach (var pack in indexes) Recover(pack, known.Contains(pack));
            transaction.Commit();
        }
        // Linked, but the crash came before the index: no commit has named it.
        foreach (var name in names)
        {
            if (PackId.TryParse(name, out var pack) && !indexes.Contains(pack) && disk.FileExists(paths.Lent(pack))) disk.Delete(paths.Lent(pack));
        }
    }

    private void Recover(PackId pack, bool isKnown)
    {
        if (disk.FileExists(paths.Raw(pack)))
        {
            // It was taken over; the crash came before this was noted.
            if (isKnown) table.Remove(pack);
            disk.Delete(paths.LentIndex(pack));
            return;
        }
        if (isKnown) return;
        // A damaged index stays, unused: its chunks count as missing until the linked folder is scanned.
        if (Read(pack) is not { } read) return;
        table.Add(read.File, read.Lines);
    }

    private (LentFile File, IReadOnlyList<KeyValuePair<Model.Identifiers.ChunkId, ChunkLocation>> Lines)? Read(PackId pack)
    {
        using var index = disk.OpenRead(paths.LentIndex(pack));
        if (index.Length > LentFiles.MaxIndexBytes) return null;
        var bytes = new byte[index.Length];
        return index.Read(0, bytes) == bytes.Length ? LentFormat.TryRead(bytes, pack) : null;
    }
}
