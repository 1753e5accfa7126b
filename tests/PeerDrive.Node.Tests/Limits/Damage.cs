using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Revisions;
using PeerDrive.Storage.Volumes;

namespace PeerDrive.Node.Tests.Limits;

/// <summary>A content in a volume that a test takes away.</summary>
internal sealed class Damage(Volume volume, Content content)
{
    /// <summary>No chunk of it is known any more, as if its pack had been lost.</summary>
    public void ForgetAll()
    {
        var chunks = new List<ChunkId> { content.Root };
        if (content.Depth > 0)
        {
            using var list = volume.Contents.Chunks.Read(content.Root);
            chunks.AddRange(ChunkList.Decode(list.Span, content.Size).Select(line => line.Id));
        }
        foreach (var chunk in chunks) volume.Contents.Chunks.Forget(chunk);
    }
}
