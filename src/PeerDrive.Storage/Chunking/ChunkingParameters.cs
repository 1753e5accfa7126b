using PeerDrive.Model.Errors;

namespace PeerDrive.Storage.Chunking;

/// <summary>
/// How a content is cut. The number is kept with the document, so that its next revision is cut the same way; a number's
/// values never change.
/// </summary>
/// <param name="Min">Least bytes of a chunk but the last.</param>
/// <param name="Average">Bytes that cuts aim at; a power of two.</param>
/// <param name="Max">Most bytes of a chunk.</param>
public sealed record ChunkingParameters(uint Number, int Min, int Average, int Max)
{
    private const int KiB = 1024;

    private static readonly ChunkingParameters Small = new(1, 16 * KiB, 64 * KiB, 256 * KiB);
    private static readonly ChunkingParameters Medium = new(2, 64 * KiB, 256 * KiB, 1024 * KiB);
    private static readonly ChunkingParameters Large = new(3, 256 * KiB, 512 * KiB, 1024 * KiB);

    /// <summary>The parameters for a new content of about this many bytes.</summary>
    public static ChunkingParameters ForSize(ulong size) => size switch
    {
        < 16UL << 20 => Small,
        < 1UL << 30 => Medium,
        _ => Large,
    };

    /// <exception cref="PeerDriveException">Unsupported: a newer version made the content.</exception>
    public static ChunkingParameters Get(uint number) => number switch
    {
        1 => Small,
        2 => Medium,
        3 => Large,
        _ => throw new PeerDriveException(ErrorKind.Unsupported, $"Chunking parameters {number} are not known to this version; update PeerDrive."),
    };
}
