using System.Collections.Immutable;
using Google.Protobuf;
using PeerDrive.Model.Changesets;
using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Identity;
using PeerDrive.Model.Members;
using PeerDrive.Model.Revisions;
using ByteString = Google.Protobuf.ByteString;

namespace PeerDrive.Model.Encoding;

/// <summary>Changesets to bytes and back. Decoding checks every length and name, not signatures and rights.</summary>
public static class ChangesetCodec
{
    /// <summary>Bytes of an operation's encoding beside its variable parts; used to fill changesets to their limit.</summary>
    private const int OperationOverhead = 96;

    public static byte[] EncodeHeader(ChangesetHeader header)
    {
        var wire = new Wire.ChangesetHeader
        {
            Volume = Bytes(header.Volume),
            KeyEpoch = header.KeyEpoch,
            Device = Bytes(header.Device),
            Incarnation = header.Incarnation,
            Sequence = header.Sequence,
            Previous = header.Sequence == 1 ? ByteString.Empty : Bytes(header.Previous),
            Lamport = header.Lamport,
            BodyLength = header.BodyLength,
            BodyHash = Bytes(header.BodyHash),
        };
        wire.Dependencies.AddRange(Sorted(header.Dependencies).Select(EncodeTip));
        return wire.ToByteArray();
    }

    /// <exception cref="PeerDriveException">Corrupt.</exception>
    public static ChangesetHeader DecodeHeader(ReadOnlyMemory<byte> bytes)
    {
        var wire = WireParser.Parse(Wire.ChangesetHeader.Parser, bytes, ModelLimits.HeaderBytes);
        if (wire.Sequence == 0 || wire.Lamport == 0 || wire.Sequence == 1 != wire.Previous.IsEmpty || wire.Sequence > long.MaxValue || wire.Lamport > long.MaxValue)
            throw new PeerDriveException(ErrorKind.Corrupt, "A changeset's sequence, Lamport time or previous hash is impossible.");
        return new ChangesetHeader(
            Id.Decode<VolumeId>(wire.Volume.Span),
            wire.KeyEpoch,
            Id.Decode<DeviceId>(wire.Device.Span),
            wire.Incarnation,
            wire.Sequence,
            wire.Previous.IsEmpty ? default : Id.Decode<ChangesetHash>(wire.Previous.Span),
            wire.Lamport,
            [.. wire.Dependencies.Select(DecodeTip)],
            wire.BodyLength,
            Id.Decode<ChunkId>(wire.BodyHash.Span).Bits);
    }

    public static byte[] EncodeBody(ChangesetBody body)
    {
        var wire = new Wire.ChangesetBody { Time = body.Time };
        foreach (var operation in body.Operations) wire.Operations.Add(EncodeOperation(operation));
        return wire.ToByteArray();
    }

    /// <exception cref="PeerDriveException">Corrupt.</exception>
    public static ChangesetBody DecodeBody(ReadOnlyMemory<byte> bytes)
    {
        var wire = WireParser.Parse(Wire.ChangesetBody.Parser, bytes, ModelLimits.BodyBytes);
        if (wire.Operations.Count > ModelLimits.Operations)
            throw new PeerDriveException(ErrorKind.Corrupt, $"A changeset has at most {ModelLimits.Operations} operations; this one has {wire.Operations.Count}.");
        return new ChangesetBody(wire.Time, [.. wire.Operations.Select(DecodeOperation)]);
    }

    /// <summary>An upper bound of the bytes that an operation takes in a body.</summary>
    public static int SizeOf(Operation operation) => OperationOverhead + operation switch
    {
        Operation.Revise revise => revise.Revision.Encoded.Length,
        Operation.Put put => put.Name.Bytes.Length,
        Operation.Member member => member.Certificate.Der.Length,
        Operation.Device device => device.Certificate.Der.Length,
        Operation.RemoveMember remove => remove.Counted.Length * 64,
        Operation.Setting setting => (setting.Key.Length + setting.Value.Length) * 3,
        Operation.Features features => features.Names.Sum(name => name.Length * 3 + 4),
        _ => 0,
    };

    private static Wire.Operation EncodeOperation(Operation operation) => operation switch
    {
        Operation.Revise revise => new Wire.Operation
        {
            Revise = new Wire.Revise
            {
                Revision = ByteString.CopyFrom(revise.Revision.Encoded.Span),
                Through = revise.Through is { } through ? Bytes(through) : ByteString.Empty,
            },
        },
        Operation.Put put => new Wire.Operation
        {
            Put = new Wire.Put
            {
                Entry = Bytes(put.Entry), Parent = Bytes(put.Parent), Name = ByteString.CopyFrom(put.Name.Bytes),
                Document = Bytes(put.Document), Folder = put.IsFolder,
            },
        },
        Operation.Delete delete => new Wire.Operation { Delete = new Wire.Delete { Entry = Bytes(delete.Entry), Parent = Bytes(delete.Parent) } },
        Operation.Member member => new Wire.Operation
        {
            Member = new Wire.Member
            {
                Certificate = ByteString.CopyFrom(member.Certificate.Der.Span), Role = (uint)member.Role, Nonce = ByteString.CopyFrom(member.Nonce.Span),
            },
        },
        Operation.Device device => new Wire.Operation { Device = new Wire.Device { Certificate = ByteString.CopyFrom(device.Certificate.Der.Span) } },
        Operation.RemoveMember remove => EncodeRemoveMember(remove),
        Operation.Setting setting => new Wire.Operation { Setting = new Wire.Setting { Key = setting.Key, Value = setting.Value } },
        Operation.Features features => EncodeFeatures(features),
        _ => throw new PeerDriveException(ErrorKind.Internal, $"No encoding for {operation.GetType().Name}."),
    };

