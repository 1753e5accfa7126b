using PeerDrive.Model.Identifiers;
using PeerDrive.Storage.Packs;

namespace PeerDrive.Storage.Lending;

/// <summary>Notes where in a file chunks lie that are about to be lent. Used by one thread.</summary>
/// <param name="path">Where the hard link belongs; the caller makes it.</param>
public sealed class LentFileWriter(PackId pack, Bits128 lender, string path)
{
    private readonly HashSet<ChunkId> known = [];
    private readonly List<KeyValuePair<ChunkId, ChunkLocation>> lines = [];
    private long end;
    private (int Length, uint Crc) hole;

    public PackId Pack => pack;

    public Bits128 Lender => lender;

    public string Path => path;

    /// <summary>Each chunk once, where it first lies.</summary>
    internal IReadOnlyList<KeyValuePair<ChunkId, ChunkLocation>> Lines => lines;

    /// <summary>Notes the next chunk.</summary>
    public void Append(ChunkId id, ReadOnlySpan<byte> plain) => Append(id, plain.Length, known.Contains(id) ? 0 : Crc32C.Compute(plain));

    /// <summary>Notes zeros, which need not be read.</summary>
    public void AppendHole(ChunkId id, ReadOnlySpan<byte> zeros)
    {
        if (hole.Length != zeros.Length) hole = (zeros.Length, Crc32C.Compute(zeros));
        Append(id, zeros.Length, hole.Crc);
    }

    private void Append(ChunkId id, int length, uint crc)
    {
        if (known.Add(id)) lines.Add(new(id, new ChunkLocation(pack, end, length, length, ChunkEncoding.Raw, crc)));
        end += length;
    }
}
