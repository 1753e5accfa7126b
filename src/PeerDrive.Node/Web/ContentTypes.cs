using System.Collections.Frozen;

namespace PeerDrive.Node.Web;

/// <summary>Which contents a browser may show in a page, by their names: those that can do nothing there. All others it saves.</summary>
internal static class ContentTypes
{
    private const string Pdf = "application/pdf";

    private static readonly FrozenDictionary<string, string> Harmless = new Dictionary<string, string>
    {
        [".png"] = "image/png", [".jpg"] = "image/jpeg", [".jpeg"] = "image/jpeg", [".gif"] = "image/gif", [".webp"] = "image/webp", [".avif"] = "image/avif", [".bmp"] = "image/bmp", [".ico"] = "image/x-icon",
        [".mp4"] = "video/mp4", [".m4v"] = "video/mp4", [".webm"] = "video/webm", [".mov"] = "video/quicktime", [".mkv"] = "video/x-matroska", [".ogv"] = "video/ogg",
        [".mp3"] = "audio/mpeg", [".m4a"] = "audio/mp4", [".aac"] = "audio/aac", [".ogg"] = "audio/ogg", [".oga"] = "audio/ogg", [".opus"] = "audio/ogg", [".flac"] = "audio/flac", [".wav"] = "audio/wav",
        [".pdf"] = Pdf,
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    /// <summary>Null: to be saved.</summary>
    public static string? Shown(string path) => Harmless.GetValueOrDefault(Path.GetExtension(path));

    /// <summary>What a content may do in a browser, whatever it is. The viewers of PDF that browsers have do not work in a sandbox.</summary>
    public static string Policy(string? type) => type == Pdf ? "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'self'" : "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; media-src 'self'; sandbox; frame-ancestors 'self'";
}
