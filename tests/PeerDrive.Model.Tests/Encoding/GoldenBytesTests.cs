using PeerDrive.Model.Changesets;
using PeerDrive.Model.Checkpoints;
using PeerDrive.Model.Encoding;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Revisions;
using PeerDrive.Model.Tree;

namespace PeerDrive.Model.Tests.Encoding;

/// <summary>The format as it was first written down: none of these bytes may ever change.</summary>
public sealed class GoldenBytesTests
{
    private static readonly Dictionary<string, string> Golden = System.Text.Encoding.UTF8.GetString(Samples.Fixture("golden.txt"))
        .Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' ')).ToDictionary(line => line[0], line => line[1]);

    public static TheoryData<string, string> Encoded => new()
    {
        { "revision-file", Hex(Revision.Create(Samples.File).Encoded) },
        { "revision-file-id", Revision.Create(Samples.File).Id.ToHex() },
        { "revision-merge", Hex(Revision.Create(Samples.Merge).Encoded) },
        { "revision-link", Hex(Revision.Create(Samples.Link).Encoded) },
        { "header-first", Hex(ChangesetCodec.EncodeHeader(Samples.First)) },
        { "header-later", Hex(ChangesetCodec.EncodeHeader(Samples.Later)) },
        { "body", Hex(ChangesetCodec.EncodeBody(Samples.Body)) },
        { "author", AuthorId.Of(new DeviceId(Samples.Whole(5)), 3).ToHex() },
        { "device", Samples.Device.Device.ToHex() },
        { "device-text", DeviceIdText.Format(Samples.Device.Device) },
        { "person", Samples.Person.Person.ToHex() },
        { "volume", Members.GenesisOf(Samples.Person.Person).ToHex() },
        { "entry", DerivedIds.Of(new VolumeId(Samples.Half(7)), new EntryId(Samples.Half(8)), EntryName.Create("a"), true).Entry.ToHex() },
        { "document", DerivedIds.Of(new VolumeId(Samples.Half(7)), new EntryId(Samples.Half(8)), EntryName.Create("a"), false).Document.ToHex() },
        { "checkpoint-part", Hex(CheckpointCodec.EncodeParts(Samples.Checkpoint).Single()) },
        { "checkpoint-header", Hex(CheckpointCodec.EncodeHeader(Samples.CheckpointHeader)) },
        { "chunk-list", Hex(ChunkList.Encode([new ChunkReference(new ChunkId(Samples.Whole(1)), 258), new ChunkReference(new ChunkId(Samples.Whole(2)), 1)])) },
    };

    [Theory]
    [MemberData(nameof(Encoded))]
    public void Encoding_is_what_it_always_was(string name, string hex) => Assert.Equal(Golden.GetValueOrDefault(name), hex);

    [Fact]
    public void Golden_revisions_decode_to_the_values_they_were_made_of()
    {
        foreach (var (name, fields) in new[] { ("revision-file", Samples.File), ("revision-merge", Samples.Merge), ("revision-link", Samples.Link) })
        {
            var revision = Revision.Decode(Convert.FromHexString(Golden[name]));
            Assert.True(fields.State.SameAs(revision.State));
            Assert.Equal(fields.Parents.AsEnumerable(), revision.Parents);
            Assert.Equal(fields with { State = revision.State, Parents = revision.Parents }, revision.Fields);
        }
    }

    [Fact]
    public void Golden_checkpoints_decode_to_the_values_they_were_made_of()
    {
        var entries = new List<CheckpointEntry>();
        CheckpointCodec.DecodePart(Convert.FromHexString(Golden["checkpoint-part"]), entries);
        Assert.Equal(Samples.Checkpoint.Entries, entries);
        Assert.True(Samples.CheckpointHeader.SameState(CheckpointCodec.DecodeHeader(Convert.FromHexString(Golden["checkpoint-header"]))));
    }

    [Fact]
    public void Golden_headers_and_bodies_encode_again_to_the_same_bytes()
    {
        foreach (var name in new[] { "header-first", "header-later" })
            Assert.Equal(Golden[name], Hex(ChangesetCodec.EncodeHeader(ChangesetCodec.DecodeHeader(Convert.FromHexString(Golden[name])))));
        var body = ChangesetCodec.DecodeBody(Convert.FromHexString(Golden["body"]));
        Assert.Equal(Golden["body"], Hex(ChangesetCodec.EncodeBody(body)));
        Assert.Equal(Samples.Body.Operations.Select(o => o.GetType()), body.Operations.Select(o => o.GetType()));
        Assert.True(body.Operations.All(operation => ChangesetCodec.SizeOf(operation) >= ChangesetCodec.EncodeBody(new ChangesetBody(0, [operation])).Length));
    }

    [Fact]
    public void The_device_certificate_is_signed_by_the_person_and_by_no_one_else()
    {
        Assert.True(Samples.Device.IsSignedBy(Samples.Person));
        using var other = new Identity.TestPerson("Alice");
        Assert.False(Samples.Device.IsSignedBy(other.Certificate));
    }

    private static string Hex(ReadOnlyMemory<byte> bytes) => Convert.ToHexStringLower(bytes.Span);

    private static class Members
    {
        public static VolumeId GenesisOf(PersonId person) => PeerDrive.Model.Members.Genesis.VolumeOf(person, new byte[16]);
    }
}
