using System.Collections.Immutable;
using PeerDrive.Model.Annotations;
using PeerDrive.Model.Merging;
using PeerDrive.Model.Revisions;

namespace PeerDrive.Model.Tests.Annotations;

public class DesktopAttributesTests
{
    private static readonly RevisionState File = new() { Kind = DocumentKind.File };

    [Theory]
    [InlineData("user.xdg.tags", "holiday,beach", "tags", "beach,holiday")]
    [InlineData("user.xdg.tags", " holiday , beach,,beach ", "tags", "beach,holiday")]
    [InlineData("user.xdg.comment", "a line\nand another", "comment", "a line\nand another")]
    [InlineData("user.baloo.rating", "0", "rating", "0")]
    [InlineData("user.baloo.rating", "10", "rating", "10")]
    [InlineData("user.peerdrive.colour", "röd", "colour", "röd")]
    [InlineData("user.peerdrive.title", "Beach", "title", "Beach")]
    public void An_attribute_that_desktops_or_we_know_becomes_an_annotation(string name, string value, string field, string text)
    {
        var state = Written(File, (name, value));
        Assert.Empty(state.Xattrs);
        var (found, annotation) = Assert.Single(state.Annotations);
        Assert.Equal((field, text), (found, FieldText.Show(annotation)));
    }

    [Theory]
    [InlineData("user.xdg.tags", "")]
    [InlineData("user.xdg.tags", " , ,")]
    [InlineData("user.xdg.tags", "a\tb")]
    [InlineData("user.xdg.comment", "")]
    [InlineData("user.baloo.rating", "11")]
    [InlineData("user.baloo.rating", "-1")]
    [InlineData("user.baloo.rating", "07")]
    [InlineData("user.baloo.rating", "7\n")]
    [InlineData("user.baloo.rating", "99999999999999999999")]
    [InlineData("user.baloo.rating", "many")]
    [InlineData("user.peerdrive.comment", "the revision's")]
    [InlineData("user.peerdrive.tags", "a")]
    [InlineData("user.peerdrive.rating", "3")]
    [InlineData("user.peerdrive.", "x")]
    [InlineData("user.xdg.origin.url", "https://example.org")]
    [InlineData("user.other", "x")]
    [InlineData("user.peerdrive.colour", "a\0b")]
    public void Any_other_attribute_stays_what_it_is(string name, string value)
    {
        var state = Written(File, (name, value));
        Assert.Empty(state.Annotations);
        Assert.Equal(value, System.Text.Encoding.UTF8.GetString(Assert.Single(state.Xattrs).Value.Span));
        Assert.Equal(state.Xattrs, DesktopAttributes.Shown(state));
    }

    [Fact]
    public void Bytes_that_are_no_text_and_values_that_are_too_long_stay_plain_and_nothing_is_lost()
    {
        var attributes = ImmutableSortedDictionary<ByteString, ByteString>.Empty
            .Add(Bytes("user.xdg.tags"), new ByteString([0xFF, 0xFE, (byte)',', 1]))
            .Add(Bytes("user.xdg.comment"), new ByteString(System.Text.Encoding.UTF8.GetBytes(new string('x', ModelLimits.FieldBytes + 1))))
            .Add(new ByteString([.. "user.peerdrive."u8, 0xC3]), Bytes("x"));
        var state = DesktopAttributes.WithShown(File, attributes, null);
        Assert.Empty(state.Annotations);
        Assert.Equal(attributes, DesktopAttributes.Shown(state));
    }

    [Fact]
    public void Annotations_are_shown_as_attributes_and_read_back_as_the_same_values()
    {
        var fields = RevisionState.NoAnnotations
            .Add("tags", new AnnotationValue.TextSet(["b", "a"]))
            .Add("rating", new AnnotationValue.Number(7))
            .Add("comment", new AnnotationValue.Text("good"))
            .Add("budget", new AnnotationValue.Number(12.5))
            .Add("done", new AnnotationValue.Boolean(true))
            .Add("due", new AnnotationValue.Time(1_772_366_400_000_000_001))
            .Add("see", new AnnotationValue.Link(new ByteString(new byte[16])))
            .Add("people", new AnnotationValue.TextSet(["Ada", "Bo"]))
            .Add("list", new AnnotationValue.List([new AnnotationValue.Number(1), new AnnotationValue.Time(0)]))
            .Add("map", new AnnotationValue.Map(RevisionState.NoAnnotations.Add("x", new AnnotationValue.Text("y"))));
        var state = File with { Annotations = fields };
        var shown = DesktopAttributes.Shown(state);
        Assert.Equal("a,b", Text(shown, "user.xdg.tags"));
        Assert.Equal("7", Text(shown, "user.baloo.rating"));
        Assert.Equal("good", Text(shown, "user.xdg.comment"));
        Assert.Equal("12.5", Text(shown, "user.peerdrive.budget"));
        Assert.Equal("2026-03-01T12:00:00.000000001Z", Text(shown, "user.peerdrive.due"));
        Assert.True(state.SameAs(DesktopAttributes.WithShown(state, shown, state)));
    }

