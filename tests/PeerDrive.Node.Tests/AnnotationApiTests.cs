using PeerDrive.Client.Contracts;
using PeerDrive.Model.Annotations;
using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Revisions;
using System.Text;

namespace PeerDrive.Node.Tests;

public class AnnotationApiTests
{
    [Fact]
    public async Task What_a_request_leaves_out_changes_nothing()
    {
        await using var node = await TestNode.StartAsync();
        await node.Client.CreateVolumeAsync(new CreateVolume("Photos", false), default);
        await node.Volume("Photos").WriteAsync("a.txt", "one");
        using var http = RawClient.For(node.Node.SocketPath);
        using var body = new StringContent("""{"paths":["/a.txt"],"add":[{"name":"tags","value":"family"}]}""");
        using var answer = await http.PatchAsync("http://x/api/v1/volumes/Photos/annotations", body);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        Assert.Equal("family", Assert.Single((await node.Client.FieldsAsync("Photos", "/a.txt", null, default)).Fields, field => field.Name == "tags").Text);
    }

    [Fact]
    public async Task Annotations_are_set_shown_changed_and_taken_away_and_each_change_is_a_revision_of_the_same_content()
    {
        await using var node = await TestNode.StartAsync();
        await node.Client.CreateVolumeAsync(new CreateVolume("Photos", false), default);
        await node.Volume("Photos").WriteAsync("a.jpg", "bytes");
        var shown = await Annotate(node, new AnnotateRequest(["/a.jpg"])
        {
            Add = [new FieldEdit("tags", "holiday,beach")],
            Set = [new FieldEdit("rating", "8"), new FieldEdit("comment", "the last day"), new FieldEdit("colour", "blue"), new FieldEdit("budget", "12.50") { Type = "number" }, new FieldEdit("due", "2026-03-01")],
        });
        Assert.Equal(
            ["budget number 12.5", "colour text blue", "comment text the last day", "due time 2026-03-01T00:00:00Z", "rating number 8", "tags set beach,holiday"], Lines(shown));
        Assert.Equal(12.5, shown.Fields[0].Value.GetDouble());
        Assert.Equal(["beach", "holiday"], shown.Fields[^1].Value.EnumerateArray().Select(tag => tag.GetString()));
        var changed = await Annotate(node, new AnnotateRequest(["/a.jpg"]) { Add = [new FieldEdit("tags", "best")], Remove = [new FieldEdit("tags", "beach,none")], Unset = ["budget", "colour", "due", "comment"] });
        Assert.Equal(["rating number 8", "tags set best,holiday"], Lines(changed));
        var log = await node.Client.LogAsync("Photos", "/a.jpg", default);
        Assert.Equal(3, log.Count);
        Assert.Single(log.Select(revision => (revision.Size, revision.Modified, revision.Mode)).Distinct());
        Assert.Equal("bytes", await node.TextAsync("Photos", "/a.jpg"));
        Assert.Equal(Lines(shown), Lines(await node.Client.FieldsAsync("Photos", "/a.jpg", shown.Revision[..8], default)));
        Assert.Empty((await node.Client.FieldsAsync("Photos", "/a.jpg", log[^1].Revision, default)).Fields);

        await Annotate(node, new AnnotateRequest(["/a.jpg"]) { Add = [new FieldEdit("tags", "best")] });
        Assert.Equal(3, (await node.Client.LogAsync("Photos", "/a.jpg", default)).Count);
    }

