using System.Collections.Immutable;
using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Merging;
using PeerDrive.Model.Revisions;

namespace PeerDrive.Model.Tests.Merging;

public sealed class RevisionMergeTests
{
    private static readonly RevisionState Origin = new() { Kind = DocumentKind.File, Content = Content(1), Mode = 0x1A4, Mtime = 1, MediaType = "text/plain" };

    [Fact]
    public void Fields_changed_on_different_heads_are_all_taken()
    {
        var merged = Merged(Origin, Origin with { Mode = 0x180 }, Origin with { Content = Content(2), Mtime = 5 }, Origin with { MediaType = "text/html" });
        Assert.True(merged.SameAs(Origin with { Mode = 0x180, Content = Content(2), Mtime = 5, MediaType = "text/html" }));
    }

    [Fact]
    public void Of_two_changes_of_one_attribute_the_newest_wins_and_an_unchanged_one_does_not_count()
    {
        var merged = Merged(Origin, Origin with { Mode = 1, Mtime = 9 }, Origin with { Mode = 2 }, Origin);
        Assert.Equal((2u, 9L), (merged.Mode, merged.Mtime));
    }

    [Fact]
    public void Merging_a_head_with_the_base_or_itself_is_the_head()
    {
        var head = Origin with { Content = Content(2), Mode = 3, Annotations = Tags("a", "b"), Xattrs = Xattrs(("user.x", "1")) };
        Assert.True(Merged(Origin, head, Origin).SameAs(head));
        Assert.True(Merged(Origin, Origin, head).SameAs(head));
        Assert.True(Merged(Origin, head, head).SameAs(head));
    }

    [Fact]
    public void Content_changed_alike_is_one_and_changed_differently_needs_a_text_merge()
    {
        Assert.Equal(Content(2), Merged(Origin, Origin with { Content = Content(2), Mode = 1 }, Origin with { Content = Content(2), Mode = 2 }).Content);
        var needed = Assert.IsType<MergeOutcome.ContentNeeded>(RevisionMerge.Merge(
            Origin, [Origin with { Content = Content(2), Mode = 7 }, Origin, Origin with { Content = Content(3) }]));
        Assert.Equal(Content(1), needed.Base);
        Assert.Equal([Content(2), Content(3)], needed.Heads.AsEnumerable());
        Assert.Equal(7u, needed.State.Mode);
    }

    [Fact]
    public void Without_a_base_equal_contents_merge_and_different_ones_conflict()
    {
        var merged = Merged(null, Origin with { Xattrs = Xattrs(("user.a", "1")) }, Origin with { Mode = 2, Xattrs = Xattrs(("user.b", "2")) });
        Assert.True(merged.SameAs(Origin with { Mode = 2, Xattrs = Xattrs(("user.a", "1"), ("user.b", "2")) }));
        Assert.IsType<MergeOutcome.Conflict>(RevisionMerge.Merge(null, [Origin, Origin with { Content = Content(2) }]));
    }

    [Fact]
    public void Different_kinds_targets_or_devices_conflict()
    {
        Assert.IsType<MergeOutcome.Conflict>(RevisionMerge.Merge(Origin, [Origin, Origin with { Kind = DocumentKind.Folder }]));
        var link = new RevisionState { Kind = DocumentKind.SymbolicLink, Target = new ByteString("a"u8) };
        Assert.IsType<MergeOutcome.Conflict>(RevisionMerge.Merge(link, [link with { Target = new ByteString("b"u8) }, link with { Target = new ByteString("c"u8) }]));
        Assert.Equal(new ByteString("b"u8), Merged(link, link with { Target = new ByteString("b"u8) }, link with { Mode = 1 }).Target);
    }

    [Fact]
    public void Sets_merge_by_additions_and_removals()
    {
        var origin = Origin with { Annotations = Tags("a", "b") };
        var merged = Merged(origin, origin with { Annotations = Tags("a", "b", "c") }, origin with { Annotations = Tags("b", "d") });
        Assert.Equal(Tags("b", "c", "d")["tags"], merged.Annotations["tags"]);
    }

    [Fact]
    public void A_set_removed_on_one_head_keeps_what_another_added_and_else_goes()
    {
        var origin = Origin with { Annotations = Tags("a") };
        Assert.Equal(Tags("c")["tags"], Merged(origin, origin with { Annotations = Tags("a", "c") }, Origin).Annotations["tags"]);
        Assert.Empty(Merged(origin, origin, Origin).Annotations);
    }