    private static Wire.Operation EncodeRemoveMember(Operation.RemoveMember remove)
    {
        var wire = new Wire.RemoveMember { Person = Bytes(remove.Person) };
        wire.Counted.AddRange(Sorted(remove.Counted).Select(EncodeTip));
        return new Wire.Operation { RemoveMember = wire };
    }

    private static Wire.Operation EncodeFeatures(Operation.Features features)
    {
        var wire = new Wire.Features();
        wire.Names.AddRange(features.Names.Order(StringComparer.Ordinal));
        return new Wire.Operation { Features = wire };
    }

    private static Operation DecodeOperation(Wire.Operation wire) => wire.KindCase switch
    {
        Wire.Operation.KindOneofCase.Revise => new Operation.Revise(
            Revision.Decode(wire.Revise.Revision.ToByteArray()),
            wire.Revise.Through.IsEmpty ? null : Id.Decode<EntryId>(wire.Revise.Through.Span)),
        Wire.Operation.KindOneofCase.Put => DecodePut(wire.Put),
        Wire.Operation.KindOneofCase.Delete => new Operation.Delete(
            Id.Decode<EntryId>(wire.Delete.Entry.Span), Id.Decode<EntryId>(wire.Delete.Parent.Span)),
        Wire.Operation.KindOneofCase.Member => DecodeMember(wire.Member),
        Wire.Operation.KindOneofCase.Device => new Operation.Device(DeviceCertificate.Decode(wire.Device.Certificate.ToByteArray())),
        Wire.Operation.KindOneofCase.RemoveMember => new Operation.RemoveMember(
            Id.Decode<PersonId>(wire.RemoveMember.Person.Span), [.. wire.RemoveMember.Counted.Select(DecodeTip)]),
        Wire.Operation.KindOneofCase.Setting => new Operation.Setting(wire.Setting.Key, wire.Setting.Value),
        Wire.Operation.KindOneofCase.Features => new Operation.Features([.. wire.Features.Names]),
        _ when wire.CalculateSize() > 0 => new Operation.Unknown(),
        _ => throw new PeerDriveException(ErrorKind.Corrupt, "A changeset has an operation of no kind."),
    };

    private static Operation.Put DecodePut(Wire.Put wire)
    {
        if (!EntryName.IsValid(wire.Name.Span))
            throw new PeerDriveException(ErrorKind.Corrupt, $"A changeset has an entry named '{EntryName.Display(wire.Name.Span[..Math.Min(wire.Name.Length, ModelLimits.NameBytes)])}', which is no name.");
        var put = new Operation.Put(
            Id.Decode<EntryId>(wire.Entry.Span), Id.Decode<EntryId>(wire.Parent.Span), EntryName.Create(wire.Name.Span),
            Id.Decode<DocumentId>(wire.Document.Span), wire.Folder);
        return put.Entry != EntryId.Root && put.Entry != EntryId.LostAndFound && put.Entry != put.Parent
            ? put
            : throw new PeerDriveException(ErrorKind.Corrupt, "A changeset puts the root, or an entry into itself.");
    }

    private static Operation.Member DecodeMember(Wire.Member wire) => wire.Nonce.Length is 0 or Genesis.NonceBytes
        ? new Operation.Member(PersonCertificate.Decode(wire.Certificate.ToByteArray()), DecodeRole(wire.Role), wire.Nonce.ToByteArray())
        : throw new PeerDriveException(ErrorKind.Corrupt, "A volume's nonce has an impossible length.");

    private static Role DecodeRole(uint role) => role is >= (uint)Role.Reader and <= (uint)Role.Owner
        ? (Role)role
        : throw new PeerDriveException(ErrorKind.Corrupt, $"There is no role {role}.");

    private static IEnumerable<Tip> Sorted(ImmutableArray<Tip> tips) => tips.OrderBy(tip => tip.Author).ThenBy(tip => tip.Sequence).ThenBy(tip => tip.Hash);

    private static Wire.Tip EncodeTip(Tip tip) => new() { Author = Bytes(tip.Author), Sequence = tip.Sequence, Hash = Bytes(tip.Hash) };

    private static Tip DecodeTip(Wire.Tip wire) =>
        wire.Sequence is > 0 and <= long.MaxValue
            ? new Tip(Id.Decode<AuthorId>(wire.Author.Span), wire.Sequence, Id.Decode<ChangesetHash>(wire.Hash.Span))
            : throw new PeerDriveException(ErrorKind.Corrupt, "A tip's sequence is impossible.");

    private static ByteString Bytes<T>(T id)
        where T : struct, IId<T> => UnsafeByteOperations.UnsafeWrap(id.ToBytes());

    private static ByteString Bytes(Bits256 bits)
    {
        var bytes = new byte[Bits256.Size];
        bits.WriteTo(bytes);
        return UnsafeByteOperations.UnsafeWrap(bytes);
    }
}