    [Fact]
    public async Task Several_paths_are_one_commit_and_one_that_is_wrong_leaves_all_as_they_are()
    {
        await using var node = await TestNode.StartAsync();
        await node.Client.CreateVolumeAsync(new CreateVolume("Photos", false), default);
        var volume = node.Volume("Photos");
        foreach (var name in new[] { "a", "b", "c" }) await volume.WriteAsync(name, name);
        await volume.CommitAsync(edit => edit.Create(EntryId.Root, EntryName.Create("folder"), new RevisionState { Kind = DocumentKind.Folder, Mode = 0x1ED }));
        var before = volume.Vector;
        var problem = await TestNode.ProblemAsync(() => node.Client.AnnotateAsync("Photos", new AnnotateRequest(["/a", "/missing"]) { Add = [new FieldEdit("tags", "x")] }, default));
        Assert.Equal(nameof(ErrorKind.NotFound), problem.Kind);
        Assert.Equal(before, volume.Vector);
        var changed = await node.Client.AnnotateAsync("Photos", new AnnotateRequest(["/a", "/b", "/folder", "/a"]) { Add = [new FieldEdit("tags", "x")] }, default);
        Assert.Equal(["/a", "/b", "/folder", "/a"], changed.Select(file => file.Path));
        Assert.All(changed, file => Assert.Equal(["tags set x"], Lines(file)));
        Assert.Equal(before.Tips.Sum(tip => (long)tip.Sequence) + 1, volume.Vector.Tips.Sum(tip => (long)tip.Sequence));
        Assert.Equal(2, (await node.Client.LogAsync("Photos", "/a", default)).Count);
        Assert.Equal(["folder"], (await node.Client.ListAsync("Photos", "/", false, ["tags"], default)).Where(entry => entry.Kind == "folder" && entry.Fields!["tags"] == "x").Select(entry => entry.Name));
        var fields = (await node.Client.ListAsync("Photos", "/", false, ["tags", "rating"], default)).ToDictionary(entry => entry.Name, entry => entry.Fields!);
        Assert.Equal("x", fields["b"]["tags"]);
        Assert.Empty(fields["c"]);
        Assert.Null((await node.Client.ListAsync("Photos", "/", false, default))[0].Fields);
    }