    [Fact]
    public void Xattrs_and_annotations_merge_key_by_key_with_the_newest_winning()
    {
        var origin = Origin with { Xattrs = Xattrs(("user.a", "1"), ("user.b", "1")) };
        var merged = Merged(origin, origin with { Xattrs = Xattrs(("user.a", "2"), ("user.b", "1")) }, origin with { Xattrs = Xattrs(("user.a", "3"), ("user.c", "1")) });
        Assert.Equal(Xattrs(("user.a", "3"), ("user.c", "1")), merged.Xattrs);
        var rated = Merged(Origin, Origin with { Annotations = Note("rating", 3) }, Origin with { Annotations = Note("rating", 5) });
        Assert.Equal(new AnnotationValue.Number(5), rated.Annotations["rating"]);
    }

    [Fact]
    public void Two_devices_make_the_same_merge_revision()
    {
        var a = Revision.Create(new RevisionFields(default, [], Origin with { Mode = 1 }, new DeviceId(new Bits256(1, 0, 0, 0)), 10, "vim", "first"));
        var b = Revision.Create(new RevisionFields(default, [], Origin with { Mtime = 4 }, new DeviceId(new Bits256(2, 0, 0, 0)), 20));
        var state = Merged(Origin, a.State, b.State);
        var merge = RevisionMerge.Create([a, b], state);
        Assert.Equal(merge.Id, RevisionMerge.Create([b, a], state).Id);
        Assert.Equal((null, 20L, "", "", 1u, true), (merge.Fields.Author, merge.Fields.Time, merge.Fields.Creator, merge.Fields.Comment, merge.Fields.Merge, merge.IsMerge));
        Assert.Equal(merge.Parents.Order(), merge.Parents.AsEnumerable());
        Assert.Throws<PeerDriveException>(() => RevisionMerge.Create([a], state));
    }

    [Fact]
    public void Random_states_obey_the_laws_of_merging()
    {
        for (var seed = 0; seed < 1000; seed++)
        {
            var random = new Random(seed);
            RevisionState origin = Any(random), a = Any(random);
            Assert.True(Merged(origin, a, origin).SameAs(a));
            Assert.True(Merged(origin, origin, a).SameAs(a));
            Assert.True(Merged(origin, a, a).SameAs(a));
            // What only one head changed does not depend on the order of heads.
            var b = origin with { Mode = a.Mode + 1, Mtime = origin.Mtime };
            var c = origin with { Xattrs = a.Xattrs, Annotations = a.Annotations };
            Assert.True(Merged(origin, b, c).SameAs(Merged(origin, c, b)));
        }
    }

    private static RevisionState Any(Random random) => Origin with
    {
        Content = Content(random.Next(3)),
        Mode = (uint)random.Next(3),
        Mtime = random.Next(3),
        MediaType = random.Next(2).ToString(),
        Xattrs = Xattrs([.. Enumerable.Range(0, 3).Where(_ => random.Next(2) == 0).Select(n => ($"user.{n}", random.Next(3).ToString()))]),
        Annotations = random.Next(3) switch { 0 => Note("tags", random.Next(2)), 1 => Origin.Annotations, _ => Tags([.. "abc".Where(_ => random.Next(2) == 0).Select(c => c.ToString())]) },
    };

    private static RevisionState Merged(RevisionState? origin, params RevisionState[] heads) =>
        Assert.IsType<MergeOutcome.Merged>(RevisionMerge.Merge(origin, heads)).State;

    private static Content Content(int number) => new(10, 0, new ChunkId(new Bits256((ulong)number, 0, 0, 0)), 1);

    private static ImmutableSortedDictionary<string, AnnotationValue> Tags(params string[] tags) =>
        RevisionState.NoAnnotations.Add("tags", new AnnotationValue.TextSet(tags.ToImmutableSortedSet(StringComparer.Ordinal)));

    private static ImmutableSortedDictionary<string, AnnotationValue> Note(string name, double value) =>
        RevisionState.NoAnnotations.Add(name, new AnnotationValue.Number(value));

    private static ImmutableSortedDictionary<ByteString, ByteString> Xattrs(params (string Name, string Value)[] xattrs) =>
        xattrs.ToImmutableSortedDictionary(x => new ByteString(System.Text.Encoding.UTF8.GetBytes(x.Name)), x => new ByteString(System.Text.Encoding.UTF8.GetBytes(x.Value)));
}
