using Microsoft.Playwright;
using PeerDrive.Client.Contracts;
using PeerDrive.EndToEnd;

namespace PeerDrive.Browser;

/// <summary>Daily work by mouse: two real nodes, and a page of each.</summary>
[Trait("speed", "slow")]
public sealed class PageTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    [Fact]
    public async Task From_two_empty_nodes_to_a_shared_volume_and_everything_that_one_does_in_it()
    {
        using var directories = new Directories();
        await using var a = await RunningNode.StartAsync(directories.Path("a"), "--no-mount", "--name", "laptop", "--person", "Ada");
        await using var b = await RunningNode.StartAsync(directories.Path("b"), "--no-mount", "--name", "desktop", "--person", "Bob");
        await using var browser = await Browser.StartAsync();
        var (ada, bob) = (await browser.OpenAsync(a), await browser.OpenAsync(b));

        // First run: a volume, a file in it, an invitation, and it is accepted.
        var empty = ada.GetByRole(AriaRole.Form, new() { Name = "Start with an empty volume" });
        await empty.GetByLabel("Name").FillAsync("Letters");
        await empty.GetByRole(AriaRole.Button, new() { Name = "Create" }).ClickAsync();
        await ada.GetByText("This folder is empty.").ShownAsync();
        await ada.GetByTestId("upload").SetInputFilesAsync(new FilePayload { Name = "letter.txt", MimeType = "text/plain", Buffer = "Dear Bob,\n"u8.ToArray() });
        await ada.Row("letter.txt").ShownAsync();
        await ada.GoAsync("Volumes");
        await ada.Button("Invite").ClickAsync();
        await ada.Button("Make a ticket").ClickAsync();
        await ada.GetByRole(AriaRole.Img, new() { Name = "Ticket" }).ShownAsync();
        var ticket = (await ada.Locator("pre, code").Filter(new() { HasText = "peerdrive join" }).First.InnerTextAsync()).Split(' ')[^1];
        await ada.Keyboard.PressAsync("Escape");
        var join = bob.GetByRole(AriaRole.Form, new() { Name = "Join with an invitation" });
        await join.GetByLabel("Ticket").FillAsync(ticket);
        await join.GetByRole(AriaRole.Button, new() { Name = "Join" }).ClickAsync();
        await bob.Row("letter.txt").ShownAsync();
        var volume = (await a.Client.VolumesAsync(None))[0].Id;

        // What Bob makes is seen on Ada's open page, without a reload.
        await ada.GoAsync("Files");
        await bob.Button("New folder").ClickAsync();
        await bob.GetByRole(AriaRole.Textbox, new() { Name = "Name", Exact = true }).FillAsync("Photos");
        await bob.Button("Save").ClickAsync();
        await ada.Row("Photos").ShownAsync();

        // Tags and a rating, found by search on the other device.
        await ada.Row("letter.txt").GetByRole(AriaRole.Button).ClickAsync();
        await ada.GetByText("Dear Bob,").ShownAsync();
        await ada.GetByRole(AriaRole.Tab, new() { Name = "Details" }).ClickAsync();
        await ada.GetByPlaceholder("Press Enter after each").FillAsync("family");
        await ada.Keyboard.PressAsync("Enter");
        await bob.GoAsync("Search");
        await bob.GetByRole(AriaRole.Textbox, new() { Name = "Search" }).FillAsync("tag:family");
        await bob.GetByRole(AriaRole.Link, new() { Name = "letter.txt" }).ShownAsync();

        // Pinned here, and no more.
        await ada.Button("Keep here").ClickAsync();
        await ada.GetByText("It stays on this device").ShownAsync();
        await ada.Button("Do not keep here").ClickAsync();
        await ada.GetByText("It stays on this device").GoneAsync();

        // Both change it while nothing is exchanged: a conflict, seen in the graph, and settled by choosing.
        await ada.Button("Pause all").ClickAsync();
        await ada.GetByText("Paused", new() { Exact = true }).ShownAsync();
        await WriteAsync(a, volume, "Dear Bob,\nfrom Ada\n");
        await WriteAsync(b, volume, "Dear Bob,\nfrom Bob\n");
        await ada.Button("Resume").ClickAsync();
        await ada.GoAsync("Conflicts");
        await ada.Button("Take this one").First.ShownAsync();
        await ada.GoAsync("Files");
        await ada.Row("letter.txt").GetByText("In conflict").ShownAsync();
        await ada.Row("letter.txt").GetByRole(AriaRole.Button).ClickAsync();
        await ada.GetByRole(AriaRole.Tab, new() { Name = "Versions" }).ClickAsync();
        await ada.GetByText("Other head").ShownAsync();
        Assert.Equal(2, await ada.Locator("circle[r='7'], circle[r='5']").EvaluateAllAsync<int>("all => new Set(all.map(c => c.getAttribute('cx'))).size"));
        await ada.GoAsync("Conflicts");
        await ada.Button("Take this one").First.ClickAsync();
        await ada.GetByText("No conflicts.").ShownAsync();
        await b.UntilAsync("no conflict", status => status.Volumes[0].Conflicts == 0);

        // An old version back, with what differs shown before.
        await ada.GoAsync("Files");
        await ada.Row("letter.txt").GetByRole(AriaRole.Button).ClickAsync();
        await ada.GetByRole(AriaRole.Tab, new() { Name = "Versions" }).ClickAsync();
        await ada.GetByRole(AriaRole.Option).Last.ClickAsync();
        await ada.Button("What changed").ClickAsync();
        await ada.Button("Restore").ClickAsync();
        await ada.GetByText("It is the current version again").ShownAsync();
        await UntilTextAsync(b, volume, "Dear Bob,\n");

        // Deleted, undone; deleted again, and brought back from the trash.
        await ada.Row("letter.txt").GetByRole(AriaRole.Checkbox).ClickAsync();
        await ada.Button("Delete").ClickAsync();
        await ada.Row("letter.txt").GoneAsync();
        await ada.Button("Undo").ClickAsync();
        await ada.Row("letter.txt").ShownAsync();
        await ada.Row("letter.txt").GetByRole(AriaRole.Checkbox).ClickAsync();
        await ada.Keyboard.PressAsync("Escape");
        await ada.Row("letter.txt").GetByRole(AriaRole.Checkbox).CheckAsync();
        await ada.Button("Delete").ClickAsync();
        await ada.Row("letter.txt").GoneAsync();
        await bob.GoAsync("Trash");
        await bob.Button("Bring back").ClickAsync();
        await ada.Row("letter.txt").ShownAsync();

        // Who did what, and who is there.
        await ada.GoAsync("Activity");
        await ada.GetByText("Bob on desktop").ShownAsync();
        await ada.GoAsync("Peers");
        await ada.GetByRole(AriaRole.Heading, new() { Name = "desktop" }).ShownAsync();
        await ada.GetByText("Online").ShownAsync();
        await bob.Context.CloseAsync();
        b.Kill();
        await ada.GetByText("Offline").ShownAsync();
        browser.RequireCalm();
    }

    [Fact]
    public async Task Names_tags_and_contents_are_never_a_part_of_the_page()
    {
        const string attack = "<img src=x onerror=alert(1)>";
        using var directories = new Directories();
        await using var a = await RunningNode.StartAsync(directories.Path("a"), "--no-mount");
        var volume = (await a.Client.CreateVolumeAsync(new CreateVolume("Letters", false), None)).Id;
        var source = directories.New("source");
        var script = $"<script>alert(2)</script>{attack}<svg onload=alert(3)>";
        string[] names = [$"{attack}.txt", "\"><script>alert(4)<&script>.md", "page.html", "drawing.svg", "javascript:alert(5).txt"];
        foreach (var name in names) await File.WriteAllTextAsync(Path.Combine(source, name), script);
        await a.Client.LinkAsync(new CreateLink(volume, "/", source, "keep", [], Force: false), None);
        await a.QuietAsync(5);
        await a.Client.AnnotateAsync(volume, new AnnotateRequest(["/page.html"]) { Set = [new FieldEdit("comment", script), new FieldEdit("title", attack), new FieldEdit("own", attack)], Add = [new FieldEdit("tags", attack)] }, None);
        await using var browser = await Browser.StartAsync();
        var page = await browser.OpenAsync(a);
        await page.GoAsync("Files");
        foreach (var name in names)
        {
            await page.Row(name).GetByRole(AriaRole.Button).ClickAsync();
            await page.GetByText("<script>alert(2)</script>").ShownAsync();
            await page.GetByRole(AriaRole.Tab, new() { Name = "Details" }).ClickAsync();
            await page.GetByText("Where it is").ShownAsync();
            await page.GetByRole(AriaRole.Tab, new() { Name = "Versions" }).ClickAsync();
            await page.GetByRole(AriaRole.Option).ShownAsync();
        }
        foreach (var place in new[] { "Activity", "Volumes", "Trash", "Search" }) await page.GoAsync(place);
        await page.GetByRole(AriaRole.Textbox, new() { Name = "Search" }).FillAsync("alert");
        await page.GetByText("matches").ShownAsync();
        Assert.Equal(0, await page.EvaluateAsync<int>("() => document.querySelectorAll('img[src=x], svg[onload], script:not([src])').length"));
        browser.RequireCalm();
    }

    [Fact]
    public async Task A_folder_of_very_many_entries_is_scrolled_and_walked_by_keys()
    {
        var many = TestSize.Of(20_000, 1_000_000);
        using var directories = new Directories();
        var source = directories.New("source");
        for (var i = 0; i < many; i++) await File.WriteAllTextAsync(Path.Combine(source, $"file {i:000000}.txt"), "");
        await using var a = await RunningNode.StartAsync(directories.Path("a"), "--no-mount", "--link", source);
        await a.QuietAsync(many);
        await using var browser = await Browser.StartAsync();
        var page = await browser.OpenAsync(a);
        await page.GoAsync("Files");
        await page.Row("file 000000.txt").ShownAsync();
        var grid = page.GetByRole(AriaRole.Grid);
        Assert.Equal($"{many}", await grid.GetAttributeAsync("aria-rowcount"));
        await grid.FocusAsync();
        await page.Keyboard.PressAsync("End");
        await page.Row($"file {many - 1:000000}.txt").ShownAsync();
        // Only what is seen is there.
        Assert.InRange(await page.GetByRole(AriaRole.Row).CountAsync(), 10, 150);
        await page.Keyboard.PressAsync("Shift+PageUp");
        Assert.True(await page.Locator("[role=row][aria-selected=true]").CountAsync() > 5);
        // Into the middle by the bar, and home again.
        await grid.EvaluateAsync("box => box.scrollTop = (box.scrollHeight - box.clientHeight) / 2");
        await page.Row($"file {many / 2:000000}.txt").ShownAsync();
        await page.Keyboard.PressAsync("Home");
        await page.Row("file 000000.txt").ShownAsync();
        // What comes elsewhere is seen here.
        await a.Client.WriteAsync((await a.Client.VolumesAsync(None))[0].Id, "/a new one.txt", new MemoryStream([1]), None);
        await page.Row("a new one.txt").ShownAsync();
        // Counting takes longer than the first page.
        await page.Locator($"[role=grid][aria-rowcount='{many + 1}']").ShownAsync();
        browser.RequireCalm();
    }

    private static async Task WriteAsync(RunningNode node, string volume, string text) =>
        await node.Client.WriteAsync(volume, "/letter.txt", new MemoryStream(System.Text.Encoding.UTF8.GetBytes(text)), None);

    private static Task UntilTextAsync(RunningNode node, string volume, string text) => node.UntilAsync($"'{text}'", _ =>
    {
        using var read = new StreamReader(node.Client.ReadAsync(volume, "/letter.txt", null, None).GetAwaiter().GetResult());
        return read.ReadToEnd() == text;
    });
}
