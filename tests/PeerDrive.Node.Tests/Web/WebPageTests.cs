using Microsoft.AspNetCore.Http;
using PeerDrive.Model.Errors;
using PeerDrive.Node.Web;

namespace PeerDrive.Node.Tests.Web;

/// <summary>What of the disk a browser gets: the files of the page, and nothing else.</summary>
public sealed class WebPageTests : IDisposable
{
    private readonly DirectoryInfo root = Directory.CreateTempSubdirectory("peerdrive-page-");
    private readonly WebPage page;

    public WebPageTests()
    {
        Directory.CreateDirectory(Path.Combine(root.FullName, "web", "assets"));
        File.WriteAllText(Path.Combine(root.FullName, "web", "index.html"), "<meta content=\"NONCE-OF-THIS-ANSWER\">the page");
        File.WriteAllText(Path.Combine(root.FullName, "web", "assets", "a-1.js"), "script");
        File.WriteAllText(Path.Combine(root.FullName, "secret.txt"), "secret");
        page = new WebPage(Path.Combine(root.FullName, "web"));
    }

    public void Dispose() => root.Delete(recursive: true);

    [Fact]
    public async Task Each_answer_has_a_nonce_of_its_own_and_allows_nothing_from_elsewhere()
    {
        var (first, text) = await GetAsync("/");
        var (second, _) = await GetAsync("/files/x/deep/path");
        string policy = first.Headers.ContentSecurityPolicy!, other = second.Headers.ContentSecurityPolicy!;
        Assert.NotEqual(policy, other);
        Assert.Contains("default-src 'none'; script-src 'self';", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        var nonce = text.Split('"')[1];
        Assert.Contains($"'nonce-{nonce}'", policy, StringComparison.Ordinal);
        Assert.Equal("DENY", first.Headers.XFrameOptions);
        var (script, content) = await GetAsync("/assets/a-1.js");
        Assert.Equal(("script", "text/javascript; charset=utf-8"), (content, script.ContentType));
    }

    [Theory]
    [InlineData("/../secret.txt")]
    [InlineData("/assets/../../secret.txt")]
    [InlineData("/%2e%2e/secret.txt")]
    [InlineData("/..%2fsecret.txt")]
    [InlineData("//etc/passwd")]
    [InlineData("/assets\\..\\..\\secret.txt")]
    public async Task No_path_leads_out_of_the_page(string path)
    {
        var text = "";
        try
        {
            (_, text) = await GetAsync(path);
        }
        catch (PeerDriveException e)
        {
            Assert.Equal(ErrorKind.NotFound, e.Kind);
        }
        Assert.DoesNotContain("secret", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_script_that_is_gone_is_not_the_page() => Assert.Equal(ErrorKind.NotFound, (await Assert.ThrowsAsync<PeerDriveException>(() => GetAsync("/assets/a-2.js"))).Kind);

    [Fact]
    public async Task A_program_without_its_page_says_so() => Assert.Equal(
        ErrorKind.Unsupported, (await Assert.ThrowsAsync<PeerDriveException>(() => new WebPage(Path.Combine(root.FullName, "none")).AnswerAsync(new DefaultHttpContext { Request = { Method = "GET", Path = "/" } }))).Kind);

    private async Task<(HttpResponse Response, string Text)> GetAsync(string path)
    {
        var http = new DefaultHttpContext { Request = { Method = "GET", Path = path } };
        using var body = new MemoryStream();
        http.Response.Body = body;
        await page.AnswerAsync(http);
        return (http.Response, System.Text.Encoding.UTF8.GetString(body.ToArray()));
    }
}
