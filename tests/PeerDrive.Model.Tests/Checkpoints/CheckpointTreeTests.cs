using Google.Protobuf;
using PeerDrive.Model.Checkpoints;
using PeerDrive.Model.Encoding;
using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Revisions;
using PeerDrive.Model.Tests.Encoding;
using PeerDrive.Model.Tests.Identity;
using Wire = PeerDrive.Model.Encoding.Wire;

namespace PeerDrive.Model.Tests.Checkpoints;

public sealed class CheckpointTreeTests
{
    [Fact]
    public void Equal_trees_have_equal_parts_in_whatever_order_their_entries_are_given()
    {
        var entries = Many(3000);
        var expected = CheckpointCodec.EncodeParts(CheckpointTree.Of(entries)).ToList();
        new Random(1).Shuffle(entries);
        Assert.Equal(expected, CheckpointCodec.EncodeParts(CheckpointTree.Of(entries)));
        Assert.True(expected.Count > 1);
        Assert.All(expected, part => Assert.InRange(part.Length, 1, 2 * ModelLimits.CheckpointPartBytes));
        var decoded = new List<CheckpointEntry>();
        foreach (var part in expected) CheckpointCodec.DecodePart(part, decoded);
        Assert.Equal(expected, CheckpointCodec.EncodeParts(CheckpointTree.Check(decoded)));
    }

    [Fact]
    public void Entries_are_found_by_name_path_and_folder()
    {
        var tree = Samples.Checkpoint;
        Assert.Equal(["b", "\\xffx"], tree.Children(EntryId.Root).Select(entry => entry.Name.ToString()));
        var inner = tree.Resolve("/b/./a"u8, out var found);
        Assert.True(found);
        Assert.Equal("/b/a", tree.PathOf(inner!));
        Assert.Null(tree.Resolve("/"u8, out found));
        Assert.True(found);
        Assert.Null(tree.Resolve("/b/c"u8, out found));
        Assert.False(found);
        Assert.Null(tree.Resolve("/b/a/../a"u8, out found));
        Assert.False(found);
        Assert.Equal("/lost+found/b", tree.PathOf(Assert.Single(tree.Children(EntryId.LostAndFound))));
    }

    [Fact]
    public void Cycles_doubles_and_what_is_in_no_folder_are_refused()
    {
        var (a, b) = (Entry(1, EntryId.Root, "a", isFolder: true), Entry(2, Number(1), "b", isFolder: true));
        CheckpointTree.Check([a, b]);
        Refused(a with { Parent = Number(2) }, b);
        Refused(a with { Parent = Number(1) });
        Refused(b, a);
        Refused(a, a);
        Refused(a, Entry(3, EntryId.Root, "a", isFolder: false));
        Refused(Entry(3, EntryId.Root, "b", isFolder: false), a);
        Refused(a with { IsFolder = false }, b);
        Refused(a with { Id = EntryId.Root });
        Refused(a with { Id = EntryId.LostAndFound });
        Refused(a, b, Entry(3, EntryId.Root, "c", isFolder: false));
        // Where entries are whose folder nobody knows, two may have one name.
        CheckpointTree.Check([Entry(3, EntryId.LostAndFound, "a", isFolder: false), Entry(4, EntryId.LostAndFound, "a", isFolder: false)]);
        Refused(Entry(4, EntryId.LostAndFound, "a", isFolder: false), Entry(3, EntryId.LostAndFound, "a", isFolder: false));
    }

    [Fact]
    public void A_tree_that_is_too_deep_or_has_too_many_entries_is_refused()
    {
        var deep = new List<CheckpointEntry>();
        for (var i = 0; i <= ModelLimits.CheckpointDepth; i++) deep.Add(Entry(i + 1, i == 0 ? EntryId.Root : Number(i), "d", isFolder: true));
        Assert.Equal(ErrorKind.LimitExceeded, Assert.Throws<PeerDriveException>(() => CheckpointTree.Check(deep)).Kind);
        Assert.Equal(ModelLimits.CheckpointDepth, CheckpointTree.Check(deep[..^1]).Entries.Count);
        var many = new CheckpointEntry[ModelLimits.CheckpointEntries + 1];
        Assert.Equal(ErrorKind.LimitExceeded, Assert.Throws<PeerDriveException>(() => CheckpointTree.Check(many)).Kind);
    }

