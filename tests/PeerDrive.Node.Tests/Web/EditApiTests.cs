using System.Net;
using System.Net.Http.Json;
using System.Text;
using PeerDrive.Client;
using PeerDrive.Client.Contracts;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Revisions;

namespace PeerDrive.Node.Tests.Web;

/// <summary>Changes of the tree over HTTP, and what a browser may do with what is in it.</summary>
public sealed class EditApiTests
{
    private const string Root = "http://x/api/v1/volumes/Photos/";

    [Fact]
    public async Task A_file_is_written_continued_moved_deleted_and_brought_back()
    {
        await using var node = await TestNode.StartAsync();
        await node.Client.CreateVolumeAsync(new CreateVolume("Photos", false), default);
        using var http = RawClient.For(node.Node.SocketPath);

        var made = await AnswerAsync(await http.PutAsync(Root + "content?path=/deep/er/a.txt&folders=true&modified=2020-02-03T04:05:06Z&comment=first", Text("one")));
        Assert.Equal(("/deep/er/a.txt", 3L, new DateTimeOffset(2020, 2, 3, 4, 5, 6, TimeSpan.Zero)), (made.Path, made.Size, made.Modified));
        var next = await AnswerAsync(await http.PutAsync(Root + $"content?path=/deep/er/a.txt&base={made.Revision}", Text("two!")));
        Assert.Equal(made.Document, next.Document);
        Assert.Equal(["", "first"], (await node.Client.LogAsync("Photos", "/deep/er/a.txt", default)).Select(revision => revision.Comment));

        // Who looked before that must not overwrite it, nor who thinks that nothing is there.
        foreach (var stale in new[] { made.Revision, "none" }) Assert.Equal("Conflict", await ProblemAsync(await http.PutAsync(Root + $"content?path=/deep/er/a.txt&base={stale}", Text("lost"))));
        Assert.Equal("Conflict", await ProblemAsync(await http.PutAsync(Root + $"content?path=/gone.txt&base={made.Revision}", Text("lost"))));
        Assert.Equal("NotFound", await ProblemAsync(await http.PutAsync(Root + "content?path=/no/folder.txt", Text("lost"))));
        Assert.Equal("IsAFolder", await ProblemAsync(await http.PutAsync(Root + "content?path=/deep", Text("lost"))));
        foreach (var wrong in new[] { "/", "/..", "/a/../b", "/x%00y" }) Assert.NotEqual("", await ProblemAsync(await http.PutAsync(Root + $"content?path={wrong}", Text("lost"))));
        Assert.Equal("two!", await node.TextAsync("Photos", "/deep/er/a.txt"));

        Assert.Equal("/new", (await AnswerAsync(await http.PostAsJsonAsync(Root + "folders", new PathRequest("/new", null)))).Path);
        Assert.Equal("AlreadyExists", await ProblemAsync(await http.PostAsJsonAsync(Root + "folders", new PathRequest("/new", null))));
        Assert.Equal("/new/b.txt", (await AnswerAsync(await http.PostAsJsonAsync(Root + "move", new MoveRequest("/deep/er/a.txt", "/new/b.txt")))).Path);
        Assert.Equal("Invalid", await ProblemAsync(await http.PostAsJsonAsync(Root + "move", new MoveRequest("/new", "/new/itself"))));
        var gone = await AnswerAsync(await http.DeleteAsync(Root + "entries?path=/new/b.txt"));
        Assert.Equal("NotFound", await ProblemAsync(await http.DeleteAsync(Root + "entries?path=/new/b.txt")));
        await node.Client.UndeleteAsync("Photos", new PathRequest(null, gone.Entry), default);
        Assert.Equal("two!", await node.TextAsync("Photos", "/new/b.txt"));
        Assert.Empty(Directory.EnumerateFiles(Path.Combine(node.Home, "uploads")));
    }

