using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using PeerDrive.Model.Errors;

namespace PeerDrive.Node.Web;

/// <summary>The files of the web page, as they lay beside the program when the node started; nothing else can be asked for.</summary>
internal sealed class WebPage
{
    private const string StartFile = "index.html", NoncePlace = "NONCE-OF-THIS-ANSWER";

    private static readonly FrozenDictionary<string, string> Types = new Dictionary<string, string>
    {
        [".html"] = "text/html; charset=utf-8", [".js"] = "text/javascript; charset=utf-8", [".css"] = "text/css; charset=utf-8", [".svg"] = "image/svg+xml",
        [".png"] = "image/png", [".woff2"] = "font/woff2", [".json"] = "application/json", [".webmanifest"] = "application/manifest+json", [".txt"] = "text/plain; charset=utf-8",
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    private readonly FrozenDictionary<string, string> files;
    private readonly string? start;

    public WebPage(string folder)
    {
        files = Directory.Exists(folder)
            ? Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Where(file => Types.ContainsKey(Path.GetExtension(file)))
                .ToFrozenDictionary(file => "/" + Path.GetRelativePath(folder, file).Replace(Path.DirectorySeparatorChar, '/'), file => file)
            : FrozenDictionary<string, string>.Empty;
        start = files.TryGetValue("/" + StartFile, out var found) ? File.ReadAllText(found) : null;
    }

    /// <summary>Answers with a file, or with the page itself, which finds out what its address means.</summary>
    /// <exception cref="PeerDriveException">NotFound.</exception>
    public Task AnswerAsync(HttpContext http)
    {
        var path = http.Request.Path.Value ?? "/";
        if (!HttpMethods.IsGet(http.Request.Method)) throw new PeerDriveException(ErrorKind.NotFound, $"The page of this node has no {http.Request.Method} {path}.");
        if (start is null) throw new PeerDriveException(ErrorKind.Unsupported, "This program was built without its web page; build it with Node.js installed. The API and the command line do all that the page does.");
        if (path.Length > 1 && path != "/" + StartFile && files.TryGetValue(path, out var file)) return SendAsync(http, file, path);
        if (Path.HasExtension(path) && path.StartsWith("/assets/", StringComparison.Ordinal)) throw new PeerDriveException(ErrorKind.NotFound, $"The page of this node has no {path}; load it anew.");
        return SendStartAsync(http, start);
    }

    private static Task SendStartAsync(HttpContext http, string start)
    {
        var nonce = Convert.ToBase64String(RandomNumberGenerator.GetBytes(16));
        http.Response.ContentType = Types[".html"];
        http.Response.Headers.XFrameOptions = "DENY";
        http.Response.Headers.ContentSecurityPolicy =
            $"default-src 'none'; script-src 'self'; style-src 'self' 'nonce-{nonce}'; img-src 'self' data: blob:; media-src 'self'; font-src 'self'; connect-src 'self'; frame-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
        return http.Response.WriteAsync(start.Replace(NoncePlace, nonce, StringComparison.Ordinal), Encoding.UTF8, http.RequestAborted);
    }

    private static Task SendAsync(HttpContext http, string file, string path)
    {
        http.Response.ContentType = Types[Path.GetExtension(file)];
        // The names of built files change with what is in them.
        http.Response.Headers.CacheControl = path.StartsWith("/assets/", StringComparison.Ordinal) ? "public, max-age=31536000, immutable" : "no-cache";
        http.Response.Headers.ContentSecurityPolicy = "default-src 'none'";
        return http.Response.SendFileAsync(file, http.RequestAborted);
    }
}
