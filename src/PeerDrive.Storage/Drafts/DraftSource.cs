using PeerDrive.Storage.Contents;

namespace PeerDrive.Storage.Drafts;

/// <summary>A draft about to be stored.</summary>
internal sealed class DraftSource(Draft draft, long length) : IContentSource
{
    public long Length => length;

    public int Read(long offset, Span<byte> destination) => draft.Read(offset, destination);

    public long NextData(long offset) => draft.NextData(offset) ?? length;
}
