using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Revisions;
using PeerDrive.Storage.Disks;

namespace PeerDrive.Storage.Packs;

/// <summary>
/// Writes one content verbatim into the staging folder, or notes what lies in a file there already; when it is whole, it is renamed into <c>raw/</c>.
/// </summary>
internal sealed class RawWriter : IDisposable
{
    private readonly IDisk disk;
    private readonly PackPaths paths;
    private readonly PackId pack;
    private readonly IDiskFile file;
    private readonly string staging;
    private readonly Action<RawWriter, Content>? take;
    private readonly List<KeyValuePair<ChunkId, ChunkLocation>> chunks = [];
    private long end;
    private (int Length, uint Crc) hole;
    private bool finished;

    /// <param name="file">New and empty; closed here, and removed unless it is finished.</param>
    public RawWriter(IDisk disk, PackPaths paths, PackId pack, IDiskFile file)
        : this(disk, paths, pack, file, paths.Staging(pack), null)
    {
    }

    /// <param name="file">Has all bytes already, and stays its owner's.</param>
    /// <param name="take">Called when file and index are durable; calls <see cref="Rename"/> and <see cref="SyncName"/> when the file is still the content.</param>
    public RawWriter(IDisk disk, PackPaths paths, PackId pack, IDiskFile file, string staging, Action<RawWriter, Content>? take)
    {
        this.disk = disk;
        this.paths = paths;
        this.pack = pack;
        this.file = file;
        this.staging = staging;
        this.take = take;
    }

    /// <summary>Places of the chunks so far.</summary>
    public IReadOnlyList<KeyValuePair<ChunkId, ChunkLocation>> Chunks => chunks;

    public void Append(ChunkId id, ReadOnlySpan<byte> plain)
    {
        if (take is null) file.Write(end, plain);
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
    public IReadOnlyList<KeyValuePair<ChunkId, ChunkLocation>> Finish(Content content)
    {
        if (take is null && file.Length < end) file.Truncate(end);
        file.Sync();
        using (var index = disk.Open(paths.RawIndex(pack), create: true))
        {
            index.Write(0, PackFormat.WriteIndex(chunks, 0));
            index.Sync();
        }
        if (take is not null)
        {
            take(this, content);
        }
        else
        {
            Rename();
            SyncName();
        }
        return chunks;
    }

    public void Rename()
    {
        disk.Rename(staging, paths.Raw(pack));
        finished = true;
    }

    public void SyncName() => disk.SyncFolder(paths.RawFolder);

    public void Dispose()
    {
        if (take is null) file.Dispose();
        if (finished) return;
        if (take is null && disk.FileExists(staging)) disk.Delete(staging);
        if (disk.FileExists(paths.RawIndex(pack))) disk.Delete(paths.RawIndex(pack));
    }
}
