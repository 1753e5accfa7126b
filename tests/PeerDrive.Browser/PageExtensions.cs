using System.Text.Json;
using Microsoft.Playwright;
using PeerDrive.EndToEnd;

namespace PeerDrive.Browser;

/// <summary>What a person does on a page.</summary>
internal static class PageExtensions
{
    private static readonly string Axe = File.ReadAllText(Path.Combine(RunningNode.Repository, "web", "node_modules", "axe-core", "axe.min.js"));

    public static ILocator Button(this IPage page, string name) => page.GetByRole(AriaRole.Button, new() { Name = name, Exact = true });

    public static ILocator Row(this IPage page, string name) => page.GetByRole(AriaRole.Row).Filter(new() { Has = page.GetByRole(AriaRole.Button, new() { Name = name, Exact = true }) });

    /// <summary>Goes somewhere by the navigation, on a narrow page by its menu.</summary>
    public static async Task GoAsync(this IPage page, string place)
    {
        var menu = page.GetByRole(AriaRole.Button, new() { Name = "Menu", Exact = true });
        if (await menu.IsVisibleAsync()) await menu.ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = place }).First.ClickAsync();
    }

    public static Task ShownAsync(this ILocator locator) => locator.First.WaitForAsync();

    public static Task GoneAsync(this ILocator locator) => locator.WaitForAsync(new() { State = WaitForSelectorState.Hidden });

    /// <summary>What keeps people with other eyes, hands or programs from using the page, as axe finds it; one line each.</summary>
    public static async Task<IReadOnlyList<string>> BarriersAsync(this IPage page)
    {
        await page.EvaluateAsync(Axe);
        var found = await page.EvaluateAsync<JsonElement>("() => axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] }).then(result => result.violations.map(v => `${v.id}: ${v.nodes.map(n => n.html.slice(0, 160)).join(' | ')}`))");
        return [.. found.EnumerateArray().Select(line => line.GetString()!)];
    }
}
