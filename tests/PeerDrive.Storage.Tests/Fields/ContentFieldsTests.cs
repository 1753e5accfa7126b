using PeerDrive.Model.Annotations;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Revisions;
using PeerDrive.Storage.Disks;
using PeerDrive.Storage.Fields;

namespace PeerDrive.Storage.Tests.Fields;

public sealed class ContentFieldsTests : IDisposable
{
    private readonly TestFolder folder = new();

    [Fact]
    public void What_was_found_is_there_by_content_with_types_text_and_outcome_also_after_opening_again()
    {
        var fields = RevisionState.NoAnnotations
            .Add("width", new AnnotationValue.Number(4000)).Add("taken", new AnnotationValue.Time(1_772_366_400_000_000_000)).Add("to", new AnnotationValue.TextSet(["a", "b"])).Add("title", new AnnotationValue.Text("x\ny"));
        using (var store = Open())
        {
            Assert.Null(store.Find(Of(1)));
            store.Add(Of(1), new ExtractedFields(ExtractionOutcome.Done, 1, "jpeg", fields, "walrus"));
            store.Add(Of(2), new ExtractedFields(ExtractionOutcome.Failed, 1, "pdf", RevisionState.NoAnnotations, null, "it is a bomb"));
        }
        using var again = Open();
        var found = again.Find(Of(1))!;
        Assert.Equal((ExtractionOutcome.Done, 1, "jpeg", null, null), (found.Outcome, found.Version, found.Format, found.Text, found.Problem));
        Assert.Equal(fields, found.Fields);
        Assert.Equal("walrus", again.TextOf(Of(1)));
        Assert.Equal((ExtractionOutcome.Failed, "it is a bomb", null), (again.Find(Of(2))!.Outcome, again.Find(Of(2))!.Problem, again.TextOf(Of(2))));
        Assert.Null(again.Find(Of(1) with { Depth = 1 }));
        Assert.True(again.IsKnown(Of(2), 1));
        Assert.False(again.IsKnown(Of(2), 2));
        Assert.False(again.IsKnown(Of(3), 1));
    }

    [Fact]
    public void Who_follows_sees_each_content_once_and_again_when_it_was_read_anew()
    {
        using var store = Open();
        var woken = 0;
        store.OnAdded = () => woken++;
        for (var i = 1; i <= 5; i++) store.Add(Of(i), Text("t" + i));
        var first = store.Since(0, 3);
        Assert.Equal([Of(1), Of(2), Of(3)], first.Select(each => each.Content));
        Assert.Equal([Of(4), Of(5)], store.Since(first[^1].Id, 100).Select(each => each.Content));
        Assert.Empty(store.Since(store.Last, 100));
        var last = store.Last;
        store.Add(Of(5), Text("again"));
        store.Add(Of(2), Text("again"));
        Assert.Equal([Of(5), Of(2)], store.Since(last, 100).Select(each => each.Content));
        Assert.Equal("again", store.TextOf(Of(2)));
        Assert.Equal(7, woken);
    }

    [Fact]
    public void Text_is_cut_at_its_cap_between_characters()
    {
        using var store = Open();
        store.Add(Of(1), Text(new string('x', StorageLimits.ExtractedTextBytes - 1) + "🦭🦭"));
        Assert.Equal(StorageLimits.ExtractedTextBytes - 1, store.TextOf(Of(1))!.Length);
        store.Add(Of(2), Text(""));
        Assert.Null(store.TextOf(Of(2)));
    }

    [Fact]
    public void A_damaged_or_older_database_is_made_anew()
    {
        using (var store = Open()) store.Add(Of(1), Text("x"));
        File.WriteAllBytes(Path.Combine(folder.Path, "fields.db"), [.. "no database at all"u8, .. new byte[5000]]);
        foreach (var suffix in new[] { "-wal", "-shm" }) File.Delete(Path.Combine(folder.Path, "fields.db" + suffix));
        using (var store = Open())
        {
            Assert.Null(store.Find(Of(1)));
            store.Add(Of(1), Text("y"));
        }
        using (var db = new RealDisk().OpenDatabase(Path.Combine(folder.Path, "fields.db"), durable: false)) db.Execute("PRAGMA user_version = 99");
        using var anew = Open();
        Assert.Null(anew.TextOf(Of(1)));
    }

    [Fact]
    public void The_type_that_a_field_had_last_is_remembered_and_names_are_bounded()
    {
        using var store = Open();
        Assert.Null(store.TypeOf("budget"));
        store.NoteTypes(RevisionState.NoAnnotations.Add("budget", new AnnotationValue.Number(1)).Add("due", new AnnotationValue.Time(1)));
        store.NoteTypes(RevisionState.NoAnnotations.Add("budget", new AnnotationValue.Text("much")));
        Assert.Equal(FieldType.Text, store.TypeOf("budget"));
        Assert.Equal([("budget", FieldType.Text), ("due", FieldType.Time)], store.Types());
        store.NoteTypes(RevisionState.NoAnnotations.AddRange(Enumerable.Range(0, StorageLimits.FieldTypes + 100).Select(n => KeyValuePair.Create($"n{n:D6}", (AnnotationValue)new AnnotationValue.Boolean(true)))));
        Assert.Equal(StorageLimits.FieldTypes, store.Types().Count);
        Assert.Null(store.TypeOf("budget"));
    }

    public void Dispose() => folder.Dispose();

    private static ExtractedFields Text(string text) => new(ExtractionOutcome.Done, 1, "text", RevisionState.NoAnnotations, text);

    private static Content Of(int number)
    {
        var bytes = new byte[32];
        bytes[0] = (byte)number;
        return new Content((ulong)number, 0, ChunkId.Read(bytes), 1);
    }

    private ContentFields Open() => ContentFields.Open(new RealDisk(), folder.Path);
}