    [Fact]
    public async Task A_folder_is_listed_in_pages_that_lead_on_whatever_is_in_a_name()
    {
        await using var node = await TestNode.StartAsync();
        await node.Client.CreateVolumeAsync(new CreateVolume("Photos", false), default);
        string[] names = ["a", "a b&c=d", "b", "ü \u202Eשלום", "z"];
        foreach (var name in names) await node.Client.WriteAsync("Photos", "/" + name, new MemoryStream([1]), default);
        var seen = new List<string>();
        string? cursor = null;
        do
        {
            var page = await node.Client.ListPageAsync("Photos", "/", cursor, 2, default);
            Assert.InRange(page.Entries.Count, 1, 2);
            seen.AddRange(page.Entries.Select(entry => entry.Name));
            // What goes, and what comes before, does not disturb the pages behind.
            if (seen.Count == 2) await node.Client.DeleteAsync("Photos", "/a", default);
            cursor = page.Next;
        }
        while (cursor is not null);
        Assert.Equal(names.OrderBy(name => name, Comparer<string>.Create((x, y) => Encoding.UTF8.GetBytes(x).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(y)))), seen);
        for (var i = 0; i < 250; i++) await node.Client.WriteAsync("Photos", $"/n{i:000}", new MemoryStream([1]), default);
        var outline = await node.Client.OutlineAsync("Photos", "/", 100, default);
        Assert.Equal((254, 100, 2), (outline.Count, outline.PageEntries, outline.Cursors.Count));
        var all = await node.Client.ListAsync("Photos", "/", false, default);
        for (var i = 1; i <= 2; i++) Assert.Equal(all.Skip(100 * i).Take(100), (await node.Client.ListPageAsync("Photos", "/", outline.Cursors[i - 1], 100, default)).Entries);
        Assert.Equal("NotAFolder", (await TestNode.ProblemAsync(() => node.Client.OutlineAsync("Photos", "/z", 100, default))).Kind);
        foreach (var wrong in new[] { "xyz", "2f", "00", new string('a', 2_000) }) Assert.Equal("Invalid", (await TestNode.ProblemAsync(() => node.Client.ListPageAsync("Photos", "/", wrong, 2, default))).Kind);
        foreach (var limit in new[] { -1, 0, 10_001 }) Assert.Equal("Invalid", (await TestNode.ProblemAsync(() => node.Client.ListPageAsync("Photos", "/", null, limit, default))).Kind);
    }

    [Fact]
    public async Task A_symbolic_link_is_not_written_over_and_a_linked_file_is_pinned_only_when_somebody_did()
    {
        await using var node = await TestNode.StartAsync();
        await node.Client.CreateVolumeAsync(new CreateVolume("Photos", false), default);
        await node.Node.Core.Volumes.Require("Photos").CommitAsync(edit => edit.Create(EntryId.Root, EntryName.Create("alias"), new RevisionState { Kind = DocumentKind.SymbolicLink, Target = new ByteString("a"u8) }));
        Assert.Equal("Invalid", (await TestNode.ProblemAsync(() => node.Client.WriteAsync("Photos", "/alias", new MemoryStream([1]), default))).Kind);
        Assert.Equal("symlink", Assert.Single(await node.Client.ListAsync("Photos", "/", false, default)).Kind);

        await node.Client.LinkAsync(new CreateLink("Photos", "/", Directory.CreateDirectory(Path.Combine(node.Beside, "linked")).FullName, "keep", [], Force: false), default);
        await node.Client.WriteAsync("Photos", "/a", new MemoryStream([1]), default);
        Assert.False((await node.Client.WhereAsync("Photos", "/a", default)).IsPinned);
        await node.Client.PinAsync("Photos", new PathRequest("/", null), default);
        Assert.True((await node.Client.WhereAsync("Photos", "/a", default)).IsPinned);
    }

    [Fact]
    public async Task More_than_a_request_may_hold_is_written_all_the_same()
    {
        await using var node = await TestNode.StartAsync();
        await node.Client.CreateVolumeAsync(new CreateVolume("Photos", false), default);
        using var http = RawClient.For(node.Node.SocketPath);
        var bytes = new byte[5 << 20];
        new Random(7).NextBytes(bytes);
        Assert.Equal(bytes.Length, (await AnswerAsync(await http.PutAsync(Root + "content?path=/big.bin", new ByteArrayContent(bytes)))).Size);
        await using var read = await node.Client.ReadAsync("Photos", "/big.bin", null, default);
        using var back = new MemoryStream();
        await read.CopyToAsync(back);
        Assert.Equal(bytes, back.ToArray());
    }

    [Fact]
    public async Task A_reader_writes_nothing()
    {
        await using var node = await TestNode.StartAsync();
        await node.Client.CreateVolumeAsync(new CreateVolume("Photos", false), default);
        await using var reader = await TestNode.StartAsync("Eve");
        var ticket = await node.Client.InviteAsync("Photos", new CreateTicket("reader", 3600, []), default);
        await reader.Client.JoinAsync(new JoinRequest(ticket.Ticket, null, "keep"), default);
        await Until.TrueAsync(async () => (await reader.Client.VolumesAsync(default)) is [{ Name: "Photos", Role: "reader" }]);
        using var http = RawClient.For(reader.Node.SocketPath);
        Assert.NotEqual("", await ProblemAsync(await http.PutAsync(Root + "content?path=/a.txt", Text("mine"))));
        Assert.Empty(await reader.Client.ListAsync("Photos", "/", false, default));
    }

    [Theory]
    [InlineData("page.html", null)]
    [InlineData("drawing.svg", null)]
    [InlineData("script.js", null)]
    [InlineData("page.xhtml", null)]
    [InlineData("strange", null)]
    [InlineData("photo.jpg", "image/jpeg")]
    [InlineData("FILM.MP4", "video/mp4")]
    public async Task A_browser_shows_what_can_do_nothing_and_saves_the_rest(string name, string? type)
    {
        await using var node = await TestNode.StartAsync();
        await node.Client.CreateVolumeAsync(new CreateVolume("Photos", false), default);
        await node.Volume("Photos").WriteAsync(name, "<script>alert(1)</script>");
        using var web = new WebClient(node);
        await web.LogInAsync(WebClient.TokenOf(node));
        foreach (var asked in new[] { "&inline=true", "" })
        {
            using var response = await web.SendAsync(HttpMethod.Get, $"api/v1/volumes/Photos/content?path=/{name}{asked}");
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            var isShown = type is not null && asked.Length > 0;
            Assert.Equal(isShown ? "inline" : "attachment", response.Content.Headers.ContentDisposition?.DispositionType);
            Assert.Equal(isShown ? type : "application/octet-stream", response.Content.Headers.ContentType?.MediaType);
            Assert.Contains("sandbox", Assert.Single(response.Headers.GetValues("Content-Security-Policy")), StringComparison.Ordinal);
            Assert.Equal("nosniff", Assert.Single(response.Headers.GetValues("X-Content-Type-Options")));
        }
    }

    private static StringContent Text(string text) => new(text, Encoding.UTF8);

    private static async Task<EntryStatus> AnswerAsync(HttpResponseMessage response)
    {
        using (response)
        {
            Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
            return (await response.Content.ReadFromJsonAsync<EntryStatus>(PeerDriveClient.Json))!;
        }
    }

    private static async Task<string> ProblemAsync(HttpResponseMessage response)
    {
        using (response) return response.IsSuccessStatusCode ? "" : (await response.Content.ReadFromJsonAsync<Problem>(PeerDriveClient.Json))!.Kind;
    }
}
