using Microsoft.Playwright;
using PeerDrive.Client.Contracts;
using PeerDrive.EndToEnd;

namespace PeerDrive.Browser;

/// <summary>How each view looks, in both themes and at three widths, and whether everybody can use it.</summary>
[Trait("speed", "slow")]
public sealed class LookTests
{
    private static readonly string[] Views = ["Files", "Search", "Conflicts", "Trash", "Activity", "Peers", "Jobs", "Volumes", "Rules", "Settings"];

    /// <summary>Where pictures go; null: none are taken.</summary>
    private static readonly string? Pictures = Environment.GetEnvironmentVariable("PEERDRIVE_SCREENSHOTS");

    [Fact]
    public async Task Every_view_fits_its_width_and_keeps_nobody_out()
    {
        using var directories = new Directories();
        await using var a = await RunningNode.StartAsync(directories.Path("a"), "--no-mount", "--name", "laptop", "--person", "Ada");
        await using var b = await RunningNode.StartAsync(directories.Path("b"), "--no-mount", "--name", "desktop", "--person", "Bob");
        await FillAsync(a, b, directories);
        await using var browser = await Browser.StartAsync();
        var faults = new List<string>();
        foreach (var colors in new[] { ColorScheme.Light, ColorScheme.Dark })
        {
            foreach (var (width, height) in new[] { (390, 780), (820, 1100), (1440, 900) })
            {
                var page = await browser.OpenAsync(a, width, height, colors);
                foreach (var view in Views)
                {
                    await page.GoAsync(view);
                    if (view == "Search") await page.GetByRole(AriaRole.Textbox, new() { Name = "Search" }).FillAsync("notes");
                    await LookAsync(page, $"{view.ToLowerInvariant()}-{colors.ToString().ToLowerInvariant()}-{width}", faults);
                }
                await page.GoAsync("Volumes");
                await page.GetByRole(AriaRole.Region, new() { Name = "Documents" }).GetByRole(AriaRole.Button, new() { Name = "Settings" }).ClickAsync();
                await page.GetByRole(AriaRole.Dialog).GetByText("Directories that show it").ShownAsync();
                await LookAsync(page, $"volume-settings-{colors.ToString().ToLowerInvariant()}-{width}", faults);
                await page.Keyboard.PressAsync("Escape");
                await page.GetByRole(AriaRole.Dialog).GoneAsync();
                await page.GoAsync("Files");
                await page.Row("notes.md").GetByRole(AriaRole.Button).ClickAsync();
                foreach (var tab in new[] { "Preview", "Versions", "Details" })
                {
                    await page.GetByRole(AriaRole.Tab, new() { Name = tab }).ClickAsync();
                    await LookAsync(page, $"file-{tab.ToLowerInvariant()}-{colors.ToString().ToLowerInvariant()}-{width}", faults);
                }
                await page.Context.CloseAsync();
            }
        }
        Assert.True(faults.Count == 0, string.Join('\n', faults));
        browser.RequireCalm();
    }

    [Fact]
    public async Task The_page_is_soon_ready()
    {
        using var directories = new Directories();
        await using var a = await RunningNode.StartAsync(directories.Path("a"), "--no-mount", "--link", directories.New("source"));
        await using var browser = await Browser.StartAsync();
        var page = await browser.OpenAsync(a);
        var times = new List<double>();
        for (var i = 0; i < 5; i++)
        {
            await page.ReloadAsync();
            await page.GetByRole(AriaRole.Heading, new() { Name = "Volumes" }).ShownAsync();
            times.Add(await page.EvaluateAsync<double>("() => performance.now()"));
        }
        // On a quiet machine it is a quarter of this; the figure itself is for who looks.
        Console.WriteLine($"ready after {string.Join(", ", times.Select(time => $"{time:0}"))} ms");
        Assert.True(times.Order().ElementAt(2) < 4_000, $"ready after {string.Join(", ", times)} ms");
    }

    private static async Task LookAsync(IPage page, string name, List<string> faults)
    {
        await page.WaitForLoadStateAsync(LoadState.DOMContentLoaded);
        await page.WaitForFunctionAsync("() => !document.querySelector('.mantine-Loader-root')");
        faults.AddRange((await page.BarriersAsync()).Select(barrier => $"{name}: {barrier}"));
        if (await page.EvaluateAsync<bool>("() => document.documentElement.scrollWidth > innerWidth + 1")) faults.Add($"{name}: wider than the window");
        if (Pictures is { } folder) await page.ScreenshotAsync(new() { Path = Path.Combine(Directory.CreateDirectory(folder).FullName, name + ".png") });
    }

