using PeerDrive.Model;
using PeerDrive.Model.Checkpoints;
using PeerDrive.Model.Encoding;
using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Identity;
using PeerDrive.Storage.Packs;

namespace PeerDrive.Storage.Checkpoints;

/// <summary>A checkpoint that comes part by part, from a peer or from the disk: each is checked before it is kept.</summary>
public sealed class CheckpointIntake
{
    private readonly List<CheckpointEntry> entries = [];
    private readonly List<CheckpointPart> parts = [];

    /// <exception cref="PeerDriveException">Corrupt or LimitExceeded: the header is none that the maker signed for this volume.</exception>
    public CheckpointIntake(VolumeId volume, SignedCheckpoint signed, DeviceCertificate maker)
    {
        Header = CheckpointHeader.Verify(signed, volume, maker);
        Signed = signed;
        Maker = maker;
    }

    public CheckpointHeader Header { get; }

    public DeviceCertificate Maker { get; }

    public bool IsComplete => parts.Count == Header.Parts.Length;

    internal SignedCheckpoint Signed { get; }

    internal IReadOnlyList<CheckpointPart> Parts => parts;

    /// <summary>Takes the next part.</summary>
    /// <exception cref="PeerDriveException">Corrupt or LimitExceeded: it is not the next part, or has something that no checkpoint has.</exception>
    public void Add(CheckpointPart part)
    {
        if (IsComplete || part.Id != Header.Parts[parts.Count]) throw Wrong("a part is not the next one");
        if (part.Plain is <= 0 or > 2 * ModelLimits.CheckpointPartBytes) throw new PeerDriveException(ErrorKind.LimitExceeded, "A checkpoint is wrong: a part is too long.");
        var plain = part.Payload;
        if (part.Encoding == ChunkEncoding.Zstd)
        {
            var bytes = new byte[part.Plain];
            ChunkCompressor.Decompress(part.Payload.Span, bytes);
            plain = bytes;
        }
        if (plain.Length != part.Plain || Id.Hash<ChunkId>(plain.Span) != part.Id) throw Wrong("a part is not what its hash says");
        CheckpointCodec.DecodePart(plain, entries);
        if (entries.Count > Header.Entries) throw Wrong("it has more entries than it says");
        parts.Add(part);
    }

    /// <summary>What all parts together tell.</summary>
    /// <exception cref="PeerDriveException">Corrupt or LimitExceeded: they are no tree.</exception>
    public KeptCheckpoint Finish()
    {
        if (!IsComplete || entries.Count != Header.Entries) throw Wrong("it has fewer entries than it says");
        return new KeptCheckpoint(Header, Maker.Name, CheckpointTree.Check(entries));
    }

    private static PeerDriveException Wrong(string why) => new(ErrorKind.Corrupt, $"A checkpoint is wrong: {why}.");
}
