using PeerDrive.Model.Identifiers;
using PeerDrive.Storage.Disks;

namespace PeerDrive.Storage.Packs;

/// <summary>Writes one content verbatim into the staging folder; when it is whole, renames it into <c>raw/</c>.</summary>
internal sealed class RawWriter(IDisk disk, PackPaths paths, PackId pack, IDiskFile file) : IDisposable
{
    private readonly List<KeyValuePair<ChunkId, ChunkLocation>> chunks = [];
    private long end;
    private (int Length, uint Crc) hole;
    private bool finished;

    public void Append(ChunkId id, ReadOnlySpan<byte> plain)
    {
        file.Write(end, plain);
        chunks.Add(new(id, new ChunkLocation(pack, end, plain.Length, plain.Length, ChunkEncoding.Raw, Crc32C.Compute(plain))));
        end += plain.Length;
    }

    /// <summary>Leaves a hole: zeros that take no room.</summary>
    public void AppendHole(ChunkId id, ReadOnlySpan<byte> zeros)
    {
        if (hole.Length != zeros.Length) hole = (zeros.Length, Crc32C.Compute(zeros));
        chunks.Add(new(id, new ChunkLocation(pack, end, zeros.Length, zeros.Length, ChunkEncoding.Raw, hole.Crc)));
        end += zeros.Length;
    }

    /// <summary>Makes the file durable under its final name.</summary>
    /// <returns>Places of its chunks.</returns>
    public IReadOnlyList<KeyValuePair<ChunkId, ChunkLocation>> Finish()
    {
        if (file.Length < end) file.Truncate(end);
        file.Sync();
        using (var index = disk.Open(paths.RawIndex(pack), create: true))
        {
            index.Write(0, PackFormat.WriteIndex(chunks, 0));
            index.Sync();
        }
        disk.Rename(paths.Staging(pack), paths.Raw(pack));
        disk.SyncFolder(paths.RawFolder);
        finished = true;
        return chunks;
    }

    public void Dispose()
    {
        file.Dispose();
        if (!finished && disk.FileExists(paths.Staging(pack))) disk.Delete(paths.Staging(pack));
    }
}