    /// <summary>Two devices of two people with what people have: pictures, texts, a conflict, something in the trash, long names and such from right to left.</summary>
    private static async Task FillAsync(RunningNode a, RunningNode b, Directories directories)
    {
        var cancellation = CancellationToken.None;
        var source = directories.New("Documents");
        foreach (var file in new[] { "architecture.md", "glossary.md", "search.md" }) File.Copy(Path.Combine(RunningNode.Repository, "docs", file), Path.Combine(source, file));
        Directory.CreateDirectory(Path.Combine(source, "Taxes 2026"));
        Directory.CreateDirectory(Path.Combine(source, "صور العائلة"));
        await File.WriteAllTextAsync(Path.Combine(source, "notes.md"), "# Notes\n\nMilk, bread, the letter to Bob.\n", cancellation);
        await File.WriteAllTextAsync(Path.Combine(source, "מכתב לבוב.txt"), "שלום בוב", cancellation);
        await File.WriteAllTextAsync(Path.Combine(source, string.Concat(Enumerable.Repeat("A very long name that goes on and on ", 6)).Trim() + ".txt"), "long", cancellation);
        await File.WriteAllTextAsync(Path.Combine(source, "old.txt"), "to go", cancellation);
        File.Copy(Path.Combine(RunningNode.Repository, "web", "public", "icon.svg"), Path.Combine(source, "icon.svg"));
        var volume = (await a.Client.CreateVolumeAsync(new CreateVolume("Documents", false), cancellation)).Id;
        await a.Client.LinkAsync(new CreateLink(volume, "/", source, "keep", [], Force: false), cancellation);
        await a.QuietAsync(8);
        await b.Client.JoinAsync(new JoinRequest(await a.InviteAsync(), null, "keep"), cancellation);
        await b.UntilAsync("all files", status => status.Volumes is [{ Files: 8, MissingContents: 0, DevicesCompared: > 0 }]);
        await a.Client.AnnotateAsync(volume, new AnnotateRequest(["/notes.md"]) { Add = [new FieldEdit("tags", "home"), new FieldEdit("tags", "todo")], Set = [new FieldEdit("rating", "4"), new FieldEdit("comment", "For the weekend")] }, cancellation);
        await a.Client.PauseAsync(new PauseRequest(null), cancellation);
        foreach (var (node, text) in new[] { (a, "# Notes\n\nMilk, bread, cheese.\n"), (b, "# Notes\n\nThe letter to Bob is sent.\n") })
            await node.Client.WriteAsync(volume, "/notes.md", new MemoryStream(System.Text.Encoding.UTF8.GetBytes(text)), cancellation);
        await a.Client.ResumeAsync(new PauseRequest(null), cancellation);
        foreach (var node in new[] { a, b }) await node.UntilAsync("a conflict", status => status.Volumes is [{ Conflicts: 1, MissingContents: 0 }]);
        await b.Client.DeleteAsync(volume, "/old.txt", cancellation);
        await a.UntilAsync("one file less", status => status.Volumes is [{ Files: 7 }]);
        var backup = (await a.Client.CreateVolumeAsync(new CreateVolume("Backup", false), cancellation)).Id;
        await a.Client.AddRuleAsync(new RuleRequest(volume, "/", backup, "/", "one-way", "fast-forward", false) { Except = ["*.tmp"] }, cancellation);
        await a.Client.LimitAsync(new LimitRequest(null, 500_000, null, "08:00", "18:00", null), cancellation);
        await a.Client.SaveQueryAsync(volume, new SaveQuery("To do", "tag:todo"), cancellation);
        await a.Client.OfferAsync(new CreateOffer(directories.New("Films"), volume, null), cancellation);
        await a.Client.SetRetentionAsync(volume, new RetentionRequest("versions 10 hold 30d"), cancellation);
        await a.UntilAsync("the rule", status => status.Volumes.Any(known => known is { Name: "Backup", Files: > 6 }));
    }
}
