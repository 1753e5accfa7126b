using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Queries;
using PeerDrive.Model.Revisions;
using PeerDrive.Storage.Search;

namespace PeerDrive.Storage.Tests.Search;

public sealed class SearchTests : SearchFixture
{
    [Fact]
    public async Task Words_are_found_in_names_texts_and_what_people_attached()
    {
        await MakeAsync("Beach house.jpg", "\u0089PNG no text \u0001");
        await MakeAsync("letter.txt", "We met at the beach, said Zo\u00eb.");
        await MakeAsync("tagged.dat", "\u0001", 0, ("comment", Text("a day at the beach")));
        await MakeAsync("other.txt", "nothing of it");
        Assert.Equal("Beach house.jpg letter.txt tagged.dat", await FindSortedNamesAsync("beach"));
        Assert.Equal("Beach house.jpg letter.txt tagged.dat", await FindSortedNamesAsync("BEA*"));
        Assert.Equal("letter.txt", await FindAsync("zoe"));
        Assert.Equal("letter.txt", await FindAsync("\"the beach\" met"));
        Assert.Equal("", await FindAsync("\"beach the\""));
        Assert.Equal("Beach house.jpg", await FindAsync("name:beach"));
        Assert.Equal("letter.txt", await FindAsync("text:beach"));
        Assert.Equal("letter.txt other.txt", await FindSortedNamesAsync("type:text"));
        Assert.Equal("other.txt", await FindAsync("type:text -beach"));
        Assert.Equal("Beach house.jpg other.txt", await FindSortedNamesAsync("house or nothing"));
    }

    [Fact]
    public async Task A_match_in_a_text_is_shown_with_the_words_about_it()
    {
        await MakeAsync("long.txt", string.Join(' ', Enumerable.Range(0, 2000).Select(n => $"word{n}")) + " the\u001b needle\nis here " + string.Join(' ', Enumerable.Range(0, 2000).Select(n => $"more{n}")));
        await Search.WhenCurrentAsync(CancellationToken.None);
        var hit = Search.Find(Query.Parse("needle"), null, 10).Hits.Single();
        Assert.Contains("the needle is here", hit.Snippet);
        Assert.InRange(hit.Snippet!.Length, 20, 300);
        Assert.Null(Search.Find(Query.Parse("name:long*"), null, 10).Hits.Single().Snippet);
    }

    [Fact]
    public async Task Names_are_matched_by_patterns_whatever_their_case()
    {
        foreach (var name in new[] { "IMG_001.JPG", "img_002.jpg", "scan[1].pdf", "archive.tar.gz", ".profile", "\u00dcbung.txt" }) await MakeAsync(name, name);
        Assert.Equal("IMG_001.JPG img_002.jpg", await FindSortedAsync("name:*.jpg"));
        Assert.Equal("IMG_001.JPG img_002.jpg", await FindSortedAsync("*.jpg"));
        Assert.Equal("IMG_001.JPG img_002.jpg", await FindSortedAsync("name:img_*"));
        Assert.Equal("img_002.jpg", await FindSortedAsync("name:img_00?.jpg -name:*1.jpg"));
        Assert.Equal("scan[1].pdf", await FindAsync("name:*[1]*"));
        Assert.Equal("archive.tar.gz", await FindAsync("name:*.tar.gz"));
        Assert.Equal(".profile", await FindAsync("name:*.profile"));
        Assert.Equal("\u00dcbung.txt", await FindAsync("name:ubung*"));
        Assert.Equal("img_002.jpg", await FindAsync("name=IMG_002.JPG"));
    }

    [Fact]
    public async Task Fields_are_compared_as_numbers_texts_and_times()
    {
        await MakeAsync("a", "a", 0, ("rating", Number(10)), ("camera", Text("Canon EOS 5D")), ("width", Number(4000)), ("taken", new AnnotationValue.Time(At(2026, 3, 4))));
        await MakeAsync("b", "b", 0, ("rating", Number(6)), ("camera", Text("Nikon")), ("width", Number(900)), ("taken", new AnnotationValue.Time(At(2025, 3, 4))));
        await MakeAsync("c", "c", 0, ("place", new AnnotationValue.Map(System.Collections.Immutable.ImmutableSortedDictionary<string, AnnotationValue>.Empty.Add("city", Text("Rome")))));
        foreach (var (query, names) in new[]
        {
            ("rating>=4", "a"), ("rating<4", "b"), ("rating:3", "b"), ("rating=5.0", "a"), ("rating!=5", "b"), ("rating:*", "a b"), ("-rating:*", "c"), ("width>1920", "a"),
            ("camera:canon", "a"), ("camera:\"eos 5d\"", "a"), ("camera:eo", ""), ("camera:can*", "a"), ("camera=canon", ""), ("camera=nikon", "b"), ("camera!=nikon", "a"),
            ("place.city:rome", "c"), ("taken:2026", "a"), ("taken<2026-01-01", "b"), ("taken>=2025-03-04", "a b"), ("nosuch:1", ""), ("canon or nikon", "a b"),
        })
            Assert.Equal((query, names), (query, await FindSortedAsync(query)));
    }

