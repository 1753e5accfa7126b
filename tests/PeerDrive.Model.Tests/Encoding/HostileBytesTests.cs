using System.Collections.Immutable;
using Google.Protobuf;
using PeerDrive.Model.Changesets;
using PeerDrive.Model.Checkpoints;
using PeerDrive.Model.Encoding;
using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Identity;
using PeerDrive.Model.Revisions;
using ByteString = Google.Protobuf.ByteString;
using Wire = PeerDrive.Model.Encoding.Wire;

namespace PeerDrive.Model.Tests.Encoding;

/// <summary>Whatever the bytes, a decoder gives a value or a <see cref="PeerDriveException"/>.</summary>
public sealed class HostileBytesTests
{
    [Fact]
    public void An_operation_of_a_later_version_is_told_from_one_of_no_kind()
    {
        // A body: time (field 1), operations (field 2), the operation's field 100 of length 1.
        byte[] later = [0x08, 0x01, 0x12, 0x04, 0xA2, 0x06, 0x01, 0x07];
        Assert.IsType<Operation.Unknown>(Assert.Single(ChangesetCodec.DecodeBody(later).Operations));
        Assert.Equal(ErrorKind.Corrupt, Assert.Throws<PeerDriveException>(() => ChangesetCodec.DecodeBody(new byte[] { 0x08, 0x01, 0x12, 0x00 })).Kind);
    }

    [Fact]
    public void Mutated_revisions_decode_or_are_refused() =>
        Mutate(50_000, bytes => Revision.Decode(bytes), [.. new[] { Samples.File, Samples.Merge, Samples.Link }.Select(fields => Revision.Create(fields).Encoded.ToArray())]);

    [Fact]
    public void Mutated_headers_decode_or_are_refused() =>
        Mutate(30_000, bytes => ChangesetCodec.DecodeHeader(bytes), ChangesetCodec.EncodeHeader(Samples.First), ChangesetCodec.EncodeHeader(Samples.Later));

    [Fact]
    public void Mutated_bodies_decode_or_are_refused() =>
        Mutate(10_000, bytes => ChangesetCodec.DecodeBody(bytes), ChangesetCodec.EncodeBody(Samples.Body));

    [Fact]
    public void Mutated_checkpoints_decode_or_are_refused()
    {
        Mutate(20_000, bytes => CheckpointCodec.DecodeHeader(bytes), CheckpointCodec.EncodeHeader(Samples.CheckpointHeader));
        Mutate(
            20_000,
            bytes =>
            {
                var entries = new List<CheckpointEntry>();
                CheckpointCodec.DecodePart(bytes, entries);
                CheckpointTree.Check(entries);
            },
            CheckpointCodec.EncodeParts(Samples.Checkpoint).Single());
    }

    [Fact]
    public void Mutated_certificates_decode_or_are_refused()
    {
        Mutate(5_000, bytes => PersonCertificate.Decode(bytes), Samples.Person.Der.ToArray());
        Mutate(5_000, bytes => DeviceCertificate.Decode(bytes).IsSignedBy(Samples.Person), Samples.Device.Der.ToArray());
    }

    [Fact]
    public void Mutated_chunk_lists_decode_or_are_refused()
    {
        ChunkReference[] lines = [new(new ChunkId(Samples.Whole(1)), 7), new(new ChunkId(Samples.Whole(2)), 9)];
        Mutate(20_000, bytes => ChunkList.Decode(bytes, 16), ChunkList.Encode(lines));
    }

    [Fact]
    public void Annotations_nested_deeper_than_eight_levels_are_refused_at_both_ends()
    {
        Revision.Create(Nested(ModelLimits.AnnotationDepth - 1));
        Assert.Equal(ErrorKind.Invalid, Assert.Throws<PeerDriveException>(() => Revision.Create(Nested(ModelLimits.AnnotationDepth))).Kind);
        Assert.Throws<PeerDriveException>(() => Revision.Decode(RevisionCodec.Encode(Nested(5_000))));
    }

    [Fact]
    public void Lengths_beyond_the_caps_are_refused()
    {
        Refused(() => Revision.Decode(new byte[ModelLimits.RevisionBytes + 1]));
        Refused(() => ChangesetCodec.DecodeHeader(new byte[ModelLimits.HeaderBytes + 1]));
        Refused(() => ChangesetCodec.DecodeBody(new byte[ModelLimits.BodyBytes + 1]));
        Refused(() => PersonCertificate.Decode(new byte[ModelLimits.CertificateBytes + 1]));
        Refused(() => ChunkList.Decode(new byte[ChunkList.LineBytes * (ChunkList.MaxLines + 1)], 1));
        // A field that claims 2^31-1, then 2^63 bytes.
        Refused(() => Revision.Decode(new byte[] { 0x0A, 0xFF, 0xFF, 0xFF, 0xFF, 0x07 }));
        Refused(() => Revision.Decode(new byte[] { 0x0A, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01 }));
    }

