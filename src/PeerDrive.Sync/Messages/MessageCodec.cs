using Google.Protobuf;
using PeerDrive.Model;
using PeerDrive.Model.Changesets;
using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Sync.Messages.Wire;
using Changeset = PeerDrive.Model.Changesets.Changeset;
using Tip = PeerDrive.Model.Changesets.Tip;

namespace PeerDrive.Sync.Messages;

/// <summary>Between messages and the model's types. Whatever is wrong with what a peer sent becomes one kind of error.</summary>
internal static class MessageCodec
{
    /// <summary>Tips in one state: a thousand authors are more than any volume has; beyond lies an attack.</summary>
    private const int MaxTips = 10_000;

    /// <exception cref="PeerDriveException">Protocol.</exception>
    public static Message Decode(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            var message = Message.Parser.ParseFrom(bytes.Span);
            return message.KindCase != Message.KindOneofCase.None ? message : throw new PeerDriveException(ErrorKind.Protocol, "A peer sent a message of an unknown kind.");
        }
        catch (InvalidProtocolBufferException e)
        {
            throw new PeerDriveException(ErrorKind.Protocol, "A peer sent a malformed message.", e);
        }
    }

    public static VolumeState State(VolumeId volume, VersionVector vector, bool replyWanted, bool checkpointWanted = false)
    {
        var state = new VolumeState { Volume = Bytes(volume), ReplyWanted = replyWanted, CheckpointWanted = checkpointWanted };
        state.Tips.AddRange(vector.Tips.Select(tip => new Wire.Tip { Author = Bytes(tip.Author), Sequence = tip.Sequence, Hash = Bytes(tip.Hash) }));
        return state;
    }

    public static VersionVector Vector(VolumeState state) => state.Tips.Count <= MaxTips
        ? VersionVector.Of(state.Tips.Select(tip => new Tip(Id<AuthorId>(tip.Author), tip.Sequence, Id<ChangesetHash>(tip.Hash))))
        : throw new PeerDriveException(ErrorKind.LimitExceeded, "A peer sent an impossibly long version vector.");

    public static Wire.Changeset Encode(Changeset changeset) => new()
    {
        Header = UnsafeByteOperations.UnsafeWrap(changeset.HeaderBytes),
        Signature = UnsafeByteOperations.UnsafeWrap(changeset.Signature),
        Body = UnsafeByteOperations.UnsafeWrap(changeset.BodyBytes),
    };

    public static Changeset Decode(Wire.Changeset wire) => Changeset.FromParts(wire.Header.ToByteArray(), wire.Signature.ToByteArray(), wire.Body.ToByteArray());

    public static ByteString Ids(IReadOnlyCollection<ChunkId> ids)
    {
        var bytes = new byte[ids.Count * ChunkId.Size];
        var at = 0;
        foreach (var id in ids)
        {
            id.WriteTo(bytes.AsSpan(at));
            at += ChunkId.Size;
        }
        return UnsafeByteOperations.UnsafeWrap(bytes);
    }

    public static ChunkId[] Ids(ByteString bytes, int limit)
    {
        if (bytes.Length % ChunkId.Size != 0 || bytes.Length / ChunkId.Size > limit) throw new PeerDriveException(ErrorKind.Protocol, "A peer sent an impossible list of chunks.");
        var ids = new ChunkId[bytes.Length / ChunkId.Size];
        for (var i = 0; i < ids.Length; i++) ids[i] = ChunkId.Read(bytes.Span[(i * ChunkId.Size)..]);
        return ids;
    }

    public static ByteString Bytes<T>(T id)
        where T : struct, IId<T> => UnsafeByteOperations.UnsafeWrap(id.ToBytes());

    public static T Id<T>(ByteString bytes)
        where T : struct, IId<T> => Model.Identifiers.Id.Decode<T>(bytes.Span);
}
