namespace PeerDrive.Storage.Packs;

/// <summary>How a chunk's payload is kept; the numbers are part of the format and of the exchange.</summary>
public enum ChunkEncoding
{
    Plain = 0,
    Zstd = 1,

    /// <summary>A byte range of a raw file, plain and without a header of its own.</summary>
    Raw = 2,
}
