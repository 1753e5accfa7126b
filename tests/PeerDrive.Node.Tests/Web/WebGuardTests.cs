using System.Net;
using System.Net.Http.Json;
using PeerDrive.Client.Contracts;
using PeerDrive.Model.Errors;
using PeerDrive.Node.Web;
using PeerDrive.Testing;

namespace PeerDrive.Node.Tests.Web;

/// <summary>Who may use the API over TCP, and who may not.</summary>
public sealed class WebGuardTests
{
    private const string Status = "api/v1/status", Volumes = "api/v1/volumes", Page = "api/v1/page";

    [Fact]
    public async Task Nobody_is_let_in_without_a_login_and_a_program_is_by_the_token_that_only_its_user_can_read()
    {
        await using var node = await TestNode.StartAsync();
        using var web = new WebClient(node);
        Assert.Equal(HttpStatusCode.Unauthorized, await web.StatusAsync(HttpMethod.Get, Status));
        Assert.Equal(HttpStatusCode.Unauthorized, await web.StatusAsync(HttpMethod.Post, Page, JsonContent.Create(new { })));
        Assert.Equal(HttpStatusCode.Unauthorized, await web.StatusAsync(HttpMethod.Get, Status, null, ("Authorization", "Bearer " + new string('x', 43))));
        Assert.Equal(HttpStatusCode.Unauthorized, await web.StatusAsync(HttpMethod.Get, Status, null, ("Authorization", "Basic " + WebClient.TokenOf(node))));
        Assert.Equal(HttpStatusCode.OK, await web.StatusAsync(HttpMethod.Get, Status, null, ("Authorization", "Bearer " + WebClient.TokenOf(node))));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(node.Home, WebToken.FileName)));
    }

    [Fact]
    public async Task Guessing_ends_after_a_few_attempts_and_does_not_keep_out_who_has_the_token()
    {
        await using var node = await TestNode.StartAsync();
        using var web = new WebClient(node);
        var answers = new List<HttpStatusCode>();
        for (var i = 0; i < WebLogins.MaxAttempts + 3; i++) answers.Add(await web.StatusAsync(HttpMethod.Post, "api/v1/session", JsonContent.Create(new SessionRequest($"guess {i}"))));
        Assert.Equal(WebLogins.MaxAttempts, answers.Count(answer => answer == HttpStatusCode.Forbidden));
        Assert.Equal(3, answers.Count(answer => (int)answer == ErrorKind.Busy.Codes().Http));
        Assert.Equal((HttpStatusCode)ErrorKind.Busy.Codes().Http, await web.StatusAsync(HttpMethod.Get, Status, null, ("Authorization", "Bearer wrong")));
        Assert.Equal(HttpStatusCode.OK, await web.StatusAsync(HttpMethod.Get, Status, null, ("Authorization", "Bearer " + WebClient.TokenOf(node))));
    }

    [Fact]
    public async Task A_code_begins_one_session_and_its_cookie_alone_changes_nothing()
    {
        await using var node = await TestNode.StartAsync();
        using var web = new WebClient(node);
        var place = await node.Client.PageAsync(default);
        Assert.Equal(web.Address.ToString(), place.Address);
        var code = place.LogIn[(place.LogIn.IndexOf("#code=", StringComparison.Ordinal) + 6)..];
        await web.LogInAsync(code);
        foreach (var part in new[] { "httponly", "samesite=strict", "path=/" }) Assert.Contains(part, web.Cookie, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("domain", web.Cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(HttpStatusCode.OK, await web.StatusAsync(HttpMethod.Get, Status));
        using (var other = new WebClient(node)) Assert.Equal(HttpStatusCode.Forbidden, await other.StatusAsync(HttpMethod.Post, "api/v1/session", JsonContent.Create(new SessionRequest(code))));

        // What another site could make the browser send lacks what only the page knows.
        var body = new CreateVolume("Photos", false);
        Assert.Equal(HttpStatusCode.Forbidden, await web.StatusAsync(HttpMethod.Post, Volumes, JsonContent.Create(body)));
        Assert.Equal(HttpStatusCode.Forbidden, await web.StatusAsync(HttpMethod.Post, Volumes, JsonContent.Create(body), (WebGuard.RequestHeader, "guess")));
        Assert.Empty(await node.Client.VolumesAsync(default));
        Assert.Equal(HttpStatusCode.OK, await web.StatusAsync(HttpMethod.Post, Volumes, JsonContent.Create(body), (WebGuard.RequestHeader, web.RequestToken!)));
        Assert.Single(await node.Client.VolumesAsync(default));

        Assert.Equal(HttpStatusCode.NoContent, await web.StatusAsync(HttpMethod.Delete, "api/v1/session", null, (WebGuard.RequestHeader, web.RequestToken!)));
        Assert.Equal(HttpStatusCode.Unauthorized, await web.StatusAsync(HttpMethod.Get, Status));
    }

    [Theory]
    [InlineData("Host", "evil.example")]
    [InlineData("Host", "127.0.0.1.evil.example:80")]
    [InlineData("Host", "127.0.0.1")]
    [InlineData("Origin", "http://evil.example")]
    [InlineData("Origin", "null")]
    [InlineData("Origin", "http://localhost")]
    [InlineData("Sec-Fetch-Site", "cross-site")]
    [InlineData("Sec-Fetch-Site", "same-site")]
    public async Task Another_name_or_another_page_is_refused_even_with_the_token(string header, string value)
    {
        await using var node = await TestNode.StartAsync();
        using var web = new WebClient(node);
        var token = ("Authorization", "Bearer " + WebClient.TokenOf(node));
        Assert.Equal(HttpStatusCode.Forbidden, await web.StatusAsync(HttpMethod.Get, Status, null, token, (header, value)));
        Assert.Equal(HttpStatusCode.Forbidden, await web.StatusAsync(HttpMethod.Post, Volumes, JsonContent.Create(new CreateVolume("Photos", false)), token, (header, value)));
        Assert.Empty(await node.Client.VolumesAsync(default));
    }

    [Fact]
    public async Task A_session_outlives_a_restart_and_nobody_can_write_one()
    {
        var root = Directory.CreateTempSubdirectory("peerdrive-node-");
        var home = Path.Combine(root.FullName, "home");
        string cookie;
        await using (var node = await TestNode.StartAsync(home: home))
        {
            using var web = new WebClient(node);
            await web.LogInAsync(WebClient.TokenOf(node));
            cookie = web.Cookie!.Split(';')[0];
        }
        await using (var node = await TestNode.StartAsync(home: home))
        {
            using var web = new WebClient(node);
            Assert.Equal(HttpStatusCode.OK, await web.StatusAsync(HttpMethod.Get, Status, null, ("Cookie", cookie)));
            var later = cookie.Replace("=", "=9", StringComparison.Ordinal);
            foreach (var forged in new[] { later, cookie[..^1], cookie + "x", cookie.Split('=')[0] + "=", cookie.Split('=')[0] + "=1.2.3", cookie.Split('=')[0] + "=" + new string('9', 5_000) })
                Assert.Equal(HttpStatusCode.Unauthorized, await web.StatusAsync(HttpMethod.Get, Status, null, ("Cookie", forged)));
            // A new token ends all sessions.
            File.Delete(Path.Combine(home, WebToken.FileName));
        }
        await using (var node = await TestNode.StartAsync(home: home))
        {
            using var web = new WebClient(node);
            Assert.Equal(HttpStatusCode.Unauthorized, await web.StatusAsync(HttpMethod.Get, Status, null, ("Cookie", cookie)));
        }
        root.Delete(recursive: true);
    }

    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("192.168.1.5:80")]
    [InlineData("[::]:8080")]
    [InlineData("example.com")]
    [InlineData("70000")]
    [InlineData("-1")]
    public void Beyond_this_device_nothing_is_served(string place) =>
        Assert.Equal(ErrorKind.Invalid, Assert.Throws<PeerDriveException>(() => WebEndPoint.Parse(place)).Kind);

    [Fact]
    public void Of_many_nodes_that_begin_at_once_each_gets_a_port_of_its_own()
    {
        var place = WebEndPoint.Parse(null)!;
        var sockets = new System.Net.Sockets.Socket?[64];
        Parallel.For(0, sockets.Length, i => sockets[i] = place.Bind(0).Socket);
        Assert.Equal(sockets.Length, sockets.Select(socket => socket?.LocalEndPoint).Distinct().Count());
        foreach (var socket in sockets) socket?.Dispose();
    }

    [Fact]
    public async Task Without_a_page_there_is_no_way_in_over_TCP()
    {
        await using var node = await TestNode.StartAsync(change: options => options with { Web = "off" });
        Assert.Null(node.Node.PageAddress);
        Assert.Equal(nameof(ErrorKind.NotFound), (await TestNode.ProblemAsync(() => node.Client.PageAsync(default))).Kind);
    }

    [Fact]
    public void A_code_is_good_for_two_minutes()
    {
        var time = new ManualTimeProvider();
        var logins = new WebLogins(WebLogins.NewSecret(), null, time);
        var (early, late) = (logins.NewCode(), logins.NewCode());
        time.Advance(WebLogins.CodeLife - TimeSpan.FromSeconds(1));
        var session = logins.LogIn(early);
        time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(ErrorKind.Forbidden, Assert.Throws<PeerDriveException>(() => logins.LogIn(late)).Kind);
        Assert.NotNull(logins.Find(session.Cookie));
        time.Advance(WebLogins.SessionLife);
        Assert.Null(logins.Find(session.Cookie));
    }
}