    [Fact]
    public async Task Tags_come_and_go()
    {
        var entry = await MakeAsync("a", "a");
        await MakeAsync("b", "b", 0, ("tags", Tags("Holiday", "sea")));
        Assert.Equal("b", await FindAsync("tag:holiday"));
        await AnnotateAsync(entry, "tags", Tags("holiday 2026", "HOLIDAY"));
        Assert.Equal("a b", await FindSortedAsync("tag:holiday"));
        Assert.Equal("a", await FindAsync("tag:\"holiday 2026\""));
        Assert.Equal("a b", await FindSortedAsync("tag:hol*"));
        await AnnotateAsync(entry, "tags", null);
        Assert.Equal("b", await FindAsync("tag:holiday"));
    }

    [Fact]
    public async Task Attributes_in_the_names_of_desktops_count_where_nothing_else_is_said()
    {
        await Volume.CommitAsync(edit => edit.Create(EntryId.Root, EntryName.Create("a"), TestCluster.File(Volume, "a") with
        {
            Xattrs = System.Collections.Immutable.ImmutableSortedDictionary<ByteString, ByteString>.Empty
                .Add(new ByteString("user.xdg.tags"u8), new ByteString("one, two"u8)).Add(new ByteString("user.baloo.rating"u8), new ByteString("8"u8)),
        }));
        Assert.Equal("a", await FindAsync("tag:one tag:two rating:4"));
        await AnnotateAsync(Volume.Reader.List(EntryId.Root).Single(), "tags", Tags("three"));
        Assert.Equal("a", await FindAsync("tag:three -tag:one"));
    }

    [Fact]
    public async Task Types_sizes_and_times_are_conditions_too()
    {
        await MakeAsync("folder");
        await MakeAsync("old.pdf", new string('x', 5000), At(2020, 1, 2));
        await MakeAsync("new.PNG", "x", At(2026, 1, 2));
        await MakeAsync("empty", "", At(2025, 1, 2));
        foreach (var (query, names) in new[]
        {
            ("type:folder", "folder"), ("type:document", "old.pdf"), ("type:pdf", "old.pdf"), ("type:image", "new.PNG"), ("type:file", "empty new.PNG old.pdf"), ("-type:file", "folder"),
            ("size>4k", "old.pdf"), ("size:0", "empty"), ("size<=1", "empty new.PNG"), ("size!=0", "new.PNG old.pdf"), ("modified:2020", "old.pdf"), ("modified>2025-01-02", "new.PNG"),
            ("modified>=2025-01-02 type:file", "empty new.PNG"), ("modified<2020-01-02 type:file", ""), ("modified:2026-01", "new.PNG"), ("created:today type:file", "empty new.PNG old.pdf"),
            ("created<yesterday", ""), ("created>\"1 hour ago\" type:folder", "folder"), ("modified!=2020 type:file", "empty new.PNG"),
        })
            Assert.Equal((query, names), (query, await FindSortedAsync(query)));
    }

    [Fact]
    public async Task Places_follow_moves_and_nothing_below_is_written_again()
    {
        await MakeAsync("photos");
        await MakeAsync("photos/2026");
        await MakeAsync("other");
        for (var i = 0; i < 5; i++) await MakeAsync($"photos/2026/p{i}.jpg", "x");
        await MakeAsync("other/p9.jpg", "x");
        Assert.Equal("2026 p0.jpg p1.jpg p2.jpg p3.jpg p4.jpg", await FindSortedAsync("in:/photos"));
        Assert.Equal("p0.jpg p9.jpg", await FindSortedAsync("(in:/photos/2026 name:p0*) or in:other"));
        Assert.Equal("", await FindAsync("in:/nowhere"));
        await Volume.CommitAsync(edit => edit.Move(Volume.Reader.Resolve("photos/2026"u8, out _)!.Id, Volume.Reader.Resolve("other"u8, out _)!.Id, EntryName.Create("2026")));
        Assert.Equal("", await FindAsync("in:/photos"));
        Assert.Equal("2026 p0.jpg p1.jpg p2.jpg p3.jpg p4.jpg p9.jpg", await FindSortedAsync("in:/other"));
        Assert.Equal("p3.jpg", await FindAsync("p3 in:/other/2026"));
        Assert.Equal("p0.jpg", await FindAsync("in:/ name:p0.jpg"));
    }

