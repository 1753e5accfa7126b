using System.Collections.Immutable;
using Google.Protobuf;
using PeerDrive.Model.Changesets;
using PeerDrive.Model.Checkpoints;
using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Revisions;
using Bytes = PeerDrive.Model.Revisions.ByteString;
using ProtoBytes = Google.Protobuf.ByteString;

namespace PeerDrive.Model.Encoding;

/// <summary>Checkpoints to bytes and back; equal trees have equal parts.</summary>
public static class CheckpointCodec
{
    private const int FirstNumber = 2;

    /// <summary>Encodes a tree; each part ends after the entry that makes it long enough.</summary>
    public static IEnumerable<byte[]> EncodeParts(CheckpointTree tree)
    {
        var part = new Wire.CheckpointPart();
        var bytes = 0;
        foreach (var entry in tree.Entries)
        {
            var wire = Encode(entry, tree.NumberOf(entry.Parent) + FirstNumber);
            part.Entries.Add(wire);
            bytes += wire.CalculateSize();
            if (bytes < ModelLimits.CheckpointPartBytes) continue;
            yield return part.ToByteArray();
            part = new Wire.CheckpointPart();
            bytes = 0;
        }
        if (bytes > 0) yield return part.ToByteArray();
    }

    /// <summary>Adds the entries of a part to those of the parts before it.</summary>
    /// <exception cref="PeerDriveException">Corrupt or LimitExceeded.</exception>
    public static void DecodePart(ReadOnlyMemory<byte> part, List<CheckpointEntry> entries)
    {
        var wire = WireParser.Parse(Wire.CheckpointPart.Parser, part, ModelLimits.ChunkBytes);
        if (wire.Entries.Count > ModelLimits.CheckpointEntries - entries.Count) throw new PeerDriveException(ErrorKind.LimitExceeded, "A checkpoint has too many entries.");
        foreach (var entry in wire.Entries) entries.Add(Decode(entry, entries));
    }

    public static byte[] EncodeHeader(CheckpointHeader header)
    {
        var parts = new byte[header.Parts.Length * ChunkId.Size];
        for (var i = 0; i < header.Parts.Length; i++) header.Parts[i].WriteTo(parts.AsSpan(i * ChunkId.Size));
        var wire = new Wire.CheckpointHeader
        {
            Volume = Wrap(header.Volume), Device = Wrap(header.Device), Time = header.Time, Entries = (uint)header.Entries, Parts = UnsafeByteOperations.UnsafeWrap(parts),
        };
        wire.Tips.AddRange(header.Vector.Tips.Select(tip => new Wire.Tip { Author = Wrap(tip.Author), Sequence = tip.Sequence, Hash = Wrap(tip.Hash) }));
        return wire.ToByteArray();
    }

    /// <exception cref="PeerDriveException">Corrupt or LimitExceeded.</exception>
    public static CheckpointHeader DecodeHeader(ReadOnlyMemory<byte> bytes)
    {
        var wire = WireParser.Parse(Wire.CheckpointHeader.Parser, bytes, ModelLimits.CheckpointHeaderBytes);
        if (wire.Entries > ModelLimits.CheckpointEntries || wire.Parts.Length > ModelLimits.CheckpointParts * ChunkId.Size)
            throw new PeerDriveException(ErrorKind.LimitExceeded, "A checkpoint is too large.");
        if (wire.Parts.Length % ChunkId.Size != 0 || wire.Entries == 0 != wire.Parts.IsEmpty) throw Corrupt("its parts are impossible");
        var parts = ImmutableArray.CreateBuilder<ChunkId>(wire.Parts.Length / ChunkId.Size);
        for (var i = 0; i < parts.Capacity; i++) parts.Add(ChunkId.Read(wire.Parts.Span[(i * ChunkId.Size)..]));
        Tip[] tips = [.. wire.Tips.Select(tip => new Tip(Id.Decode<AuthorId>(tip.Author.Span), tip.Sequence, Id.Decode<ChangesetHash>(tip.Hash.Span)))];
        var vector = VersionVector.Of(tips);
        if (tips.Length == 0 || tips.Any(tip => tip.Sequence is 0 or > long.MaxValue) || !vector.Tips.SequenceEqual(tips)) throw Corrupt("its version vector is impossible");
        return new CheckpointHeader(Id.Decode<VolumeId>(wire.Volume.Span), Id.Decode<DeviceId>(wire.Device.Span), wire.Time, vector, (int)wire.Entries, parts.MoveToImmutable());
    }

    private static Wire.CheckpointEntry Encode(CheckpointEntry entry, int parent)
    {
        var wire = new Wire.CheckpointEntry
        {
            Entry = Wrap(entry.Id), Parent = (uint)parent, Name = ProtoBytes.CopyFrom(entry.Name.Bytes), Document = Wrap(entry.Document), Folder = entry.IsFolder, Heads = (uint)entry.Heads,
        };
        if (entry.Shown is not { } shown) return wire;
        wire.Revision = Wrap(shown.Id);
        wire.Kind = (uint)shown.Kind;
        wire.Content = RevisionCodec.EncodeContent(shown.Kind, shown.Content);
        wire.Mode = shown.Mode;
        wire.Owner = RevisionCodec.EncodeOwner(shown.Owner);
        wire.Group = RevisionCodec.EncodeOwner(shown.Group);
        wire.Mtime = shown.Mtime;
        wire.Target = ProtoBytes.CopyFrom(shown.Target.Span);
        wire.DeviceNumber = shown.DeviceNumber;
        return wire;
    }

    private static CheckpointEntry Decode(Wire.CheckpointEntry wire, List<CheckpointEntry> before)
    {
        if (wire.Parent >= before.Count + FirstNumber) throw Corrupt("an entry comes before its folder");
        if (!EntryName.IsValid(wire.Name.Span)) throw Corrupt("a name is none");
        if (wire.Heads > int.MaxValue || wire.Heads == 0 != wire.Revision.IsEmpty) throw Corrupt("an entry has an impossible number of heads");
        var parent = wire.Parent switch { 0 => EntryId.Root, 1 => EntryId.LostAndFound, var number => before[(int)number - FirstNumber].Id };
        return new CheckpointEntry(
            Id.Decode<EntryId>(wire.Entry.Span), parent, EntryName.Create(wire.Name.Span), Id.Decode<DocumentId>(wire.Document.Span), wire.Folder, (int)wire.Heads,
            wire.Revision.IsEmpty ? null : DecodeRevision(wire));
    }

    private static CheckpointRevision DecodeRevision(Wire.CheckpointEntry wire)
    {
        if (wire.Kind is < (uint)DocumentKind.File or > (uint)DocumentKind.BlockDevice) throw Corrupt($"there is no document kind {wire.Kind}");
        if (wire.Mode > 0xFFF) throw Corrupt("a mode has unknown bits");
        if (wire.Target.Length > ModelLimits.TargetBytes) throw Corrupt("a target is too long");
        return new CheckpointRevision(
            Id.Decode<RevisionId>(wire.Revision.Span), (DocumentKind)wire.Kind, RevisionCodec.DecodeContent(wire.Kind, wire.Content), wire.Mode,
            RevisionCodec.DecodeOwner(wire.Owner), RevisionCodec.DecodeOwner(wire.Group), wire.Mtime, new Bytes(wire.Target.Span), wire.DeviceNumber);
    }

    private static ProtoBytes Wrap<T>(T id)
        where T : struct, IId<T> => UnsafeByteOperations.UnsafeWrap(id.ToBytes());

    private static PeerDriveException Corrupt(string why) => new(ErrorKind.Corrupt, $"A checkpoint is wrong: {why}.");
}