    [Fact]
    public void Too_many_parents_and_operations_are_refused()
    {
        var parents = Enumerable.Range(0, ModelLimits.Parents + 1).Select(n => new RevisionId(Samples.Whole(n))).ToImmutableArray();
        Refused(() => Revision.Decode(RevisionCodec.Encode(Samples.Merge with { Parents = parents })));
        Assert.Equal(ErrorKind.LimitExceeded, Assert.Throws<PeerDriveException>(() => Revision.Create(Samples.Merge with { Parents = parents })).Kind);
        var operations = Enumerable.Repeat<Operation>(new Operation.Delete(default, default), ModelLimits.Operations + 1);
        Refused(() => ChangesetCodec.DecodeBody(ChangesetCodec.EncodeBody(new ChangesetBody(0, [.. operations]))));
    }

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("a/b")]
    [InlineData("/")]
    [InlineData("a\0")]
    public void Names_that_are_no_names_are_refused(string name)
    {
        Assert.Throws<PeerDriveException>(() => EntryName.Create(name));
        Refused(() => ChangesetCodec.DecodeBody(Body(new Wire.Operation { Put = Put(name) })));
    }

    [Fact]
    public void A_put_of_the_root_or_into_itself_is_refused()
    {
        var root = Put("x");
        root.Entry = ByteString.CopyFrom(new byte[16]);
        root.Parent = ByteString.CopyFrom([.. Enumerable.Repeat((byte)1, 16)]);
        Refused(() => ChangesetCodec.DecodeBody(Body(new Wire.Operation { Put = root })));
        var self = Put("x");
        self.Parent = self.Entry;
        Refused(() => ChangesetCodec.DecodeBody(Body(new Wire.Operation { Put = self })));
    }

    [Fact]
    public void Doubled_names_unsorted_parents_and_content_of_a_folder_are_refused()
    {
        var wire = Wire.Revision.Parser.ParseFrom(Revision.Create(Samples.File).Encoded.Span);
        Changed(r => r.Xattrs.Add(r.Xattrs[0].Clone()));
        Changed(r => r.Annotations.Add(r.Annotations[0].Clone()));
        Changed(r => r.Parents.Add(r.Parents[0]));
        Changed(r => r.Kind = (uint)DocumentKind.Folder);
        Changed(r => r.Mode = 0x1000);
        Changed(r => r.Kind = 9);
        Changed(r => r.Content.Depth = 0);

        void Changed(Action<Wire.Revision> change)
        {
            var copy = wire.Clone();
            change(copy);
            Refused(() => Revision.Decode(copy.ToByteArray()));
        }
    }

    [Fact]
    public void Fields_of_later_versions_are_passed_over_and_stay_in_the_bytes()
    {
        byte[] later = [.. Revision.Create(Samples.Link).Encoded.Span, 0xA2, 0x06, 1, 42];
        var revision = Revision.Decode(later);
        Assert.Equal(later, revision.Encoded.ToArray());
        Assert.NotEqual(Revision.Create(Samples.Link).Id, revision.Id);
    }

    private static RevisionFields Nested(int depth)
    {
        AnnotationValue value = new AnnotationValue.Boolean(true);
        for (var i = 0; i < depth; i++) value = new AnnotationValue.List([value]);
        return Samples.Link with { State = Samples.Link.State with { Annotations = RevisionState.NoAnnotations.Add("deep", value) } };
    }

    private static Wire.Put Put(string name) => new()
    {
        Entry = ByteString.CopyFrom([.. Enumerable.Repeat((byte)1, 16)]), Parent = ByteString.CopyFrom(new byte[16]),
        Name = ByteString.CopyFromUtf8(name), Document = ByteString.CopyFrom(new byte[16]),
    };

    private static byte[] Body(Wire.Operation operation)
    {
        var body = new Wire.ChangesetBody();
        body.Operations.Add(operation);
        return body.ToByteArray();
    }

    private static void Refused(Action decode) => Assert.Equal(ErrorKind.Corrupt, Assert.Throws<PeerDriveException>(decode).Kind);

    private static void Mutate(int times, Action<byte[]> decode, params byte[][] seeds)
    {
        var random = new Random(1);
        for (var n = 0; n < times; n++)
        {
            var bytes = seeds[random.Next(seeds.Length)].ToList();
            for (var changes = random.Next(1, 4); changes > 0 && bytes.Count > 0; changes--)
            {
                var at = random.Next(bytes.Count);
                switch (random.Next(6))
                {
                    case 0: bytes[at] ^= (byte)(1 << random.Next(8)); break;
                    case 1: bytes[at] = (byte)random.Next(256); break;
                    case 2: bytes.RemoveRange(at, Math.Min(random.Next(1, 9), bytes.Count - at)); break;
                    case 3: bytes.Insert(at, (byte)random.Next(256)); break;
                    case 4: bytes.InsertRange(at, bytes.GetRange(at, Math.Min(random.Next(1, 65), bytes.Count - at))); break;
                    default: bytes.RemoveRange(at, bytes.Count - at); break;
                }
            }
            var mutated = bytes.ToArray();
            try
            {
                decode(mutated);
            }
            catch (Exception e) when (e is not PeerDriveException)
            {
                Assert.Fail($"mutation {n}, {Convert.ToHexString(mutated)}: {e}");
            }
            catch (PeerDriveException)
            {
                // Refused, as it may be.
            }
        }
    }
}
