namespace PeerDrive.Storage.Drafts;

/// <summary>A range of bytes.</summary>
/// <param name="End">Behind the last byte.</param>
internal readonly record struct Extent(long Start, long End)
{
    public long Length => End - Start;
}