    [Fact]
    public void A_changed_attribute_keeps_the_type_of_its_field_if_it_can()
    {
        var state = File with { Annotations = RevisionState.NoAnnotations.Add("budget", new AnnotationValue.Number(1)) };
        Assert.Equal(new AnnotationValue.Number(2), Written(state, ("user.peerdrive.budget", "2")).Annotations["budget"]);
        Assert.Equal(new AnnotationValue.Text("much"), Written(state, ("user.peerdrive.budget", "much")).Annotations["budget"]);
        Assert.Empty(Written(state).Annotations);
    }

    [Fact]
    public void What_no_attribute_can_say_stays_when_attributes_change()
    {
        var fields = RevisionState.NoAnnotations
            .Add("rating", new AnnotationValue.Number(3.3))
            .Add(new string('n', 250), new AnnotationValue.Text("x"))
            .Add("tags", new AnnotationValue.TextSet(["with, comma"]));
        var state = File with { Annotations = fields };
        Assert.Empty(DesktopAttributes.Shown(state));
        Assert.Equal(fields, Written(state).Annotations);
        Assert.Equal(new AnnotationValue.Number(4), Written(state, ("user.baloo.rating", "4")).Annotations["rating"]);
    }

    [Fact]
    public void Plain_attributes_of_an_earlier_version_are_fields_and_become_annotations_when_fields_are_written()
    {
        var old = File with { Xattrs = Attributes(("user.xdg.tags", "b,a"), ("user.baloo.rating", "99"), ("user.other", "x")) };
        var fields = DesktopAttributes.Fields(old);
        Assert.Equal(new AnnotationValue.TextSet(["a", "b"]), Assert.Single(fields).Value);
        Assert.Equal("b,a", Text(DesktopAttributes.Shown(old), "user.xdg.tags"));
        var written = DesktopAttributes.WithFields(old, fields.Add("comment", new AnnotationValue.Text("c")));
        Assert.Equal(["user.baloo.rating", "user.other"], written.Xattrs.Keys.Select(name => name.ToString()));
        Assert.Equal(["comment", "tags"], written.Annotations.Keys);
        Assert.Equal("4", Text(DesktopAttributes.Shown(DesktopAttributes.WithFields(written, written.Annotations.Add("rating", new AnnotationValue.Number(4)))), "user.baloo.rating"));
        Assert.DoesNotContain(DesktopAttributes.WithFields(old, RevisionState.NoAnnotations).Xattrs.Keys, name => name.ToString() == "user.xdg.tags");
    }

    [Fact]
    public void Tags_that_two_devices_set_as_attributes_merge_by_additions_and_removals()
    {
        var origin = Written(File, ("user.xdg.tags", "draft,old"), ("user.baloo.rating", "2"));
        var a = Written(origin, ("user.xdg.tags", "old,holiday"), ("user.baloo.rating", "2"));
        var b = Written(origin, ("user.xdg.tags", "draft,old,beach"), ("user.baloo.rating", "8"));
        var merged = Assert.IsType<MergeOutcome.Merged>(RevisionMerge.Merge(origin, [a, b])).State;
        Assert.Equal("beach,holiday,old", Text(DesktopAttributes.Shown(merged), "user.xdg.tags"));
        Assert.Equal("8", Text(DesktopAttributes.Shown(merged), "user.baloo.rating"));
    }

    [Fact]
    public void Any_attributes_at_all_are_shown_as_they_were_written_or_mean_the_same()
    {
        var random = new Random(15);
        string[] names = ["user.xdg.tags", "user.xdg.comment", "user.baloo.rating", "user.peerdrive.x", "user.peerdrive.comment", "user.y"];
        for (var round = 0; round < 5000; round++)
        {
            var attributes = ImmutableSortedDictionary<ByteString, ByteString>.Empty;
            foreach (var name in names.Where(_ => random.Next(2) == 0))
            {
                var value = new byte[random.Next(6)];
                random.NextBytes(value);
                if (random.Next(2) == 0) value = [.. value.Select(b => (byte)",ab 19\0"[b % 7])];
                attributes = attributes.SetItem(Bytes(name), new ByteString(value));
            }
            var state = DesktopAttributes.WithShown(File, attributes, null);
            var shown = DesktopAttributes.Shown(state);
            Assert.Equal(attributes.Keys, shown.Keys);
            Assert.True(state.SameAs(DesktopAttributes.WithShown(File, shown, null)), $"round {round}");
            foreach (var (name, value) in attributes.Where(pair => pair.Key != Bytes("user.xdg.tags"))) Assert.Equal(value, shown[name]);
        }
    }

    private static RevisionState Written(RevisionState before, params (string Name, string Value)[] attributes) => DesktopAttributes.WithShown(before, Attributes(attributes), before);

    private static ImmutableSortedDictionary<ByteString, ByteString> Attributes(params (string Name, string Value)[] attributes) =>
        ImmutableSortedDictionary<ByteString, ByteString>.Empty.AddRange(attributes.Select(each => KeyValuePair.Create(Bytes(each.Name), Bytes(each.Value))));

    private static string Text(ImmutableSortedDictionary<ByteString, ByteString> attributes, string name) => System.Text.Encoding.UTF8.GetString(attributes[Bytes(name)].Span);

    private static ByteString Bytes(string text) => new(System.Text.Encoding.UTF8.GetBytes(text));
}