    [Fact]
    public async Task Who_made_what_is_shown_is_found_by_the_name_of_person_or_device()
    {
        await MakeAsync("mine", "x");
        await Cluster.SendAsync(0, 1);
        await TestReplica.WriteAsync(Cluster.Volumes[1], "theirs", "y"u8.ToArray());
        await Cluster.SendAsync(1, 0);
        Assert.Equal("mine", await FindAsync("by:device0"));
        Assert.Equal("theirs", await FindAsync("by:DEVICE1"));
        Assert.Equal("mine theirs", await FindSortedAsync("by:ada"));
        Assert.Equal("", await FindAsync("by:bob"));
    }

    [Fact]
    public async Task Conflicts_what_is_absent_pinned_and_deleted_are_found()
    {
        await MakeAsync("both.txt", "base");
        var pinned = await MakeAsync("pinned");
        await MakeAsync("pinned/inside.txt", "x");
        var gone = await MakeAsync("gone.txt", "gone word");
        await Cluster.SendAsync(0, 1);
        var there = Cluster.Volumes[1];
        await TestReplica.WriteAsync(there, "both.txt", "theirs"u8.ToArray());
        await TestReplica.WriteAsync(Volume, "both.txt", "ours"u8.ToArray());
        await TestReplica.WriteAsync(there, "far.txt", "far words"u8.ToArray());
        await Cluster.SendAsync(1, 0);
        await Volume.CommitAsync(edit => edit.Delete(gone.Id));
        Volume.Replica.Pin(pinned.Id);
        Assert.Equal("both.txt", await FindAsync("is:conflict"));
        Assert.Contains("far.txt", await FindAsync("is:absent"));
        Assert.DoesNotContain("far.txt", await FindAsync("is:here"));
        Assert.Contains("inside.txt", await FindAsync("is:here"));
        Assert.Equal("inside.txt pinned", await FindSortedAsync("is:pinned"));
        Assert.Equal("", await FindAsync("gone"));
        Assert.Equal("gone.txt", await FindAsync("is:deleted"));
        Assert.Equal("gone.txt", await FindAsync("word is:deleted"));
        Assert.Equal("far.txt gone.txt", await FindSortedAsync("is:deleted or name:far*"));
        Assert.Equal("", await FindAsync("words"));
        // Once its content comes, its words are known, and it is here.
        Cluster.SendContents(1, 0);
        await Soon.UntilAsync(() => IndexPicture.Names(Search, "words") == "far.txt");
        Assert.Equal("", await FindAsync("is:absent name:far*"));
        Assert.Equal("far.txt", await FindAsync("is:here name:far*"));
    }

    [Fact]
    public async Task A_name_counts_more_than_a_text_a_rare_word_more_than_a_frequent_one_and_newer_comes_first()
    {
        await MakeAsync("text.txt", "a harbour", At(2026, 5, 5));
        await MakeAsync("the old harbour by the sea.jpg", "1", At(2026, 1, 1));
        await MakeAsync("harbour.jpg", "2", At(2025, 1, 1));
        await MakeAsync("harbour.png", "3", At(2026, 2, 2));
        Assert.Equal("harbour.png harbour.jpg the old harbour by the sea.jpg text.txt", await FindAsync("harbour"));
        for (var i = 0; i < 20; i++) await MakeAsync($"frequent {i}.jpg", "4", At(2026, 3, 3));
        await MakeAsync("frequent rare.jpg", "5", At(2020, 3, 3));
        Assert.StartsWith("frequent rare.jpg", await FindAsync("frequent or rare"));
        // Without words the newest comes first.
        Assert.StartsWith("text.txt", await FindAsync("-frequent type:file"));
    }

    [Fact]
    public async Task Pages_follow_each_other_whatever_comes_meanwhile()
    {
        for (var i = 0; i < 60; i++) await MakeAsync($"page {i:00}{(i % 3 == 0 ? " extra" : "")}.txt", i % 2 == 0 ? $"page extra {i}" : "x", At(2026, 1, 1 + (i % 20)));
        foreach (var query in new[] { "page", "page or extra", "type:file", "text:extra" })
        {
            await Search.WhenCurrentAsync(CancellationToken.None);
            var whole = Search.Find(Query.Parse(query), null, SearchLimits.Page);
            Assert.Null(whole.Next);
            Assert.Equal(whole.Total, whole.Hits.Count);
            var paged = new List<EntryId>();
            for (string? cursor = ""; cursor is not null;)
            {
                var page = Search.Find(Query.Parse(query), cursor, 7);
                Assert.Equal(whole.Total, page.Total);
                paged.AddRange(page.Hits.Select(hit => hit.Entry.Id));
                cursor = page.Next;
            }
            Assert.Equal(whole.Hits.Select(hit => hit.Entry.Id), paged);
        }
        var first = Search.Find(Query.Parse("type:file"), null, 10);
        await MakeAsync("newest.txt", "x", At(2027, 1, 1));
        await Search.WhenCurrentAsync(CancellationToken.None);
        var second = Search.Find(Query.Parse("type:file"), first.Next, 500);
        Assert.Equal(60, first.Hits.Concat(second.Hits).Select(hit => hit.Entry.Id).Distinct().Count());
        Assert.Equal(50, second.Hits.Count);
        Assert.Equal(ErrorKind.Invalid, Assert.Throws<PeerDriveException>(() => Search.Find(Query.Parse("a"), "nonsense", 10)).Kind);
        Assert.Equal(ErrorKind.Invalid, Assert.Throws<PeerDriveException>(() => Search.Find(Query.Parse("a"), "1.2.3.4.zz", 10)).Kind);
    }

