using System.Collections.Immutable;
using PeerDrive.Model.Changesets;
using PeerDrive.Model.Checkpoints;
using PeerDrive.Model.Encoding;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Identity;
using PeerDrive.Model.Members;
using PeerDrive.Model.Revisions;

namespace PeerDrive.Model.Tests.Encoding;

/// <summary>Values with every field set, for golden bytes and as seeds of mutations.</summary>
internal static class Samples
{
    public static readonly PersonCertificate Person = PersonCertificate.Decode(Fixture("person.der"));
    public static readonly DeviceCertificate Device = DeviceCertificate.Decode(Fixture("device.der"));

    public static RevisionFields File { get; } = new(
        new DocumentId(Half(1)),
        [new RevisionId(Whole(2)), new RevisionId(Whole(3))],
        new RevisionState
        {
            Kind = DocumentKind.File,
            Content = new Content(5_000_000, 1, new ChunkId(Whole(4)), 2),
            Mode = 0x9ED,
            Owner = new Owner(1000, "alice"),
            Group = new Owner(100, "users"),
            Mtime = -2_208_988_800_000_000_001,
            Xattrs = ImmutableSortedDictionary<ByteString, ByteString>.Empty
                .Add(new ByteString("user.b"u8), new ByteString([0, 255])).Add(new ByteString("user.a"u8), default),
            MediaType = "text/plain",
            Annotations = RevisionState.NoAnnotations
                .Add("text", new AnnotationValue.Text("grün"))
                .Add("Number", new AnnotationValue.Number(-1.5))
                .Add("boolean", new AnnotationValue.Boolean(true))
                .Add("time", new AnnotationValue.Time(-1))
                .Add("tags", new AnnotationValue.TextSet(["b", "a", "ä"]))
                .Add("link", new AnnotationValue.Link(new ByteString(new byte[16])))
                .Add("list", new AnnotationValue.List([new AnnotationValue.Text("x"), new AnnotationValue.List([])]))
                .Add("map", new AnnotationValue.Map(RevisionState.NoAnnotations.Add("k", new AnnotationValue.Number(0)))),
        },
        new DeviceId(Whole(5)), 1_700_000_000_123_456_789, "vim", "a comment");

    public static RevisionFields Merge { get; } = new(
        new DocumentId(Half(1)), [new RevisionId(Whole(2)), new RevisionId(Whole(3))], new RevisionState { Kind = DocumentKind.Folder, Mode = 0x1ED }, null, 7, Merge: 1);

    public static RevisionFields Link { get; } = new(
        new DocumentId(Half(6)), [], new RevisionState { Kind = DocumentKind.SymbolicLink, Mode = 0x1FF, Target = new ByteString("../x"u8) }, new DeviceId(Whole(5)), 7);

    public static ChangesetHeader First { get; } = new(
        new VolumeId(Half(7)), 0, Device.Device, 0, 1, default, 1, [], 10, Whole(8));

    public static ChangesetHeader Later { get; } = new(
        new VolumeId(Half(7)), 3, Device.Device, 2, 9, new ChangesetHash(Whole(9)), 400, [Tip(12), Tip(11)], 1000, Whole(8));

    public static ChangesetBody Body { get; } = new(1_700_000_000_000_000_000,
    [
        new Operation.Revise(Revision.Create(Link), new EntryId(Half(20))),
        new Operation.Revise(Revision.Create(Merge), null),
        new Operation.Put(new EntryId(Half(20)), EntryId.Root, EntryName.Create([0xFF, (byte)'x']), new DocumentId(Half(6)), false),
        new Operation.Delete(new EntryId(Half(21)), new EntryId(Half(22))),
        new Operation.Member(Person, Role.Owner, new byte[16]),
        new Operation.Device(Device),
        new Operation.RemoveMember(Person.Person, [Tip(12), Tip(11)]),
        new Operation.Setting("name", "Photos"),
        new Operation.Features(["tree-1", "merge-1"]),
    ]);

    public static CheckpointTree Checkpoint { get; } = CheckpointTree.Of(
    [
        new CheckpointEntry(new EntryId(Half(40)), EntryId.Root, EntryName.Create("b"), new DocumentId(Half(1)), true, 1, Folder(41)),
        new CheckpointEntry(new EntryId(Half(42)), new EntryId(Half(40)), EntryName.Create("a"), new DocumentId(Half(2)), false, 2, new CheckpointRevision(
            new RevisionId(Whole(43)), DocumentKind.File, new Content(5_000_000, 1, new ChunkId(Whole(4)), 2), 0x9ED, new Owner(1000, "alice"), new Owner(100, "users"), -1, default, 0)),
        new CheckpointEntry(new EntryId(Half(44)), EntryId.Root, EntryName.Create([0xFF, (byte)'x']), new DocumentId(Half(3)), false, 1, new CheckpointRevision(
            new RevisionId(Whole(45)), DocumentKind.SymbolicLink, Content.Empty, 0x1FF, new Owner(0, ""), new Owner(0, ""), 7, new ByteString("../x"u8), 0)),
        new CheckpointEntry(new EntryId(Half(46)), EntryId.LostAndFound, EntryName.Create("b"), new DocumentId(Half(4)), false, 0, null),
    ]);

    public static CheckpointHeader CheckpointHeader { get; } = new(
        new VolumeId(Half(7)), Device.Device, 1_700_000_000_000_000_000, VersionVector.Of([Tip(12), Tip(11)]), 4,
        [.. CheckpointCodec.EncodeParts(Checkpoint).Select(part => Id.Hash<ChunkId>(part))]);

    public static CheckpointRevision Folder(int number) => new(
        new RevisionId(Whole(number)), DocumentKind.Folder, Content.Empty, 0x1ED, new Owner(0, "root"), new Owner(0, "root"), 1_700_000_000_000_000_000, default, 0);

    public static byte[] Fixture(string name)
    {
        using var stream = typeof(Samples).Assembly.GetManifestResourceStream(name)!;
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }

    public static Tip Tip(int number) => new(new AuthorId(Half(number)), (ulong)number, new ChangesetHash(Whole(number)));

    public static Bits128 Half(int number) => new((ulong)number, 0x1122334455667788);

    public static Bits256 Whole(int number) => new((ulong)number, 1, 2, 3);
}