    [Fact]
    public async Task A_value_that_does_not_fit_the_type_of_its_field_is_refused_with_a_sentence_unless_the_type_is_said()
    {
        await using var node = await TestNode.StartAsync();
        await node.Client.CreateVolumeAsync(new CreateVolume("Work", false), default);
        await node.Volume("Work").WriteAsync("a", "a");
        foreach (var (edit, word) in new[]
        {
            (new FieldEdit("rating", "good"), "number"), (new FieldEdit("rating", "11"), "half stars"), (new FieldEdit("rating", "2.5"), "half stars"), (new FieldEdit("rating", "3") { Type = "text" }, "every program"),
            (new FieldEdit("due", "soon"), "time"), (new FieldEdit("x", "1") { Type = "colour" }, "types are"), (new FieldEdit("a=b", "1"), "no name"), (new FieldEdit("x", "a\0b"), "NUL"),
            (new FieldEdit("tags", new string('x', 300)), "255"),
        })
        {
            var problem = await TestNode.ProblemAsync(() => Annotate(node, new AnnotateRequest(["/a"]) { Set = [edit] }, "Work"));
            Assert.Equal(nameof(ErrorKind.Invalid), problem.Kind);
            Assert.Contains(word, problem.Detail, StringComparison.Ordinal);
        }
        await Annotate(node, new AnnotateRequest(["/a"]) { Set = [new FieldEdit("budget", "3") { Type = "number" }] }, "Work");
        Assert.Equal(["budget number 4"], Lines(await Annotate(node, new AnnotateRequest(["/a"]) { Set = [new FieldEdit("budget", "4")] }, "Work")));
        Assert.Contains("number", (await TestNode.ProblemAsync(() => Annotate(node, new AnnotateRequest(["/a"]) { Set = [new FieldEdit("budget", "much")] }, "Work"))).Detail, StringComparison.Ordinal);
        Assert.Equal(["budget text much"], Lines(await Annotate(node, new AnnotateRequest(["/a"]) { Set = [new FieldEdit("budget", "much") { Type = "text" }] }, "Work")));
        Assert.Contains("no set", (await TestNode.ProblemAsync(() => Annotate(node, new AnnotateRequest(["/a"]) { Add = [new FieldEdit("budget", "x")] }, "Work"))).Detail, StringComparison.Ordinal);
        var names = await node.Client.FieldNamesAsync("Work", default);
        Assert.Contains(names, name => name is { Name: "budget", Type: "text", IsUsed: true });
        Assert.Contains(names, name => name is { Name: "tags", Type: "set", IsUsed: false });
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/none")]
    public async Task The_top_folder_and_what_is_not_there_have_no_fields(string path)
    {
        await using var node = await TestNode.StartAsync();
        await node.Client.CreateVolumeAsync(new CreateVolume("Work", false), default);
        await TestNode.ProblemAsync(() => node.Client.FieldsAsync("Work", path, null, default));
        await TestNode.ProblemAsync(() => node.Client.AnnotateAsync("Work", new AnnotateRequest([path]) { Unset = ["x"] }, default));
        Assert.Equal(nameof(ErrorKind.Invalid), (await TestNode.ProblemAsync(() => node.Client.AnnotateAsync("Work", new AnnotateRequest([]) { Unset = ["x"] }, default))).Kind);
        Assert.Equal(nameof(ErrorKind.Invalid), (await TestNode.ProblemAsync(() => node.Client.AnnotateAsync("Work", new AnnotateRequest(["/a"]), default))).Kind);
    }

    [Fact]
    public async Task Attributes_that_an_earlier_version_kept_plain_are_fields_and_become_annotations_when_one_is_written()
    {
        await using var node = await TestNode.StartAsync();
        await node.Client.CreateVolumeAsync(new CreateVolume("Work", false), default);
        var volume = node.Volume("Work");
        await volume.CommitAsync(edit => edit.Create(EntryId.Root, EntryName.Create("a"), new RevisionState
        {
            Kind = DocumentKind.File,
            Xattrs = System.Collections.Immutable.ImmutableSortedDictionary<ByteString, ByteString>.Empty.Add(new ByteString("user.xdg.tags"u8), new ByteString("b,a"u8)).Add(new ByteString("user.other"u8), new ByteString("x"u8)),
        }));
        Assert.Equal(["tags set a,b"], Lines(await node.Client.FieldsAsync("Work", "/a", null, default)));
        Assert.Equal(["tags set a,b,c"], Lines(await Annotate(node, new AnnotateRequest(["/a"]) { Add = [new FieldEdit("tags", "c")] }, "Work")));
        var state = volume.Reader.ShownState(volume.Reader.Find(EntryId.Root, EntryName.Create("a"))!);
        Assert.Equal("user.other", Assert.Single(state.Xattrs).Key.ToString());
        Assert.Equal("a,b,c", Encoding.UTF8.GetString(DesktopAttributes.Shown(state)[new ByteString("user.xdg.tags"u8)].Span));
    }

    [Fact]
    public async Task Annotating_a_document_in_conflict_does_not_settle_the_conflict()
    {
        await using var node = await TestNode.StartAsync();
        await node.Client.CreateVolumeAsync(new CreateVolume("Work", false), default);
        var volume = node.Volume("Work");
        var first = await volume.WriteAsync("a", "one");
        await volume.WriteAsync("a", "two", first);
        await volume.WriteAsync("a", "three", first);
        var conflict = Assert.Single(await node.Client.ConflictsAsync("Work", default));
        Assert.Equal(["tags set x"], Lines(await Annotate(node, new AnnotateRequest(["/a"]) { Add = [new FieldEdit("tags", "x")] }, "Work")));
        Assert.Equal(conflict.Heads.Count, Assert.Single(await node.Client.ConflictsAsync("Work", default)).Heads.Count);
    }

    private static async Task<FieldsStatus> Annotate(TestNode node, AnnotateRequest request, string volume = "Photos") => Assert.Single(await node.Client.AnnotateAsync(volume, request, default));

    private static IEnumerable<string> Lines(FieldsStatus file) => file.Fields.Select(field => $"{field.Name} {field.Type} {field.Text}");
}
