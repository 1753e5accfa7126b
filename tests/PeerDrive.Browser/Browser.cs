using Microsoft.Playwright;
using PeerDrive.EndToEnd;

namespace PeerDrive.Browser;

/// <summary>Chromium, and pages of nodes in it. What a page complains of, or asks of elsewhere, fails the test.</summary>
internal sealed class Browser : IAsyncDisposable
{
    private static readonly string[] Programs = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

    private readonly IPlaywright playwright;
    private readonly IBrowser browser;
    private readonly List<string> complaints = [];

    private Browser(IPlaywright playwright, IBrowser browser)
    {
        this.playwright = playwright;
        this.browser = browser;
    }

    public static async Task<Browser> StartAsync()
    {
        var program = Programs.FirstOrDefault(File.Exists) ?? throw new InvalidOperationException("The tests of the page need Chromium: apt-get install chromium");
        var playwright = await Playwright.CreateAsync();
        return new Browser(playwright, await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions { ExecutablePath = program, Args = ["--no-sandbox"] }));
    }

    /// <summary>A node's page, logged in as by <c>peerdrive open</c>.</summary>
    public async Task<IPage> OpenAsync(RunningNode node, int width = 1280, int height = 800, ColorScheme colors = ColorScheme.Light)
    {
        var place = await node.Client.PageAsync(CancellationToken.None);
        var context = await browser.NewContextAsync(new BrowserNewContextOptions { ViewportSize = new ViewportSize { Width = width, Height = height }, ColorScheme = colors, ReducedMotion = ReducedMotion.Reduce });
        context.SetDefaultTimeout(60_000);
        var page = await context.NewPageAsync();
        page.Console += (_, message) =>
        {
            // A refusal of the node is shown to the person, and the console notes it besides.
            if (message.Type is "error" or "warning" && !message.Text.StartsWith("Failed to load resource: the server responded with a status of 4", StringComparison.Ordinal)) Note(message.Text);
        };
        page.PageError += (_, error) => Note(error);
        page.Dialog += (_, dialog) => Note($"a dialog: {dialog.Message}");
        page.Request += (_, request) =>
        {
            if (!request.Url.StartsWith(place.Address, StringComparison.Ordinal) && !request.Url.StartsWith("data:", StringComparison.Ordinal) && !request.Url.StartsWith("blob:", StringComparison.Ordinal)) Note($"asked of elsewhere: {request.Url}");
        };
        await page.GotoAsync(place.LogIn);
        await page.GetByRole(AriaRole.Navigation, new() { Name = "Main" }).WaitForAsync(new() { State = WaitForSelectorState.Attached });
        return page;
    }

    /// <summary>Nothing was complained of so far.</summary>
    public void RequireCalm()
    {
        lock (complaints) Assert.Empty(complaints);
    }

    public async ValueTask DisposeAsync()
    {
        await browser.DisposeAsync();
        playwright.Dispose();
    }

    private void Note(string complaint)
    {
        lock (complaints) complaints.Add(complaint);
    }
}
