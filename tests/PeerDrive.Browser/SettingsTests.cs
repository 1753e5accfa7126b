using Microsoft.Playwright;
using PeerDrive.Client.Contracts;
using PeerDrive.EndToEnd;

namespace PeerDrive.Browser;

/// <summary>What else would need a terminal: rules, settings of volumes and of the node, saved searches, columns.</summary>
[Trait("speed", "slow")]
public sealed class SettingsTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    [Fact]
    public async Task Rules_retention_limits_and_searches_are_set_by_mouse()
    {
        using var directories = new Directories();
        await using var a = await RunningNode.StartAsync(directories.Path("a"), "--no-mount", "--name", "laptop", "--person", "Ada");
        var letters = (await a.Client.CreateVolumeAsync(new CreateVolume("Letters", false), None)).Id;
        await a.Client.CreateVolumeAsync(new CreateVolume("Safe", false), None);
        await a.Client.WriteAsync(letters, "/notes.md", new MemoryStream("""
            # The plan
            - first
            - second [run](javascript:alert(1)) <b onclick="alert(2)">html</b>

            ![far](https://evil.example/x.png) ![near](icon.png)
            """u8.ToArray()), None);
        await a.Client.WriteAsync(letters, "/code.cs", new MemoryStream("return 42; // done"u8.ToArray()), None);
        await a.Client.AnnotateAsync(letters, new AnnotateRequest(["/notes.md"]) { Add = [new FieldEdit("tags", "todo")] }, None);
        await using var browser = await Browser.StartAsync();
        var page = await browser.OpenAsync(a);

        await page.GoAsync("Rules");
        await page.GetByText("There are no rules.").ShownAsync();
        await page.Button("New rule").ClickAsync();
        foreach (var (label, volume) in new[] { ("From", "Letters"), ("To", "Safe") })
        {
            await page.GetByRole(AriaRole.Combobox, new() { Name = label, Exact = true }).Or(page.GetByRole(AriaRole.Textbox, new() { Name = label, Exact = true })).ClickAsync();
            await page.GetByRole(AriaRole.Option, new() { Name = volume }).ClickAsync();
        }
        await page.Button("Create").ClickAsync();
        await page.GetByText("In step").ShownAsync();
        await a.UntilAsync("the backup", status => status.Volumes.Single(volume => volume.Name == "Safe").Files == 2);
        await page.Button("Pause").ClickAsync();
        await page.GetByText("Paused", new() { Exact = true }).ShownAsync();

        await page.GoAsync("Volumes");
        await page.GetByRole(AriaRole.Region, new() { Name = "Letters" }).GetByRole(AriaRole.Button, new() { Name = "Settings" }).ClickAsync();
        var dialog = page.GetByRole(AriaRole.Dialog);
        await dialog.GetByLabel("The rule").FillAsync("versions 3 hold none");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Apply" }).Last.ClickAsync();
        await dialog.GetByText("What would go now?").ClickAsync();
        await dialog.GetByText("Nothing goes now.").ShownAsync();
        Assert.Equal("versions 3 hold none", (await a.Client.RetentionAsync(letters, None)).Rule);
        await dialog.GetByLabel("The rule").FillAsync("as much as you like");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Apply" }).Last.ClickAsync();
        await page.GetByText("That did not work").ShownAsync();
        Assert.Equal("versions 3 hold none", (await a.Client.RetentionAsync(letters, None)).Rule);
        await page.Keyboard.PressAsync("Escape");
        await dialog.GoneAsync();

        await page.GoAsync("Settings");
        await page.GetByLabel("Send, KiB/s").FillAsync("500");
        await page.Button("Set").ClickAsync();
        await page.GetByText("512 KB/s").ShownAsync();
        Assert.Equal(512_000, Assert.Single((await a.Client.LimitsAsync(None)).Limits).Up);
        await page.Button("Remove all limits").ClickAsync();
        await page.GetByText("There are no limits.").ShownAsync();

        await page.GoAsync("Search");
        await page.GetByRole(AriaRole.Textbox, new() { Name = "Search" }).FillAsync("tag:todo");
        // In both volumes, as the rule brought it along.
        await page.GetByText("Texts 2").ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "notes.md" }).ShownAsync();
        Assert.Equal("tag:todo type:text", await page.GetByRole(AriaRole.Textbox, new() { Name = "Search" }).InputValueAsync());
        await page.Button("Save this search").ClickAsync();
        await page.GetByRole(AriaRole.Dialog).GetByLabel("Name").FillAsync("To do");
        await page.Button("Save").ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { NameRegex = new("^To do") }).ShownAsync();
        Assert.Equal("tag:todo type:text", Assert.Single(await a.Client.SavedQueriesAsync([], None)).Query);

        // Who asks for files before the node has told of its volumes gets those of the first.
        await page.GotoAsync($"{new Uri(page.Url).GetLeftPart(UriPartial.Authority)}/files");
        await page.Row("notes.md").ShownAsync();
        Assert.Contains($"/files/{letters}", page.Url, StringComparison.Ordinal);
        await page.GotoAsync($"{new Uri(page.Url).GetLeftPart(UriPartial.Authority)}/files/{letters}/");
        await page.Button("Columns").ClickAsync();
        await page.GetByRole(AriaRole.Checkbox, new() { Name = "tags" }).CheckAsync();
        await page.Keyboard.PressAsync("Escape");
        await page.Row("notes.md").GetByText("todo").ShownAsync();
        await page.GetByLabel("Filter names").FillAsync("NOTE");
        await page.Row("code.cs").GoneAsync();
        await page.ReloadAsync();
        await page.Button("Sort by tags").ShownAsync();

        // Markdown is drawn; what stands in it does nothing, and nothing is fetched from elsewhere.
        await page.Row("notes.md").GetByRole(AriaRole.Button).ClickAsync();
        await page.GetByRole(AriaRole.Heading, new() { Name = "The plan" }).ShownAsync();
        await page.GetByText("<b onclick=").ShownAsync();
        Assert.Equal(0, await page.Locator("a[href^='javascript'], img[src*=evil], [onclick]").CountAsync());
        Assert.Contains("/content?path=%2Ficon.png", await page.GetByRole(AriaRole.Img, new() { Name = "near" }).GetAttributeAsync("src"), StringComparison.Ordinal);
        await page.Row("code.cs").GetByRole(AriaRole.Button).ClickAsync();
        await page.Locator("pre .hljs-comment").ShownAsync();
        await page.GetByRole(AriaRole.Tab, new() { Name = "Details" }).ClickAsync();
        await page.GetByLabel("Name of the field").FillAsync("project");
        await page.GetByLabel("Value").FillAsync("Apollo");
        await page.Button("Add a field").ClickAsync();
        await page.GetByLabel("project", new() { Exact = true }).ShownAsync();
        Assert.Contains((await a.Client.FieldsAsync(letters, "/code.cs", null, None)).Fields, field => field is { Name: "project", Text: "Apollo" });

        // The rule has put it into the other volume, and here it gets a second place there, which is kept in step.
        await page.GetByRole(AriaRole.Link, new() { Name = "Safe:/code.cs" }).ShownAsync();
        await page.Button("Put into another volume…").ClickAsync();
        await dialog.GetByLabel("Folder").FillAsync("/no/where.cs");
        await page.Button("Put there").ClickAsync();
        await page.GetByText("That did not work").First.ShownAsync();
        await dialog.GetByLabel("Folder").FillAsync("/kept.cs");
        await dialog.GetByRole(AriaRole.Checkbox).CheckAsync();
        await page.Button("Put there").ClickAsync();
        await page.GetByText("It is Safe:/kept.cs too").ShownAsync();
        await a.Client.WriteAsync(letters, "/code.cs", new MemoryStream("return 43;"u8.ToArray()), None);
        await a.UntilAsync("both to be in step", _ => a.Client.ListAsync("Safe", "/kept.cs", false, None).GetAwaiter().GetResult()[0].Size == 10);
        Assert.Contains(await a.Client.RulesAsync(None), rule => rule is { SourcePath: "/code.cs", TargetPath: "/kept.cs" });

        // A session that ended says so at once.
        await a.Client.SetPasswordAsync(new PasswordRequest("correct horse battery"), None);
        await page.GetByText("This page belongs to one person").ShownAsync();
        await page.GetByLabel("Token").FillAsync("correct horse battery");
        await page.Button("Log in").ClickAsync();
        await page.Row("code.cs").ShownAsync();
    }

    [Fact]
    public async Task A_large_file_goes_up_in_pieces_and_goes_on_after_the_page_was_loaded_anew()
    {
        using var directories = new Directories();
        await using var a = await RunningNode.StartAsync(directories.Path("a"), "--no-mount");
        var volume = (await a.Client.CreateVolumeAsync(new CreateVolume("Films", false), None)).Id;
        var film = Path.Combine(directories.New("source"), "film.bin");
        var bytes = new byte[40 << 20];
        new Random(3).NextBytes(bytes);
        await File.WriteAllBytesAsync(film, bytes);
        await using var browser = await Browser.StartAsync();
        var page = await browser.OpenAsync(a);
        await page.GoAsync("Files");
        // The first attempt is cut off after a part; the page is left before it tries again.
        var cut = 0;
        await page.RouteAsync("**/api/v1/uploads/*", async route =>
        {
            if (route.Request.Method == "PATCH" && Interlocked.Increment(ref cut) == 1) await route.AbortAsync("connectionreset");
            else if (cut == 1) await route.AbortAsync("connectionrefused");
            else await route.ContinueAsync();
        });
        var begun = page.WaitForResponseAsync(response => response.Request.Method == "POST" && response.Url.EndsWith("/uploads", StringComparison.Ordinal));
        await page.GetByTestId("upload").SetInputFilesAsync(film);
        await begun;
        await page.ReloadAsync();
        await page.UnrouteAllAsync();
        await page.GoAsync("Files");
        var resumed = page.WaitForRequestAsync(request => request.Method == "HEAD" && request.Url.Contains("/uploads/", StringComparison.Ordinal));
        await page.GetByTestId("upload").SetInputFilesAsync(film);
        await resumed;
        await page.Row("film.bin").ShownAsync();
        using var back = new MemoryStream();
        await using (var read = await a.Client.ReadAsync(volume, "/film.bin", null, None)) await read.CopyToAsync(back);
        Assert.Equal(bytes, back.ToArray());
        Assert.Single(await a.Client.LogAsync(volume, "/film.bin", None));
    }
}