    [Theory]
    [InlineData("")]
    [InlineData("..")]
    [InlineData("a/b")]
    [InlineData("a\0")]
    public void Names_that_are_no_names_are_refused(string name) => RefusedPart(entry => entry.Name = Google.Protobuf.ByteString.CopyFromUtf8(name));

    [Fact]
    public void Impossible_fields_are_refused()
    {
        RefusedPart(entry => entry.Parent = 2);
        RefusedPart(entry => entry.Parent = uint.MaxValue);
        RefusedPart(entry => entry.Heads = 0);
        RefusedPart(entry => entry.Revision = Google.Protobuf.ByteString.Empty);
        RefusedPart(entry => entry.Kind = 99);
        RefusedPart(entry => entry.Mode = 0x1000);
        RefusedPart(entry => entry.Content = new Wire.Content { Size = 1 });
        RefusedPart(entry => entry.Target = Google.Protobuf.ByteString.CopyFrom(new byte[ModelLimits.TargetBytes + 1]));
        RefusedPart(entry => entry.Entry = Google.Protobuf.ByteString.CopyFrom(new byte[15]));
        Assert.Throws<PeerDriveException>(() => CheckpointCodec.DecodePart(new byte[ModelLimits.ChunkBytes + 1], []));
    }

    [Fact]
    public void A_header_counts_only_with_its_makers_signature_and_for_its_volume()
    {
        using var person = new TestPerson("Ada");
        using var device = person.NewDevice("laptop");
        using var other = person.NewDevice("other");
        var header = Samples.CheckpointHeader with { Device = device.Device };
        var signed = header.Sign(device);
        Assert.True(CheckpointHeader.Verify(signed, header.Volume, device.Certificate).SameState(header));
        var changed = signed.Header.ToArray();
        changed[^1] ^= 1;
        Refused(signed with { Header = changed }, header.Volume);
        Refused(signed with { Signature = new byte[64] }, header.Volume);
        Refused(signed with { Signature = default }, header.Volume);
        Refused(signed, new VolumeId(Samples.Half(99)));
        Refused(header.Sign(other), header.Volume);
        Assert.Throws<PeerDriveException>(() => CheckpointHeader.Verify(signed, header.Volume, other.Certificate));

        void Refused(SignedCheckpoint wrong, VolumeId volume) =>
            Assert.Equal(ErrorKind.Corrupt, Assert.Throws<PeerDriveException>(() => CheckpointHeader.Verify(wrong, volume, device.Certificate)).Kind);
    }

    private static CheckpointEntry[] Many(int count) =>
    [
        .. Enumerable.Range(1, count).Select(n => Entry(n, n <= 10 ? EntryId.Root : Number(n / 10), $"{n:x}-{new string('n', 100)}", isFolder: true)),
    ];

    private static EntryId Number(int n) => new(Samples.Half(n));

    private static CheckpointEntry Entry(int n, EntryId parent, string name, bool isFolder) =>
        new(Number(n), parent, EntryName.Create(name), new DocumentId(Samples.Half(n)), isFolder, 1, Samples.Folder(n));

    private static void Refused(params CheckpointEntry[] entries) => Assert.Equal(ErrorKind.Corrupt, Assert.Throws<PeerDriveException>(() => CheckpointTree.Check(entries)).Kind);

    private static void RefusedPart(Action<Wire.CheckpointEntry> change)
    {
        var part = Wire.CheckpointPart.Parser.ParseFrom(CheckpointCodec.EncodeParts(Samples.Checkpoint).Single());
        change(part.Entries[0]);
        Assert.Equal(ErrorKind.Corrupt, Assert.Throws<PeerDriveException>(() => CheckpointCodec.DecodePart(part.ToByteArray(), [])).Kind);
    }
}
