using System.Collections.Concurrent;
using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;

namespace PeerDrive.Storage.Packs;

/// <summary>
/// Reads chunks that are kept as they are, in raw files and packs, straight to where they are wanted. A chunk's checksum is checked when it is
/// first read since the volume was opened; after that, parts of it are read without the rest. Thread-safe.
/// </summary>
internal sealed class DirectReads(PackFiles files, Func<ChunkId, ChunkLocation?> find)
{
    private readonly ConcurrentDictionary<ChunkId, ChunkLocation> sound = new();
    private int count;

    /// <summary>Reads part of a chunk that was checked before.</summary>
    /// <param name="size">Bytes of the whole chunk.</param>
    /// <returns>False: it was not, or is no longer where it was; it must be read whole.</returns>
    public bool TryReadPart(ChunkId id, long size, long offset, Span<byte> destination)
    {
        if (!sound.TryGetValue(id, out var place) || place.Plain != size) return false;
        if (TryRead(place, offset, destination)) return true;
        Forget(id);
        return false;
    }

    /// <summary>Reads a whole chunk and checks it.</summary>
    /// <returns>False: it is compressed, damaged, of another length, or elsewhere.</returns>
    public bool TryRead(ChunkId id, Span<byte> destination)
    {
        if (find(id) is not { } place || place.Encoding == ChunkEncoding.Zstd || place.Plain != destination.Length) return false;
        Span<byte> head = stackalloc byte[PackFormat.RecordBytes];
        var isRaw = place.Encoding == ChunkEncoding.Raw;
        if (isRaw) head = [];
        if (!TryReadFile(place, isRaw, place.Offset, head) || !TryRead(place, 0, destination)) return false;
        if (isRaw ? Crc32C.Compute(destination) != place.Crc : !PackFormat.IsIntact(head, id, destination)) return false;
        // So many that all of a file of 16 GiB is known; then it begins anew.
        if (Interlocked.Increment(ref count) > StorageLimits.CheckedChunks)
        {
            sound.Clear();
            Interlocked.Exchange(ref count, 0);
        }
        sound[id] = place;
        return true;
    }

    /// <summary>A chunk turned out damaged, or is no longer where it was.</summary>
    public void Forget(ChunkId id) => sound.TryRemove(id, out _);

    /// <summary>A file is another one now: what was checked in it does not count.</summary>
    public void Forget(PackId pack)
    {
        foreach (var (id, place) in sound)
        {
            if (place.Pack == pack) Forget(id);
        }
    }

    private bool TryRead(ChunkLocation place, long offset, Span<byte> destination)
    {
        var isRaw = place.Encoding == ChunkEncoding.Raw;
        return TryReadFile(place, isRaw, place.Offset + (isRaw ? 0 : PackFormat.RecordBytes) + offset, destination);
    }

    private bool TryReadFile(ChunkLocation place, bool isRaw, long offset, Span<byte> destination)
    {
        try
        {
            return files.Read(place.Pack, isRaw, offset, destination) == destination.Length;
        }
        catch (PeerDriveException e) when (e.Kind is ErrorKind.NotFound or ErrorKind.Io)
        {
            // Its file was given back, or cannot be read: reading it in the usual way finds it elsewhere, or says what is wrong.
            return false;
        }
    }
}
