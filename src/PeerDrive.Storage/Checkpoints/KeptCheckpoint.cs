using PeerDrive.Model.Checkpoints;

namespace PeerDrive.Storage.Checkpoints;

/// <summary>A checkpoint whose history has not all come: shown, and believed in nothing else. Immutable.</summary>
public sealed class KeptCheckpoint
{
    internal KeptCheckpoint(CheckpointHeader header, string maker, CheckpointTree tree)
    {
        Header = header;
        Maker = maker;
        Tree = tree;
        foreach (var entry in tree.Entries)
        {
            if (entry.IsFolder) Folders++;
            else Files++;
            if (entry.Shown is { } shown) Bytes = (long)Math.Min((ulong)Bytes + shown.Content.Size, long.MaxValue);
        }
    }

    public CheckpointHeader Header { get; }

    /// <summary>What the device that signed it calls itself.</summary>
    public string Maker { get; }

    public CheckpointTree Tree { get; }

    public long Files { get; }

    public long Folders { get; }

    public long Bytes { get; }
}
