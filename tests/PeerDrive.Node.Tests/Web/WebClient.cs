using System.Net;
using System.Net.Http.Json;
using PeerDrive.Client;
using PeerDrive.Client.Contracts;

namespace PeerDrive.Node.Tests.Web;

/// <summary>Requests to a node over TCP, as a browser or a program makes them.</summary>
internal sealed class WebClient : IDisposable
{
    private readonly HttpClient http;

    public WebClient(TestNode node)
    {
        Address = new Uri(node.Node.PageAddress!);
        http = new HttpClient(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false }) { BaseAddress = Address };
    }

    public Uri Address { get; }

    public string? Cookie { get; private set; }

    public string? RequestToken { get; private set; }

    public static string TokenOf(TestNode node) => File.ReadAllText(Path.Combine(node.Home, "api-token")).Trim();

    /// <summary>Logs in as the page does, and keeps the cookie.</summary>
    public async Task LogInAsync(string secret)
    {
        using var response = await SendAsync(HttpMethod.Post, "api/v1/session", JsonContent.Create(new SessionRequest(secret)));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Cookie = Assert.Single(response.Headers.GetValues("Set-Cookie"));
        RequestToken = (await response.Content.ReadFromJsonAsync<SessionStatus>(PeerDriveClient.Json))!.RequestToken;
    }

    public async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, HttpContent? body = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body };
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        if (Cookie is { } cookie) request.Headers.TryAddWithoutValidation("Cookie", cookie.Split(';')[0]);
        return await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

    public async Task<HttpStatusCode> StatusAsync(HttpMethod method, string path, HttpContent? body = null, params (string Name, string Value)[] headers)
    {
        using var response = await SendAsync(method, path, body, headers);
        return response.StatusCode;
    }

    public void Dispose() => http.Dispose();
}
