using System.Net.Sockets;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using PeerDrive.Model.Errors;
using PeerDrive.Node.Api;

namespace PeerDrive.Node.Web;

/// <summary>
/// What a request over TCP has to pass: it names this device as its host, so no other name leads here; it comes from no other page; and
/// who asks the API is known. A request over the node's socket passes: the socket lets only this user in.
/// </summary>
/// <param name="isNamed">Whether other devices know this one by a name.</param>
internal sealed class WebGuard(WebLogins logins, string cookieName, string sessionPath, Func<string, bool> isNamed)
{
    public const string RequestHeader = "X-PeerDrive-Request";

    private const int HttpsPort = 443;
    private const string ApiPath = "/api";

    /// <summary>Names under which this device knows itself, and no other.</summary>
    private static readonly string[] OwnHosts = ["127.0.0.1", "localhost", "[::1]"];

    /// <exception cref="PeerDriveException">Forbidden: nobody known, or by way of another page. Busy: too many wrong attempts.</exception>
    public void Require(HttpContext http)
    {
        SetHeaders(http);
        if (IsLocal(http)) return;
        var request = http.Request;
        if (!IsOwnHost(request.Host, http.Connection.LocalPort, http.Connection.LocalIpAddress?.ToString())) throw new PeerDriveException(ErrorKind.Forbidden, $"This node is not '{request.Host}'. Open its page with: peerdrive open");
        if (!request.Path.StartsWithSegments(ApiPath)) return;
        if (IsElsewhere(request)) throw new PeerDriveException(ErrorKind.Forbidden, "Another page asks; only the node's own page may.");
        if (request.Path == sessionPath && HttpMethods.IsPost(request.Method)) return;
        var authorization = request.Headers.Authorization.ToString();
        if (authorization.StartsWith("Bearer ", StringComparison.Ordinal) && logins.IsProgram(authorization["Bearer ".Length..].Trim())) return;
        var session = request.Cookies[cookieName] is { } cookie ? logins.Find(cookie) : null;
        if (session is null || authorization.Length > 0) throw new WebLoginRequiredException();
        if (!HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method) && !WebLogins.IsSame(request.Headers[RequestHeader].ToString(), session.RequestToken))
            throw new PeerDriveException(ErrorKind.Forbidden, $"The request lacks the {RequestHeader} of its session.");
        http.Features.Set(session);
    }

    /// <summary>Gives the browser its session, or takes it.</summary>
    public void SetCookie(HttpContext http, WebSession? session) => http.Response.Cookies.Append(cookieName, session?.Cookie ?? "", new CookieOptions
    {
        HttpOnly = true, Secure = http.Request.IsHttps, SameSite = SameSiteMode.Strict, Path = "/", Expires = session?.Until ?? DateTimeOffset.UnixEpoch,
    });

    /// <summary>What keeps a browser safe, whatever the answer; one that may be kept says so itself.</summary>
    public static void SetHeaders(HttpContext http)
    {
        if (IsLocal(http)) return;
        var headers = http.Response.Headers;
        headers.CacheControl = "no-store";
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "SAMEORIGIN";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
    }

    /// <summary>Whether it came through the node's socket.</summary>
    private static bool IsLocal(HttpContext http) => http.Features.Get<IConnectionSocketFeature>()?.Socket.AddressFamily == AddressFamily.Unix;

    private bool IsOwnHost(HostString host, int port, string? address) =>
        (host.Port ?? HttpsPort) == port && (isNamed(host.Host) || OwnHosts.Contains(host.Host, StringComparer.OrdinalIgnoreCase) || host.Host.Trim('[', ']') == address);

    private static bool IsElsewhere(HttpRequest request)
    {
        var origin = request.Headers.Origin.ToString();
        if (origin.Length > 0 && origin != $"{request.Scheme}://{request.Host}") return true;
        return request.Headers["Sec-Fetch-Site"].ToString() is not ("" or "same-origin" or "none");
    }
}
