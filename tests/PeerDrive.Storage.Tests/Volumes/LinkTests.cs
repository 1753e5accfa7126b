using PeerDrive.Model.Addresses;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Revisions;
using PeerDrive.Storage.Volumes;

namespace PeerDrive.Storage.Tests.Volumes;

/// <summary>What leads to a document, as the catalog knows it.</summary>
public sealed class LinkTests
{
    private static readonly VolumeId Elsewhere = VolumeId.Read([.. Enumerable.Repeat((byte)9, 16)]);

    [Fact]
    public async Task Links_to_a_document_and_to_its_versions_are_known_on_every_replica_and_after_deriving_anew()
    {
        await using var cluster = await TestCluster.CreateAsync(2);
        var (a, b) = (cluster.Volumes[0], cluster.Volumes[1]);
        EntryView target = null!, other = null!;
        RevisionId old = default;
        await a.CommitAsync(edit =>
        {
            target = edit.Create(EntryId.Root, Name("target"), TestCluster.File(a, "one"));
            other = edit.Create(EntryId.Root, Name("other"), TestCluster.File(a, "one"));
            old = target.Shown!.Value.Id;
            edit.Revise(target.Id, TestCluster.File(a, "two"));
        });
        Assert.Empty(a.Reader.LinksTo(null, target.Document));
        await LinkAsync(a, "head", LinkTarget.Of(a.Id, a.Id, target.Document, null));
        await LinkAsync(a, "pinned", LinkTarget.Of(a.Id, a.Id, target.Document, old));
        await LinkAsync(a, "away", LinkTarget.Of(a.Id, Elsewhere, target.Document, old));
        await LinkAsync(a, "else", LinkTarget.Of(a.Id, a.Id, other.Document, null));
        await cluster.SendAllAsync();
        foreach (var volume in new[] { a, b })
        {
            Assert.Equal(["head", "pinned"], Names(volume.Reader.LinksTo(null, target.Document)));
            Assert.Equal(["else"], Names(volume.Reader.LinksTo(null, other.Document)));
            Assert.Equal(["away"], Names(volume.Reader.LinksTo(Elsewhere, target.Document)));
            Assert.Empty(volume.Reader.LinksTo(Elsewhere, other.Document));
        }
        b.Rebuild();
        Assert.Equal(["head", "pinned"], Names(b.Reader.LinksTo(null, target.Document)));

        // A link that refers to something else now, and one that is deleted, are none; one in two folders is two.
        var head = a.Reader.Find(EntryId.Root, Name("head"))!;
        await a.CommitAsync(edit => edit.Revise(head.Id, State(LinkTarget.Of(a.Id, a.Id, other.Document, null).Encode())));
        await a.CommitAsync(edit => edit.Delete(a.Reader.Find(EntryId.Root, Name("else"))!.Id));
        await a.CommitAsync(edit => edit.Link(EntryId.Root, Name("pinned too"), a.Reader.Find(EntryId.Root, Name("pinned"))!.Id));
        await cluster.SendAllAsync();
        Assert.Equal(["pinned", "pinned too"], Names(b.Reader.LinksTo(null, target.Document)));
        Assert.Equal(["head"], Names(b.Reader.LinksTo(null, other.Document)));
    }

    [Fact]
    public async Task A_link_is_followed_only_to_what_is_known_and_only_if_it_says_one_thing()
    {
        await using var cluster = await TestCluster.CreateAsync(1);
        var volume = cluster.Volumes[0];
        EntryView one = null!, two = null!;
        await volume.CommitAsync(edit =>
        {
            one = edit.Create(EntryId.Root, Name("one"), TestCluster.File(volume, "one"));
            two = edit.Create(EntryId.Root, Name("two"), TestCluster.File(volume, "two"));
        });
        var revision = one.Shown!.Value.Id;
        Assert.Equal(new LinkedDocument(volume, one.Document, null), Find(new LinkTarget(null, one.Document, null).Encode()));
        Assert.Equal(new LinkedDocument(volume, one.Document, revision), Find(new LinkTarget(null, null, revision).Encode()));
        Assert.Equal(new LinkedDocument(volume, one.Document, revision), Find(new LinkTarget(volume.Id, one.Document, revision).Encode()));

        // A version of another document than is named, an unknown one, a volume that is not here, and what is no target at all.
        Assert.Null(Find(new LinkTarget(volume.Id, two.Document, revision).Encode()));
        Assert.Null(Find(new ByteString(new byte[16])));
        Assert.Null(Find(new ByteString(new byte[32])));
        Assert.Null(Find(new LinkTarget(Elsewhere, one.Document, null).Encode()));
        Assert.Null(Find(new ByteString("/etc/passwd"u8)));
        Assert.Null(Find(default));

        // None of them stops what others are known.
        var n = 0;
        foreach (var target in new[] { default, new ByteString(new byte[16]), new ByteString(new byte[33]), new ByteString(new byte[4000]), new LinkTarget(Elsewhere, one.Document, null).Encode() })
            await volume.CommitAsync(edit => edit.Create(EntryId.Root, Name($"hostile {++n}"), State(target)));
        await LinkAsync(volume, "good", new LinkTarget(null, one.Document, null));
        Assert.Equal(["good"], Names(volume.Reader.LinksTo(null, one.Document)));

        LinkedDocument? Find(ByteString target) => LinkedDocument.Find(volume, target, _ => null);
    }

    private static Task LinkAsync(Volume volume, string name, LinkTarget target) => volume.CommitAsync(edit => edit.Create(EntryId.Root, Name(name), State(target.Encode())));

    private static RevisionState State(ByteString target) => new() { Kind = DocumentKind.Link, Mode = 0x1FF, Target = target };

    private static EntryName Name(string name) => EntryName.Create(name);

    private static IEnumerable<string> Names(IEnumerable<EntryView> entries) => entries.Select(entry => entry.ShownName.ToString()).Order(StringComparer.Ordinal);
}