    [Fact]
    public async Task Beyond_the_cap_of_relevance_matches_follow_by_time_and_none_is_lost_or_twice()
    {
        const int count = SearchLimits.Ranked + 300;
        var state = TestCluster.File(Volume, "same");
        for (var batch = 0; batch < count; batch += 500)
        {
            await Volume.CommitAsync(edit =>
            {
                for (var i = batch; i < Math.Min(count, batch + 500); i++) edit.Create(EntryId.Root, EntryName.Create($"many {i}"), state with { Mtime = (i * 7919 % 1000) * 1_000_000_000L });
            });
        }
        await Search.WhenCurrentAsync(CancellationToken.None);
        var seen = new List<EntryId>();
        for (string? cursor = ""; cursor is not null;)
        {
            var page = Search.Find(Query.Parse("many"), cursor, 400);
            Assert.Equal(count, page.Total);
            seen.AddRange(page.Hits.Select(hit => hit.Entry.Id));
            cursor = page.Next;
        }
        Assert.Equal(count, seen.Count);
        Assert.Equal(count, seen.Distinct().Count());
    }

    [Fact]
    public async Task Fields_that_others_read_out_of_contents_are_found_and_what_people_say_comes_first()
    {
        var texts = new KnownTexts();
        await Search.DisposeAsync();
        await OpenAsync(texts);
        var entry = await MakeAsync("a.jpg", "picture");
        await MakeAsync("b.jpg", "another", 0, ("camera", Text("my own")));
        Assert.Equal("", await FindAsync("camera:canon"));
        foreach (var name in new[] { "a.jpg", "b.jpg" })
            texts.Tell(Volume.Reader.Find(EntryId.Root, EntryName.Create(name))!.Shown!.Value.Content, new DocumentText("image/jpeg", [new DocumentField("camera", "Canon", null), new DocumentField("width", null, 4000)], "printed words"));
        await Soon.UntilAsync(() => IndexPicture.Names(Search, "camera:canon") == "a.jpg");
        await Soon.UntilAsync(() => IndexPicture.Names(Search, "width>1920 printed type:image/jpeg") is "a.jpg b.jpg" or "b.jpg a.jpg");
        Assert.Equal("b.jpg", await FindAsync("camera:own"));
        texts.Tell(entry.Shown!.Value.Content, DocumentText.Nothing);
        await Soon.UntilAsync(() => IndexPicture.Names(Search, "camera:canon") == "");
    }

    [Theory]
    [InlineData(new byte[] { 0x66, 0xC3, 0xBC, 0x72 }, true, "f\u00fcr")]
    [InlineData(new byte[] { 0x66, 0xFC, 0x72, 0x20, 0x61, 0x6C, 0x6C }, true, "f\u00fcr all")]
    [InlineData(new byte[] { 0xFF, 0xFE, 0x66, 0x00, 0xFC, 0x00 }, true, "f\u00fc")]
    [InlineData(new byte[] { 0xFE, 0xFF, 0x00, 0x66, 0x00, 0xFC }, true, "f\u00fc")]
    [InlineData(new byte[] { 0xEF, 0xBB, 0xBF, 0x66 }, true, "f")]
    [InlineData(new byte[] { 0x66, 0x00, 0x72 }, true, null)]
    [InlineData(new byte[] { 0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A }, true, null)]
    [InlineData(new byte[] { 0xFC, 0xFD, 0xFE, 0x66 }, true, null)]
    [InlineData(new byte[] { 0x66, 0xE6, 0x9D }, false, "f")]
    [InlineData(new byte[] { }, true, "")]
    public void Plain_text_is_known_by_its_bytes(byte[] bytes, bool isWhole, string? text) => Assert.Equal(text, PlainTexts.Decode(bytes, isWhole));

    private async Task<string> FindSortedNamesAsync(string query)
    {
        await Search.WhenCurrentAsync(CancellationToken.None);
        return string.Join(' ', Search.Find(Query.Parse(query), null, SearchLimits.Page).Hits.Select(hit => hit.Entry.Name.ToString()).Order(StringComparer.Ordinal));
    }
}
